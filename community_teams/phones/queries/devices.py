"""Reads phones: who carries which, when each was last in contact, and what it still holds."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from community_teams.models import Device
from foundation.accounts.models import Person, RoleHolding
from foundation.areas.domain.scope import Scope
from foundation.areas.queries import inside

PAGE = 50
RECENT = timedelta(days=90)


class PhoneFilter(StrEnum):
    """Which phones are listed; the value is its name in the address."""

    HOLDING = "con-phieu"  # those that still hold visits, the longest silent first
    CUT_OFF = "da-ngat"
    ALL = "tat-ca"  # the latest contact first


_CONDITIONS: dict[PhoneFilter, ColumnElement[bool] | None] = {
    PhoneFilter.HOLDING: and_(Device.pending_reported > 0, Device.cut_off_at.is_(None)),
    PhoneFilter.CUT_OFF: Device.cut_off_at.is_not(None),
    PhoneFilter.ALL: None,
}


@dataclass(frozen=True)
class Carried:
    """One member on one phone."""

    device: Device
    person: Person


def is_cut_off(session: Session, device: UUID) -> bool:
    """Whether this phone is blocked; False for an unknown phone."""
    cut_off = select(Device.id).where(Device.id == device, Device.cut_off_at.is_not(None)).limit(1)
    return session.scalar(cut_off) is not None


@dataclass(frozen=True)
class VisitOwner:
    """Whose visits a phone hands over. is_known: whether this person is known to have used that phone."""

    person: Person
    is_known: bool


def carrier_of(session: Session, device: UUID, member: int | None) -> VisitOwner:
    """The owner of the visits that a known phone hands over as those of `member`.

    A member not known on this phone is accepted if they have or had a role in the commune of somebody who is. Else,
    and where `member` is nobody, the visits are assigned to the phone's first user, whose officers find out whose they
    are. In both cases is_known is False, and the person who settles the visits sees that.
    """
    known = session.scalars(
        select(Person)
        .join(Device, Device.person_id == Person.id)
        .where(Device.id == device)
        .order_by(Device.first_seen, Person.id)
    ).all()
    for person in known:
        if person.id == member:
            return VisitOwner(person, is_known=True)
    claimed = session.get(Person, member) if member is not None else None
    communes = {_commune(held.area_path) for person in known for held in person.holdings}
    if claimed is not None and any(_commune(held.area_path) in communes for held in claimed.holdings):
        return VisitOwner(claimed, is_known=False)
    return VisitOwner(known[0], is_known=False)


def phones(session: Session, scope: Scope, shown: PhoneFilter, *, page: int = 1) -> list[Carried]:
    """Phones of those who hold or held a role within `scope`, PAGE a page, from page 1."""
    order = Device.last_seen.asc() if shown is PhoneFilter.HOLDING else Device.last_seen.desc()
    rows = session.execute(
        select(Device, Person)
        .join(Person, Person.id == Device.person_id)
        .where(*_conditions(scope, shown))
        .order_by(order, Device.id, Device.person_id)
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )
    return [Carried(*row) for row in rows]


def phone_counts(session: Session, scope: Scope) -> dict[PhoneFilter, int]:
    """How many phones phones() lists for each choice, over all pages."""
    return {
        shown: session.scalar(select(func.count()).select_from(Device).where(*_conditions(scope, shown))) or 0
        for shown in PhoneFilter
    }


@dataclass(frozen=True)
class HeldOnPhones:
    """Visits held on so many phones; a shared phone counts once."""

    visits: int
    phones: int


def held_visits(session: Session, scope: Scope) -> HeldOnPhones:
    """What the phones within `scope` that are not cut off still hold, as reported at their last contact."""
    visits, phones = session.execute(
        select(func.sum(Device.pending_reported), func.count(Device.id.distinct())).where(
            *_conditions(scope, PhoneFilter.HOLDING)
        )
    ).one()
    return HeldOnPhones(visits or 0, phones)


def carriers(session: Session, scope: Scope, device: UUID) -> list[Carried]:
    """Those who used this phone and have or had a role within `scope`; other users are left out."""
    rows = session.execute(
        select(Device, Person)
        .join(Person, Person.id == Device.person_id)
        .where(Device.id == device)
        .order_by(Device.last_seen.desc(), Device.person_id)
    )
    found = [Carried(*row) for row in rows]
    here = held_within(session, scope, [each.person.id for each in found])
    return [each for each in found if each.person.id in here]


def answers_for(session: Session, scope: Scope, device: UUID, *, now: datetime) -> bool:
    """Whether those who look after teams within `scope` decide about the whole phone.

    They do if its first user works there, or everybody who used it within the last RECENT. So a member who claims
    somebody else's phone does not give their own officers power over it.
    """
    rows = session.scalars(
        select(Device).where(Device.id == device).order_by(Device.first_seen, Device.person_id)
    ).all()
    here = held_within(session, scope, [row.person_id for row in rows])
    if not here:
        return False
    recent = [row for row in rows if row.last_seen > now - RECENT]
    return rows[0].person_id in here or all(row.person_id in here for row in recent)


def only_carrier(session: Session, device: UUID) -> Person | None:
    """The only user of this phone; None for a shared or unknown phone."""
    found = session.scalars(
        select(Person).join(Device, Device.person_id == Person.id).where(Device.id == device).limit(2)
    ).all()
    return found[0] if len(found) == 1 else None


def held_within(session: Session, scope: Scope, people: Sequence[int]) -> dict[int, list[str]]:
    """The areas within `scope` in which these people hold or held a role, by person; those with none are left out."""
    found: defaultdict[int, list[str]] = defaultdict(list)
    for person, path in session.execute(
        select(RoleHolding.person_id, RoleHolding.area_path).where(
            RoleHolding.person_id.in_(people), inside(RoleHolding.area_path, scope)
        )
    ):
        found[person].append(path)
    return dict(found)


def _commune(path: str) -> str:
    return "/".join(path.split("/")[:2])


def _conditions(scope: Scope, shown: PhoneFilter) -> list[ColumnElement[bool]]:
    works_here = (
        select(RoleHolding.id)
        .where(RoleHolding.person_id == Device.person_id, inside(RoleHolding.area_path, scope))
        .exists()
    )
    condition = _CONDITIONS[shown]
    return [works_here] if condition is None else [works_here, condition]
