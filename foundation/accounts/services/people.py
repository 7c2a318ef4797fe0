"""Giving people accounts and roles, and taking them back. Nothing is half done: a refusal leaves all as it was."""

import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from foundation.accounts import passwords, queries
from foundation.accounts.domain.names import clean_display_name, display_name_fault, fold_name, name_fault
from foundation.accounts.domain.passwords import normalise, password_fault, spoken_password
from foundation.accounts.domain.roles import Role, fits
from foundation.accounts.models import Person, RoleHolding
from foundation.accounts.services.audit import record
from foundation.accounts.services.sessions import end_sessions_of
from foundation.areas.domain.scope import Scope
from foundation.clock import day_in_vietnam
from foundation.problems import Invalid, NotAllowed, NotFound


@dataclass(frozen=True)
class Administrator:
    """Who is changing accounts, and where they may. name: a sign-in name, or COMMAND_LINE."""

    name: str
    scope: Scope


@dataclass(frozen=True)
class NewPerson:
    """An account that may be added: everything was checked, and the password hashed."""

    name: str
    display_name: str
    role: Role
    area_path: str
    password_hash: str


def check_person(
    session: Session,
    by: Administrator,
    *,
    name: str,
    display_name: str,
    role: str,
    area_code: str,
    password: str,
) -> NewPerson:
    """Read what was typed about a new account. Only reads, and takes 25 ms for the password: not to be done while
    others wait to write.

    area_code: an official code, or NATION_CODE. Raises Invalid naming every faulty field: name (missing, too_long,
    bad_characters, taken), display_name (missing, too_long, bad_characters), role (not_a_choice), area
    (no_such_area, role_not_for_this_area), password (as password_fault).
    """
    folded, shown, password = fold_name(name), clean_display_name(display_name), normalise(password)
    path, faults = _where(session, by, role, area_code)
    faults |= {
        field: fault
        for field, fault in (
            ("name", name_fault(folded)),
            ("display_name", display_name_fault(shown)),
            ("password", password_fault(password, folded)),
        )
        if fault
    }
    if "name" not in faults and queries.person_named(session, folded):
        faults["name"] = "taken"
    if faults:
        raise Invalid(faults)
    return NewPerson(folded, shown, Role(role), path, passwords.hash_password(password))


def add_person(
    session: Session, by: Administrator, new: NewPerson, *, now: datetime, is_sample: bool = False
) -> Person:
    """A new account with its first role, in force from today. new: as check_person gives it.

    Raises Invalid {"name": "taken"} where somebody was quicker.
    """
    person = Person(
        name=new.name,
        display_name=new.display_name,
        password_hash=new.password_hash,
        is_active=True,
        is_sample=is_sample,
        created_at=now,
        session_version=1,
        holdings=[RoleHolding(role=new.role, area_path=new.area_path, valid_from=day_in_vietnam(now), valid_to=None)],
    )
    try:
        with session.begin_nested():
            session.add(person)
    except IntegrityError:  # somebody took the name this very moment
        raise Invalid({"name": "taken"}) from None
    what = {"name": new.name, "role": new.role.value}
    record(session, by.name, "add_person", what, now=now, area_path=new.area_path)
    return person


def give_role(
    session: Session,
    by: Administrator,
    person_id: int,
    *,
    role: str,
    area_code: str,
    now: datetime,
    valid_to: date | None = None,
) -> RoleHolding:
    """Give a role from today on, until `valid_to` (included) or until ended. Given twice, it is held once.

    Raises NotFound or NotAllowed as _manageable does, and Invalid for role, area (as add_person) and valid_to
    (in_the_past).
    """
    today = day_in_vietnam(now)
    person = _manageable(session, by, person_id, today)
    path, faults = _where(session, by, role, area_code)
    if valid_to and valid_to < today:
        faults["valid_to"] = "in_the_past"
    if faults:
        raise Invalid(faults)
    for held in person.holdings:
        if held.role == role and held.area_path == path and held.valid_to == valid_to and held.valid_from <= today:
            return held
    held = RoleHolding(role=Role(role), area_path=path, valid_from=today, valid_to=valid_to)
    person.holdings.append(held)
    what = {"name": person.name, "role": role, "until": valid_to.isoformat() if valid_to else None}
    record(session, by.name, "give_role", what, now=now, area_path=path)
    return held


