"""The files a job made, as rows: every web process on every machine reads them, whichever worker wrote them."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from foundation.jobs.models import Job, JobFileChunk
from foundation.jobs.services import keep_alive

CHUNK = 1024 * 1024  # bytes of one row, and of one transaction: no other writer waits for a whole ZIP
KEPT = timedelta(days=7)


def store_files(
    sessions: Callable[[], Session],
    id_: UUID,
    folder: Path,
    names: Sequence[str],
    *,
    worker: str,
    now: Callable[[], datetime],
) -> None:
    """Write a job's files to the database, in place of what a worker before left of them. Again: the same files.

    They are shown once the job is done. Raises NoLongerOurs as soon as another worker has the job.
    """

    def write(change: Callable[[Session], object]) -> None:
        with sessions() as session:
            session.connection(execution_options={"writing": True})
            # Holds the job's row until the commit: nobody takes it over in between.
            keep_alive(session, id_, worker=worker, now=now())
            change(session)
            session.commit()

    write(lambda session: session.execute(delete(JobFileChunk).where(JobFileChunk.job_id == id_)))
    for name in names:
        with (folder / name).open("rb") as opened:
            position = 0
            # A file without a byte has one empty chunk, or it would not be there.
            while (data := opened.read(CHUNK)) or position == 0:
                row = {"job_id": id_, "name": name, "position": position, "data": data}
                write(lambda session, row=row: session.execute(insert(JobFileChunk).values(row)))  # type: ignore[misc]
                position += 1


def file_sizes(session: Session, id_: UUID) -> dict[str, int]:
    """Bytes of each file of a job that is still there."""
    size = func.sum(func.length(JobFileChunk.data))
    found = session.execute(
        select(JobFileChunk.name, size).where(JobFileChunk.job_id == id_).group_by(JobFileChunk.name)
    )
    return {name: int(total) for name, total in found}


def read_file(sessions: Callable[[], Session], id_: UUID, name: str) -> Iterator[bytes]:
    """The bytes of a file, chunk by chunk, each in a session of its own: a slow download holds no connection."""
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
    """Remove the files of jobs that ended longer than KEPT ago; how many chunks. They can be made again."""
    old = select(Job.id).where(Job.ended_at < now - KEPT)
    removed = session.execute(delete(JobFileChunk).where(JobFileChunk.job_id.in_(old)))
    return int(removed.rowcount)  # type: ignore[attr-defined]
