"""Signing in: who it is, and what is written down of it. How often it may be tried: foundation.throttling."""

from datetime import datetime

from sqlalchemy.orm import Session

from foundation.accounts import passwords, queries
from foundation.accounts.models import Person
from foundation.accounts.services.audit import record
from foundation.clock import day_in_vietnam


def recognise(session: Session, typed_name: str, password: str) -> Person | None:
    """The active person with that name and password, or None. Only reads, and takes as long whether the name exists."""
    person = queries.person_named(session, typed_name)
    known = person.password_hash if person and person.is_active else None
    return person if passwords.is_right(known, password) else None


def rehash(person: Person, password: str) -> str | None:
    """The password's hash with today's parameters, where the stored one was made with others."""
    return passwords.hash_password(password) if passwords.is_outdated(person.password_hash) else None


def finish_attempt(
    session: Session, typed_name: str, person: Person | None, rehashed: str | None, *, now: datetime
) -> None:
    """Write down how an attempt ended.

    person: as recognise() gave it. rehashed: as rehash() gave it, to be stored from now on.
    """
    if person is None:
        aimed_at = queries.person_named(session, typed_name)
        if aimed_at:
            record(session, aimed_at.name, "sign_in_failed", {}, now=now, area_path=_home(aimed_at, now))
        return
    if rehashed is not None:
        person.password_hash = rehashed
    record(session, person.name, "sign_in", {}, now=now, area_path=_home(person, now))


def _home(person: Person, now: datetime) -> str:
    today = day_in_vietnam(now)
    return next((held.area_path for held in person.holdings if held.as_holding().in_force(today)), "")