def end_role(session: Session, by: Administrator, person_id: int, holding_id: int, *, now: datetime) -> None:
    """End a role at once. One that has already ended stays as it was.

    Raises NotFound, NotAllowed, and NotAllowed("not_yourself") for administrators who would lock themselves out.
    """
    today = day_in_vietnam(now)
    person = _manageable(session, by, person_id, today)
    held = next((each for each in person.holdings if each.id == holding_id), None)
    if held is None:
        raise NotFound("no_such_role")
    if person.name == by.name and held.role == Role.ADMIN:
        raise NotAllowed("not_yourself")
    if held.valid_to is not None and held.valid_to < today:
        return
    held.valid_to = today - timedelta(days=1)  # the last day is included, and today is not
    what = {"name": person.name, "role": held.role.value}
    record(session, by.name, "end_role", what, now=now, area_path=held.area_path)


@dataclass(frozen=True)
class MadePassword:
    """text: shown once and not stored. hash: what is stored; computing it takes 25 ms."""

    text: str
    hash: str


def make_password() -> MadePassword:
    password = spoken_password(secrets.choice)
    return MadePassword(password, passwords.hash_password(password))


def reset_password(session: Session, by: Administrator, person_id: int, made: MadePassword, *, now: datetime) -> None:
    """Give somebody a password made for them, and end their sessions."""
    person = _manageable(session, by, person_id, day_in_vietnam(now))
    _set_password(session, person, made.hash, now)
    record(session, by.name, "reset_password", {"name": person.name}, now=now, area_path=_first_path(person))


def set_active(session: Session, by: Administrator, person_id: int, *, active: bool, now: datetime) -> None:
    """Deactivate an account, which ends its sessions at once, or take it up again. The second time changes nothing.

    Raises NotFound, NotAllowed, and NotAllowed("not_yourself").
    """
    person = _manageable(session, by, person_id, day_in_vietnam(now))
    if person.name == by.name:
        raise NotAllowed("not_yourself")
    if person.is_active == active:
        return
    person.is_active = active
    end_sessions_of(session, person.id, now=now)
    act = "reactivate" if active else "deactivate"
    record(session, by.name, act, {"name": person.name}, now=now, area_path=_first_path(person))


def check_new_password(person: Person, *, current: str, new: str) -> str:
    """The hash of the password somebody chooses for themselves. Takes 50 ms, and no database.

    Raises Invalid: password (wrong) for the current one, new_password (as password_fault, or same_as_before).
    """
    new = normalise(new)
    faults = {} if passwords.is_right(person.password_hash, current) else {"password": "wrong"}
    fault = password_fault(new, person.name) or ("same_as_before" if new == normalise(current) else None)
    if fault:
        faults["new_password"] = fault
    if faults:
        raise Invalid(faults)
    return passwords.hash_password(new)


def change_password(session: Session, person: Person, password_hash: str, *, now: datetime) -> None:
    """Change one's own password, and end one's other sessions. password_hash: as check_new_password gives it."""
    _set_password(session, person, password_hash, now)
    record(session, person.name, "change_password", {}, now=now, area_path=_first_path(person))


def end_sessions(session: Session, person: Person, *, now: datetime) -> None:
    """End every session of a person, on whatever phone they were left open."""
    end_sessions_of(session, person.id, now=now)
    record(session, person.name, "end_sessions", {}, now=now, area_path=_first_path(person))


def _manageable(session: Session, by: Administrator, person_id: int, today: date) -> Person:
    """The person, if all roles they still hold or will hold lie within the administrator's scope.

    Raises NotFound for somebody the administrator cannot even see. NotAllowed("reaches_further") keeps the
    administrator of one province from taking over an account that also works in another.
    """
    person = queries.person_within(session, by.scope, person_id)
    if person is None:
        raise NotFound("no_such_person")
    lasting = [held for held in person.holdings if held.valid_to is None or held.valid_to >= today]
    if not all(by.scope.covers(held.area_path) for held in lasting):
        raise NotAllowed("reaches_further")
    return person


def _where(session: Session, by: Administrator, role: str, area_code: str) -> tuple[str, dict[str, str]]:
    """The path for a role, and what is wrong with the two fields. The path means nothing while anything is wrong."""
    faults = {}
    if role not in set(Role):
        faults["role"] = "not_a_choice"
    path = queries.area_path(session, area_code.strip())
    if path is None or not by.scope.covers(path):
        faults["area"] = "no_such_area" if area_code.strip() else "missing"
    elif not faults and not fits(Role(role), path):
        faults["area"] = "role_not_for_this_area"
    return path or "", faults


def _set_password(session: Session, person: Person, password_hash: str, now: datetime) -> None:
    person.password_hash = password_hash
    end_sessions_of(session, person.id, now=now)


def _first_path(person: Person) -> str:
    return person.holdings[0].area_path if person.holdings else ""
