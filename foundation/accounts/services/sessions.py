"""Sessions the server knows: opened by signing in, ended by signing out, a new password, deactivation, or by time.

The cookie holds a random token; the table holds its hash. A stolen copy of the database opens no session, and a cookie
that was copied is worth nothing once its session has ended.
"""

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import CursorResult, delete, or_, select, update
from sqlalchemy.orm import Session

from foundation.accounts.models import PersonSession

TOKEN_BYTES = 24
# How exactly the table knows when a session was last used: one write an hour at most, none with each request.
COARSE = timedelta(hours=1)
# A person with more open sessions than this loses the oldest: a program that signs in for ever fills no table.
MOST_OPEN = 50
# Ended sessions are stored for so long, to find out when a lost phone was last used.
ENDED_RETENTION = timedelta(days=30)


def hash_of_session(token: str) -> str:
    """What is stored of a token. It holds 192 random bits, so a fast hash without salt is enough."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def open_session(session: Session, person_id: int, *, now: datetime) -> str:
    """A new session; returns the token for the cookie, which is stored nowhere else.

    Also deletes old sessions of the same person.
    """
    own = PersonSession.person_id == person_id
    session.execute(
        delete(PersonSession).where(
            own,
            or_(
                PersonSession.ended_at <= now - ENDED_RETENTION,
                PersonSession.last_seen_at <= now - 12 * ENDED_RETENTION,
            ),
        )
    )
    token = secrets.token_urlsafe(TOKEN_BYTES)
    session.add(PersonSession(id_hash=hash_of_session(token), person_id=person_id, created_at=now, last_seen_at=now))
    session.flush()
    newest = (
        select(PersonSession.id_hash)
        .where(own, PersonSession.ended_at.is_(None))
        .order_by(PersonSession.created_at.desc(), PersonSession.id_hash)
        .offset(MOST_OPEN)
    )
    too_old = list(session.scalars(newest))
    if too_old:
        session.execute(update(PersonSession).where(PersonSession.id_hash.in_(too_old)).values(ended_at=now))
    return token


def end_session(session: Session, token: str, *, now: datetime) -> None:
    """End one session wherever its cookie lies. Again, and for an unknown token: no change."""
    one = PersonSession.id_hash == hash_of_session(token)
    session.execute(update(PersonSession).where(one, PersonSession.ended_at.is_(None)).values(ended_at=now))


def end_sessions_of(session: Session, person_id: int, *, now: datetime) -> int:
    """End every session of a person; returns how many there were. Again: none."""
    every = (PersonSession.person_id == person_id, PersonSession.ended_at.is_(None))
    done: CursorResult[tuple[()]] = session.execute(update(PersonSession).where(*every).values(ended_at=now))  # type: ignore[assignment]
    return done.rowcount


def note_use(session: Session, token: str, *, now: datetime) -> None:
    """Note that a session is in use, coarsely. Concurrent calls write once."""
    stale = (PersonSession.id_hash == hash_of_session(token), PersonSession.last_seen_at <= now - COARSE)
    session.execute(update(PersonSession).where(*stale).values(last_seen_at=now))
