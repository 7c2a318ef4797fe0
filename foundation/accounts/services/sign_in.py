"""Signing in: an attempt is opened before the password is looked at, and closed when the answer is known.

Both are short transactions. The slow look at the password lies between them and holds no lock, and attempts sent all at
once count each other.
"""

import math
from datetime import datetime
from hashlib import sha256

from sqlalchemy import delete, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from foundation.accounts import passwords, queries
from foundation.accounts.domain.names import fold_name
from foundation.accounts.domain.throttle import MOST_PER_ACCOUNT, MOST_PER_ADDRESS, WINDOW, address_key, wait
from foundation.accounts.models import Person, SignInFailure
from foundation.accounts.services.audit import record
from foundation.clock import day_in_vietnam
from foundation.problems import TooMany


def open_attempt(session: Session, typed_name: str, address: str | None, *, now: datetime) -> None:
    """Count an attempt to sign in as a failure until it succeeds. Commit before looking at the password.

    Raises TooMany, and counts nothing, while the name has MOST_PER_ACCOUNT or the address MOST_PER_ADDRESS failures
    within WINDOW. Names nobody has are counted like any other.
    """
    session.execute(delete(SignInFailure).where(SignInFailure.at <= now - WINDOW))
    digest, place = _digest(typed_name), address_key(address)
    longest = max(
        wait(_failures(session, SignInFailure.name_digest, digest, MOST_PER_ACCOUNT), MOST_PER_ACCOUNT, now),
        wait(_failures(session, SignInFailure.address, place, MOST_PER_ADDRESS), MOST_PER_ADDRESS, now),
    )
    if longest:
        raise TooMany("too_many", retry_after=max(1, math.ceil(longest.total_seconds())))
    session.add(SignInFailure(name_digest=digest, address=place, at=now))
    session.flush()


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
    """Write down how an attempt ended. A success forgives the name's failures.

    person: as recognise() gave it. rehashed: as rehash() gave it, to be stored from now on.
    """
    if person is None:
        aimed_at = queries.person_named(session, typed_name)
        if aimed_at:
            record(session, aimed_at.name, "sign_in_failed", {}, now=now, area_path=_home(aimed_at, now))
        return
    forgive(session, typed_name)
    if rehashed is not None:
        person.password_hash = rehashed
    record(session, person.name, "sign_in", {}, now=now, area_path=_home(person, now))


def forgive(session: Session, typed_name: str) -> None:
    """Forget the failures of a name, attempts under way among them: its owner has shown the password."""
    session.execute(delete(SignInFailure).where(SignInFailure.name_digest == _digest(typed_name)))


def _failures(session: Session, column: InstrumentedAttribute[str], value: str, most: int) -> list[datetime]:
    newest_first = select(SignInFailure.at).where(column == value).order_by(SignInFailure.at.desc()).limit(most)
    return list(session.scalars(newest_first))


def _home(person: Person, now: datetime) -> str:
    today = day_in_vietnam(now)
    return next((held.area_path for held in person.holdings if held.as_holding().in_force(today)), "")


def _digest(typed_name: str) -> str:
    return sha256(fold_name(typed_name).encode("utf-8", "surrogatepass")).hexdigest()
