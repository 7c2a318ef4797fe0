"""Assisted sessions: started on the helper's phone, or on the learner's phone with a code read aloud."""

import hashlib
import hmac
import secrets
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from foundation.accounts.services.audit import record
from foundation.problems import Conflict, NotFound
from learning.domain.assisting import CODE_LASTS, DIGITS, LASTS, FaultyHelpCode
from learning.models import AssistedSession
from learning.queries import people_on
from learning.services.class_audit import learner_pseudonym

_TRIES = 5


def start_assisting(
    session: Session, phone: UUID, learner: UUID, *, helper: str, area_path: str, now: datetime
) -> None:
    """From now on, for LASTS, the answers of `learner` on this phone count as given with help.

    Called again during a session: it lasts LASTS from now. Raises NotFound("no_such_learner") if the learner is not on
    this phone.
    """
    if all(person.id != learner for person in people_on(session, phone)):
        raise NotFound("no_such_learner")
    _end(session, phone, learner, now)
    _begin(session, helper=helper, area_path=area_path, phone=phone, learner=learner, now=now)


def make_help_code(session: Session, *, key: str, helper: str, area_path: str, now: datetime) -> str:
    """Eight digits that start a session on any phone they are typed on within CODE_LASTS, once.

    key: the server's secret. An unused code of the same helper becomes void.
    """
    session.execute(
        delete(AssistedSession).where(AssistedSession.helper == helper, AssistedSession.started_at.is_(None))
    )
    for _try in range(_TRIES):
        code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
        try:
            with session.begin_nested():
                session.add(
                    AssistedSession(
                        id=uuid7(),
                        helper=helper,
                        area_path=area_path,
                        code_hash=_hash(key, code),
                        made_at=now,
                        ends_at=now + CODE_LASTS,
                    )
                )
            return code
        except IntegrityError:
            continue
    raise Conflict("try_again")


def use_help_code(session: Session, code: str, *, key: str, phone: UUID, learner: UUID, now: datetime) -> None:
    """Start the session of a code. Raises FaultyHelpCode for a wrong, used or expired code."""
    waiting = session.scalar(
        select(AssistedSession).where(AssistedSession.code_hash == _hash(key, code)).with_for_update()
    )
    if waiting is None or waiting.ends_at <= now:
        raise FaultyHelpCode("help_code_wrong")
    _end(session, phone, learner, now)
    waiting.code_hash = None
    waiting.phone, waiting.learner = phone, learner
    waiting.started_at, waiting.ends_at = now, now + LASTS
    session.flush()
    details = {"learner": learner_pseudonym(learner)}
    record(session, waiting.helper, "start_assisting", details, now=now, area_path=waiting.area_path)


def end_assisting(session: Session, id_: UUID, *, now: datetime, phone: UUID | None = None, helper: str = "") -> None:
    """End a session. Only the phone it is on or the helper can end it; for anybody else nothing changes."""
    row = session.get(AssistedSession, id_)
    if row is not None and row.ends_at > now and (row.helper == helper or (phone is not None and row.phone == phone)):
        row.ends_at = now
        session.flush()
        if helper == row.helper and row.learner is not None:
            details = {"learner": learner_pseudonym(row.learner)}
            record(session, helper, "end_assisting", details, now=now, area_path=row.area_path)


def _begin(session: Session, *, helper: str, area_path: str, phone: UUID, learner: UUID, now: datetime) -> None:
    session.add(
        AssistedSession(
            id=uuid7(),
            helper=helper,
            area_path=area_path,
            phone=phone,
            learner=learner,
            made_at=now,
            started_at=now,
            ends_at=now + LASTS,
        )
    )
    session.flush()
    record(session, helper, "start_assisting", {"learner": learner_pseudonym(learner)}, now=now, area_path=area_path)


def _end(session: Session, phone: UUID, learner: UUID, now: datetime) -> None:
    going_on = (
        AssistedSession.phone == phone,
        AssistedSession.learner == learner,
        AssistedSession.ends_at > now,
    )
    session.execute(update(AssistedSession).where(*going_on).values(ends_at=now))


def _hash(key: str, code: str) -> bytes:
    """Keyed with the server's key: eight digits alone could be guessed in a moment."""
    return hmac.digest(key.encode(), b"help code " + code.encode(), hashlib.sha256)
