"""Tables of jobs, their files and their workers."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Enum, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database import Base, UtcDateTime


class JobState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Job(Base):
    """One background job. This table is the queue: workers poll it for waiting jobs."""

    __tablename__ = "job"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    # The registered handler that runs it, and its arguments as plain JSON values.
    kind: Mapped[str] = mapped_column(String(40))
    arguments: Mapped[dict[str, Any]] = mapped_column(JSON)
    # Sign-in name of the person who submitted it. Nobody else may see the job or its files.
    who: Mapped[str] = mapped_column(String(40))
    state: Mapped[JobState] = mapped_column(
        Enum(JobState, native_enum=False, length=10, values_callable=lambda states: [state.value for state in states]),
        index=True,
    )
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    # An error code, "" if there is none; its Vietnamese is in `jobs/messages.html`.
    error: Mapped[str] = mapped_column(String(60), default="")
    # Names of the files it made; their content is in JobFileChunk.
    files: Mapped[list[str]] = mapped_column(JSON, default=list)
    # The worker that runs it, and when that worker last renewed its lease.
    worker: Mapped[str] = mapped_column(String(36), default="")
    beat_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    requested_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class JobFileChunk(Base):
    """A piece of a file that a job made. Not in backups, because submitting the job again makes it again."""

    __tablename__ = "job_file_chunk"
    __table_args__ = {"info": {"backup": False}}

    job_id: Mapped[UUID] = mapped_column(ForeignKey("job.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    # From 0, without gaps.
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    data: Mapped[bytes] = mapped_column(LargeBinary)


class JobsWorker(Base):
    """A worker that runs or was killed. One that stops normally deletes its row."""

    __tablename__ = "jobs_worker"
    __table_args__ = {"info": {"backup": False}}

    id: Mapped[UUID] = mapped_column(primary_key=True)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # Written every services.HEARTBEAT, by the worker's own clock.
    beat_at: Mapped[datetime] = mapped_column(UtcDateTime)
