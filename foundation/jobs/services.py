"""Submitting, claiming and finishing jobs. Every change checks that the worker still holds the lease on the job."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, func, or_, select, update
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from foundation.jobs.models import Job, JobState, JobsWorker

# After so long without a renewal another worker may take the job. A running job renews more often.
LEASE = timedelta(seconds=10)
# How often a worker writes its heartbeat, and after how long without one it counts as not running.
HEARTBEAT = timedelta(seconds=30)
GONE_AFTER = 3 * HEARTBEAT
# Rows of killed workers are deleted after so long.
FORGOTTEN_AFTER = timedelta(days=1)


class LeaseLost(Exception):
    """Another worker has the job, because this one did not renew for LEASE. This worker must not write any more."""


def submit_job(session: Session, kind: str, arguments: Mapping[str, Any], *, who: str, now: datetime) -> Job:
    """Add a job to the queue. If the same person has an equal job that is not done yet, returns that job instead.

    kind: as given to register_job_handler. arguments: plain JSON values. After the commit a worker finds the row
    within worker.POLL seconds.
    """
    waiting = select(Job).where(Job.kind == kind, Job.who == who, Job.state.in_([JobState.WAITING, JobState.RUNNING]))
    for known in session.scalars(waiting):
        if known.arguments == dict(arguments):
            return known
    job = Job(
        id=uuid7(),
        kind=kind,
        arguments=dict(arguments),
        who=who,
        state=JobState.WAITING,
        done=0,
        total=0,
        error="",
        files=[],
        worker="",
        requested_at=now,
    )
    session.add(job)
    session.flush()
    return job


def is_job_free(session: Session, *, worker: str, now: datetime) -> bool:
    """Whether claim_next_job would find a job. Takes no lock, so that polling never makes a writer wait."""
    return session.scalar(select(Job.id).where(_free(worker, now)).limit(1)) is not None


def claim_next_job(session: Session, *, worker: str, now: datetime) -> Job | None:
    """Claim the job that has waited longest for this worker; None when there is none.

    Claims waiting jobs, and running ones whose lease was not renewed for LEASE. Two workers never get the same job:
    PostgreSQL skips rows that another transaction has locked; SQLite has one writer at a time, so there the transaction
    must take the write lock at its start. Commit at once, because this holds a lock.
    """
    first = select(Job).where(_free(worker, now)).order_by(Job.requested_at, Job.id).limit(1)
    job = session.scalars(first.with_for_update(skip_locked=True).execution_options(populate_existing=True)).first()
    if job is not None:
        job.state, job.worker, job.beat_at = JobState.RUNNING, worker, now
        session.flush()
    return job


def report_progress(session: Session, id_: UUID, *, worker: str, done: int, total: int, now: datetime) -> None:
    """Store how far the job is, and renew the lease. Raises LeaseLost."""
    _write(session, id_, worker, done=done, total=total, beat_at=now)


def renew_lease(session: Session, id_: UUID, *, worker: str, now: datetime) -> None:
    """Renew the lease, and lock the job's row until the transaction ends. Raises LeaseLost."""
    _write(session, id_, worker, beat_at=now)


def finish(session: Session, id_: UUID, *, worker: str, files: Sequence[str], now: datetime) -> None:
    """Mark the job as done. Raises LeaseLost."""
    _write(session, id_, worker, state=JobState.DONE, files=list(files), error="", ended_at=now)


def release(session: Session, id_: UUID, *, worker: str) -> None:
    """Put the job back into the queue, because this worker stops before it is done. Raises LeaseLost."""
    _write(session, id_, worker, state=JobState.WAITING, worker="", beat_at=None)


def fail(session: Session, id_: UUID, *, worker: str, error: str, now: datetime) -> None:
    """Mark the job as failed. error: a code. Raises LeaseLost."""
    _write(session, id_, worker, state=JobState.FAILED, error=error, ended_at=now)


def record_heartbeat(session: Session, worker: UUID, *, started_at: datetime, now: datetime) -> None:
    """Write this worker's heartbeat. Also deletes rows older than FORGOTTEN_AFTER."""
    session.merge(JobsWorker(id=worker, started_at=started_at, beat_at=now))
    session.execute(delete(JobsWorker).where(JobsWorker.beat_at < now - FORGOTTEN_AFTER))
    session.flush()


def remove_heartbeat(session: Session, worker: UUID) -> None:
    """Delete this worker's row when it stops. A second call changes nothing."""
    session.execute(delete(JobsWorker).where(JobsWorker.id == worker))


def last_heartbeat(session: Session) -> datetime | None:
    """The newest heartbeat of any worker; None if none has run within FORGOTTEN_AFTER."""
    return session.scalar(select(func.max(JobsWorker.beat_at)))


@dataclass(frozen=True)
class Backlog:
    """waiting, running, failed: counts of jobs; failed ones of the last day only.

    oldest: when the longest waiting job was submitted; None while none waits.
    """

    waiting: int
    running: int
    failed: int
    oldest: datetime | None


def backlog(session: Session, *, now: datetime) -> Backlog:
    """Counts of waiting and running jobs, and of those that failed within a day."""
    counts = {
        state: (count, oldest)
        for state, count, oldest in session.execute(
            select(Job.state, func.count(), func.min(Job.requested_at))
            .where(or_(Job.state.in_([JobState.WAITING, JobState.RUNNING]), Job.ended_at > now - timedelta(days=1)))
            .group_by(Job.state)
        )
    }
    nothing = (0, None)
    return Backlog(
        waiting=counts.get(JobState.WAITING, nothing)[0],
        running=counts.get(JobState.RUNNING, nothing)[0],
        failed=counts.get(JobState.FAILED, nothing)[0],
        oldest=counts.get(JobState.WAITING, nothing)[1],
    )


def _free(worker: str, now: datetime) -> ColumnElement[bool]:
    abandoned = and_(Job.state == JobState.RUNNING, or_(Job.worker == worker, Job.beat_at < now - LEASE))
    return or_(Job.state == JobState.WAITING, abandoned)


def _write(session: Session, id_: UUID, by: str, **values: object) -> None:
    ours = update(Job).where(Job.id == id_, Job.worker == by, Job.state == JobState.RUNNING).values(**values)
    if not session.execute(ours).rowcount:  # type: ignore[attr-defined]
        raise LeaseLost(id_)
