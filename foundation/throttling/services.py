"""Counts tries. Buckets taken in one call are allowed or refused together; a refused try does not count."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from hmac import digest
from itertools import count

from sqlalchemy import ColumnElement, bindparam, delete, select, text, tuple_, update
from sqlalchemy.orm import Session

from foundation.database import UtcDateTime
from foundation.problems import TooMany
from foundation.rates import Rate
from foundation.throttling.domain import spend
from foundation.throttling.models import ThrottleBucket

# Empty buckets are deleted at every so many tries of a process, and by the jobs' worker with its heartbeat.
SWEEP_EVERY = 50
_tries = count(1)


@dataclass(frozen=True, order=True)
class Bucket:
    """name: of the limit. key: as key_of gives it. rate: None where the limit is off. factor: times the usual rate."""

    name: str
    key: str
    rate: Rate | None
    factor: int = 1

    @property
    def capacity(self) -> Rate | None:
        return Rate(self.rate.most * self.factor, self.rate.period) if self.rate else None


def key_of(secret: str, *parts: str) -> str:
    """What is stored of a name, device or address. secret: the server's key, needed to find the name out."""
    joined = "\0".join(parts).encode("utf-8", "surrogatepass")
    return digest(secret.encode(), b"throttle " + joined, sha256).hex()[:32]


def take(session: Session, buckets: Iterable[Bucket], *, now: datetime, times: int = 1) -> None:
    """Count `times` tries in each of these buckets. Commit before doing what is limited.

    Raises TooMany("too_many"), with the longest wait if one of them is full; then nothing is counted.
    """
    asked = sorted({each for each in buckets if each.rate is not None}, key=lambda each: (each.name, each.key))
    if next(_tries) % SWEEP_EVERY == 0:
        sweep(session, now=now)
    if not asked:
        return
    known = _locked(session, asked, now)
    after = {
        each: spend(known.get((each.name, each.key)), each.capacity, now, times) for each in asked if each.capacity
    }
    wait = max((wait for _, wait in after.values()), default=timedelta(0))
    if wait:
        raise TooMany("too_many", retry_after=max(1, math.ceil(wait.total_seconds())))
    for each, (full_until, _) in after.items():
        _write(session, each, full_until)


def refuse_full(session: Session, buckets: Iterable[Bucket], *, now: datetime) -> None:
    """Raises TooMany("too_many") if one of these buckets is full. Only reads."""
    asked = [each for each in buckets if each.rate is not None]
    if not asked:
        return
    rows = session.execute(
        select(ThrottleBucket.name, ThrottleBucket.key, ThrottleBucket.full_until).where(
            _these([(each.name, each.key) for each in asked])
        )
    )
    known = {(name, key): full_until for name, key, full_until in rows}
    waits = [spend(known.get((each.name, each.key)), each.capacity, now)[1] for each in asked if each.capacity]
    if any(waits):
        raise TooMany("too_many", retry_after=max(1, math.ceil(max(waits).total_seconds())))


def give_back(session: Session, buckets: Iterable[Bucket], *, now: datetime) -> None:
    """Undo one try in each bucket, after it succeeded. An empty bucket stays empty."""
    asked = sorted({each for each in buckets if each.rate is not None}, key=lambda each: (each.name, each.key))
    known = _locked(session, asked, now) if asked else {}
    for each in asked:
        if each.capacity and (full_until := known.get((each.name, each.key))):
            _write(session, each, max(full_until - each.capacity.each, now))


def empty(session: Session, buckets: Iterable[Bucket]) -> None:
    """Delete all tries in these buckets."""
    keys = [(each.name, each.key) for each in buckets]
    if keys:
        session.execute(delete(ThrottleBucket).where(_these(keys)))


def sweep(session: Session, *, now: datetime) -> None:
    """Delete the buckets that are empty by now."""
    session.execute(delete(ThrottleBucket).where(ThrottleBucket.full_until <= now))


def _locked(session: Session, buckets: Sequence[Bucket], now: datetime) -> dict[tuple[str, str], datetime]:
    """When these buckets are empty. Locks their rows, always in the same order, so that concurrent tries all count."""
    for each in buckets:
        session.execute(_MAKE, {"name": each.name, "key": each.key, "now": now})
    rows = session.execute(
        select(ThrottleBucket.name, ThrottleBucket.key, ThrottleBucket.full_until)
        .where(_these([(each.name, each.key) for each in buckets]))
        .order_by(ThrottleBucket.name, ThrottleBucket.key)
        .with_for_update()
    )
    return {(name, key): full_until for name, key, full_until in rows}


# Works on both databases; SQLAlchemy has a construct per database only.
_MAKE = text(
    "INSERT INTO throttle_bucket (name, key, full_until) VALUES (:name, :key, :now) ON CONFLICT DO NOTHING"
).bindparams(bindparam("now", type_=UtcDateTime))


def _these(keys: Sequence[tuple[str, str]]) -> ColumnElement[bool]:
    return tuple_(ThrottleBucket.name, ThrottleBucket.key).in_(keys)


def _write(session: Session, bucket: Bucket, full_until: datetime) -> None:
    session.execute(
        update(ThrottleBucket)
        .where(ThrottleBucket.name == bucket.name, ThrottleBucket.key == bucket.key)
        .values(full_until=full_until)
        .execution_options(synchronize_session=False)
    )
