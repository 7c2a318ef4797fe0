"""Asking for long work, taking it up, telling how far it is. Every change checks that the worker still has the job."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, func, or_, select, update
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from foundation.jobs.models import Job, JobsWorker, State

# A worker silent for so long is dead: another may take its job. Whoever works shows up more often.
LEASE = timedelta(seconds=10)
# How often a worker says that it lives, and after how long without a word it counts as gone.
HEARTBEAT = timedelta(seconds=30)
GONE_AFTER = 3 * HEARTBEAT
# Rows of killed workers are removed after so long.
FORGOTTEN_AFTER = timedelta(days=1)


class NoLongerOurs(Exception):
    """Another worker has the job: this one was silent for longer than LEASE. Nothing may be written any more."""


def ask_for_job(session: Session, kind: str, told: Mapping[str, Any], *, who: str, now: datetime) -> Job:
    """Write down work to be done. The same work by the same person while it is not done yet is the same job.

    told: plain JSON values. After the commit a worker finds the row by itself, within worker.POLL seconds.
    """
    waiting = select(Job).where(Job.kind == kind, Job.who == who, Job.state.in_([State.WAITING, State.RUNNING]))
    for known in session.scalars(waiting):
        if known.told == dict(told):
            return known
    job = Job(
        id=uuid7(),
        kind=kind,
        told=dict(told),
        who=who,
        state=State.WAITING,
        done=0,
        total=0,
        error="",
        files=[],
        worker="",
        asked_at=now,
    )
    session.add(job)
    session.flush()
    return job


def is_job_free(session: Session, *, worker: str, now: datetime) -> bool:
    """Whether take_next would find a job. Takes no lock, so that no writer waits for a worker that only looks."""
    return session.scalar(select(Job.id).where(_free(worker, now)).limit(1)) is not None


def take_next(session: Session, *, worker: str, now: datetime) -> Job | None:
    """The job that waits longest, from now on this worker's; None when there is nothing to do.

    Waiting jobs count, and running ones whose worker has been silent for LEASE. Two workers never get the same one:
    PostgreSQL skips a row that another is taking; SQLite has one writer at a time, so there the transaction must be
    one that writes from its start. Commit at once: it holds a lock.
    """
    first = select(Job).where(_free(worker, now)).order_by(Job.asked_at, Job.id).limit(1)
    job = session.scalars(first.with_for_update(skip_locked=True).execution_options(populate_existing=True)).first()
    if job is not None:
        job.state, job.worker, job.beat_at = State.RUNNING, worker, now
        session.flush()
    return job


def beat(session: Session, id_: UUID, *, worker: str, done: int, total: int, now: datetime) -> None:
    """Tell how far the work is, and that its worker lives. Raises NoLongerOurs."""
    _write(session, id_, worker, done=done, total=total, beat_at=now)


def keep_alive(session: Session, id_: UUID, *, worker: str, now: datetime) -> None:
    """Say that the worker lives, and hold the job until the transaction ends. Raises NoLongerOurs."""
    _write(session, id_, worker, beat_at=now)


def finish(session: Session, id_: UUID, *, worker: str, files: Sequence[str], now: datetime) -> None:
    """The work is done. Raises NoLongerOurs."""
    _write(session, id_, worker, state=State.DONE, files=list(files), error="", ended_at=now)


def let_go(session: Session, id_: UUID, *, worker: str) -> None:
    """The worker stops before the work is done: the job waits for the next one at once. Raises NoLongerOurs."""
    _write(session, id_, worker, state=State.WAITING, worker="", beat_at=None)


def give_up(session: Session, id_: UUID, *, worker: str, error: str, now: datetime) -> None:
    """The work cannot be done; error: a code. Raises NoLongerOurs."""
    _write(session, id_, worker, state=State.FAILED, error=error, ended_at=now)


def record_heartbeat(session: Session, worker: UUID, *, started_at: datetime, now: datetime) -> None:
    """This worker lives. Removes rows of workers that were killed long ago."""
    session.merge(JobsWorker(id=worker, started_at=started_at, beat_at=now))
    session.execute(delete(JobsWorker).where(JobsWorker.beat_at < now - FORGOTTEN_AFTER))
    session.flush()


def remove_heartbeat(session: Session, worker: UUID) -> None:
    """This worker stops, as it should. A second time nothing changes."""
    session.execute(delete(JobsWorker).where(JobsWorker.id == worker))


def last_heartbeat(session: Session) -> datetime | None:
    """When any worker last said that it lives; None where none runs and none was killed within a day."""
    return session.scalar(select(func.max(JobsWorker.beat_at)))


@dataclass(frozen=True)
class Backlog:
    """waiting, running, failed: counts of jobs; failed within a day. oldest: when the longest waiting was asked for."""

    waiting: int
    running: int
    failed: int
    oldest: datetime | None


def backlog(session: Session, *, now: datetime) -> Backlog:
    """What is to be done, what is being done, and what failed within a day."""
    counts = {
        state: (count, oldest)
        for state, count, oldest in session.execute(
            select(Job.state, func.count(), func.min(Job.asked_at))
            .where(or_(Job.state.in_([State.WAITING, State.RUNNING]), Job.ended_at > now - timedelta(days=1)))
            .group_by(Job.state)
        )
    }
    nothing = (0, None)
    return Backlog(
        waiting=counts.get(State.WAITING, nothing)[0],
        running=counts.get(State.RUNNING, nothing)[0],
        failed=counts.get(State.FAILED, nothing)[0],
        oldest=counts.get(State.WAITING, nothing)[1],
    )


def _free(worker: str, now: datetime) -> ColumnElement[bool]:
    left_behind = and_(Job.state == State.RUNNING, or_(Job.worker == worker, Job.beat_at < now - LEASE))
    return or_(Job.state == State.WAITING, left_behind)


def _write(session: Session, id_: UUID, by: str, **values: object) -> None:
    ours = update(Job).where(Job.id == id_, Job.worker == by, Job.state == State.RUNNING).values(**values)
    if not session.execute(ours).rowcount:  # type: ignore[attr-defined]
        raise NoLongerOurs(id_)
