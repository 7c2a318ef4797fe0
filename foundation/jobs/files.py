"""The files of a job, stored as rows, so that web processes on every machine can read what any worker wrote."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from foundation.jobs.models import Job, JobFileChunk
from foundation.jobs.services import renew_lease

CHUNK = 1024 * 1024  # bytes of one row and one transaction, so that no other writer waits for a whole ZIP
RETENTION = timedelta(days=7)


def store_files(
    sessions: Callable[[], Session],
    id_: UUID,
    folder: Path,
    names: Sequence[str],
    *,
    worker: str,
    now: Callable[[], datetime],
) -> None:
    """Store a job's files, replacing what an earlier worker may have stored. A second call gives the same rows.

    The files are shown once the job is done. Raises LeaseLost as soon as another worker has the job.
    """

    def write(change: Callable[[Session], object]) -> None:
        with sessions() as session:
            session.connection(execution_options={"writing": True})
            # Locks the job's row until the commit, so that no other worker takes the job in between.
            renew_lease(session, id_, worker=worker, now=now())
            change(session)
            session.commit()

    write(lambda session: session.execute(delete(JobFileChunk).where(JobFileChunk.job_id == id_)))
    for name in names:
        with (folder / name).open("rb") as opened:
            position = 0
            # An empty file gets one empty chunk; without a row it would not exist.
            while (data := opened.read(CHUNK)) or position == 0:
                row = {"job_id": id_, "name": name, "position": position, "data": data}
                write(lambda session, row=row: session.execute(insert(JobFileChunk).values(row)))  # type: ignore[misc]
                position += 1


def file_sizes(session: Session, id_: UUID) -> dict[str, int]:
    """Size in bytes of each stored file of a job, by name. Removed files are not in it."""
    size = func.sum(func.length(JobFileChunk.data))
    found = session.execute(
        select(JobFileChunk.name, size).where(JobFileChunk.job_id == id_).group_by(JobFileChunk.name)
    )
    return {name: int(total) for name, total in found}


def read_file(sessions: Callable[[], Session], id_: UUID, name: str) -> Iterator[bytes]:
    """The bytes of a file, chunk by chunk. Each chunk uses its own session: a slow download holds no connection."""
    position = 0
    while True:
        with sessions() as session:
            data = session.scalar(
                select(JobFileChunk.data).where(
                    JobFileChunk.job_id == id_, JobFileChunk.name == name, JobFileChunk.position == position
                )
            )
        if data is None:
            return
        yield data
        position += 1


def remove_old_files(session: Session, *, now: datetime) -> int:
    """Delete the files of jobs that ended more than RETENTION ago; returns how many chunks.

    A new job makes them again.
    """
    old = select(Job.id).where(Job.ended_at < now - RETENTION)
    removed = session.execute(delete(JobFileChunk).where(JobFileChunk.job_id.in_(old)))
    return int(removed.rowcount)  # type: ignore[attr-defined]
