"""The five accounts for trying out the platform, and the members to whom the made-up visits belong."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from foundation.accounts import passwords, queries
from foundation.accounts.domain.passwords import normalise, password_fault, spoken_password
from foundation.accounts.domain.roles import Role
from foundation.accounts.models import Person
from foundation.accounts.services import people
from foundation.accounts.services.audit import COMMAND_LINE
from foundation.accounts.services.people import Administrator
from foundation.accounts.services.sessions import end_sessions_of
from foundation.areas.domain.scope import NATION
from foundation.problems import Conflict, Invalid

VISITOR = "to-vien"
NATION_CODE = queries.NATION_CODE


@dataclass(frozen=True)
class Account:
    """areas: codes; the role is held in each."""

    name: str
    display_name: str
    role: Role
    areas: tuple[str, ...]


def accounts_for(hamlets: tuple[str, ...], commune: str, province: str) -> list[Account]:
    """The sample accounts. hamlets: those the visitor looks after, all in `commune`."""
    return [
        Account(VISITOR, "Tổ viên Mẫu", Role.VISITOR, hamlets),
        Account("to-truong", "Tổ trưởng Mẫu", Role.TEAM_LEADER, (commune,)),
        Account("can-bo-xa", "Cán bộ xã Mẫu", Role.COMMUNE_OFFICER, (commune,)),
        Account("can-bo-tinh", "Cán bộ tỉnh Mẫu", Role.PROVINCE_OFFICER, (province,)),
        Account("quan-tri", "Quản trị Mẫu", Role.ADMIN, (NATION_CODE,)),
    ]


def add_accounts(session: Session, accounts: list[Account], password: str, *, now: datetime) -> str | None:
    """Add the accounts that do not exist yet, all with one password.

    password: the one wanted, also for those already there; "" makes one for new accounts and leaves the others theirs.
    Returns a password made just now, to be shown once; else None. Raises Conflict "name_taken" when a real account
    has one of the names, and Invalid {"password": …} as foundation.accounts.domain.passwords names faults.
    """
    known = {account.name: queries.person_named(session, account.name) for account in accounts}
    taken = [name for name, person in known.items() if person is not None and not person.is_sample]
    if taken:
        raise Conflict("name_taken", names=taken)
    fault = password and next((f for a in accounts if (f := password_fault(normalise(password), a.name))), None)
    if fault:
        raise Invalid({"password": fault})
    made = spoken_password(secrets.choice) if not password and not all(known.values()) else None
    server = Administrator(COMMAND_LINE, NATION)
    for account in accounts:
        person = known[account.name]
        if person is None:
            first, *more = account.areas
            new = people.check_person(
                session,
                server,
                name=account.name,
                display_name=account.display_name,
                role=account.role,
                area_code=first,
                password=password or made or "",
            )
            person = people.add_person(session, server, new, now=now, is_sample=True)
            for area in more:
                people.give_role(session, server, person.id, role=account.role, area_code=area, now=now)
        elif password and not passwords.is_right(person.password_hash, password):
            person.password_hash = passwords.hash_password(password)
            end_sessions_of(session, person.id, now=now)
    session.flush()
    return made


def add_members(session: Session, number: int, *, now: datetime) -> list[int]:
    """Ids of `number` members who never sign in: the made-up visits are theirs."""
    members = [
        Person(
            name=f"to-vien-mau-{n}",
            display_name=f"Tổ viên Mẫu {n}",
            password_hash="",
            is_active=False,
            is_sample=True,
            created_at=now,
            session_version=1,
        )
        for n in range(1, number + 1)
    ]
    names = [member.name for member in members]
    taken = session.scalars(select(Person.name).where(Person.name.in_(names))).all()
    if taken:
        raise Conflict("name_taken", names=list(taken))
    session.add_all(members)
    session.flush()
    return [member.id for member in members]
