"""People who sign in, for tests. Importing this makes passwords cheap to check, or the suite would take minutes."""

from datetime import UTC, date, datetime

from argon2 import PasswordHasher

from foundation.accounts import passwords
from foundation.accounts.domain.roles import Role
from foundation.accounts.models import Person, RoleHolding
from foundation.areas.models import Area
from tests.making.areas import MakesAreas

PASSWORD = "mat-khau-thu"
AGES_AGO = date(2026, 1, 1)

passwords.hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
_HASHES: dict[str, str] = {}


class MakesAccounts(MakesAreas):
    def person(self, name=None, role=Role.VISITOR, area=None, password=PASSWORD, display_name=None, **more) -> Person:
        """Somebody who may sign in with `password`, with a name of their own at every call.

        area: an Area or a path, "" for the whole nation; a hamlet of their own if nothing is said. role: may be None.
        """
        name = name or f"nguoi-{self.number()}"
        if password not in _HASHES:
            _HASHES[password] = passwords.hash_password(password)
        person = Person(
            name=name,
            display_name=display_name or f"Người Mẫu {name}",
            password_hash=_HASHES[password],
            is_active=more.pop("is_active", True),
            is_sample=more.pop("is_sample", False),
            created_at=datetime(2026, 1, 1, tzinfo=UTC),
            session_version=1,
        )
        if role is not None:
            person.holdings.append(self.holding(role, self.hamlet() if area is None else area, **more))
        return self.add(person)

    def holding(self, role, area, valid_from=AGES_AGO, valid_to=None) -> RoleHolding:
        """A role in an area, not yet anybody's."""
        path = area.path if isinstance(area, Area) else area
        return RoleHolding(role=Role(role), area_path=path, valid_from=valid_from, valid_to=valid_to)
