"""The table of jobs."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Enum, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database import Base, UtcDateTime


class State(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Job(Base):
    """One piece of long work. This table is the queue: workers look into it for what is to be done."""

    __tablename__ = "job"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    # Which of the offered kinds of work; what it has to know beyond that, plain JSON values.
    kind: Mapped[str] = mapped_column(String(40))
    told: Mapped[dict[str, Any]] = mapped_column(JSON)
    # Sign-in name of who asked: nobody else sees the job or what comes of it.
    who: Mapped[str] = mapped_column(String(40))
    state: Mapped[State] = mapped_column(
        Enum(State, native_enum=False, length=10, values_callable=lambda states: [state.value for state in states]),
        index=True,
    )
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    # A code, "" while all is well; Vietnamese in `jobs/messages.html`.
    error: Mapped[str] = mapped_column(String(60), default="")
    # Names of the files that came of it; their bytes: JobFileChunk.
    files: Mapped[list[str]] = mapped_column(JSON, default=list)
    # Which worker has it, and when it last showed that it lives.
    worker: Mapped[str] = mapped_column(String(36), default="")
    beat_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class JobFileChunk(Base):
    """A piece of a file that a job made. Made again by whoever asks again, so no backup takes it along."""

    __tablename__ = "job_file_chunk"
    __table_args__ = {"info": {"backup": False}}

    job_id: Mapped[UUID] = mapped_column(ForeignKey("job.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    # From 0, without a gap.
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    data: Mapped[bytes] = mapped_column(LargeBinary)


class JobsWorker(Base):
    """A worker that runs, or was killed: one that stops takes its row away."""

    __tablename__ = "jobs_worker"
    __table_args__ = {"info": {"backup": False}}

    id: Mapped[UUID] = mapped_column(primary_key=True)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # Written every services.HEARTBEAT seconds by the worker's own clock.
    beat_at: Mapped[datetime] = mapped_column(UtcDateTime)
