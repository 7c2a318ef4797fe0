"""huey, which wakes a worker up at once. It may lose a task when its worker is killed; the row of the job does not."""

import logging
import shutil
import signal
import time
from collections.abc import Callable
from pathlib import Path
from threading import Event
from uuid import UUID, uuid4

from flask import Flask
from huey import Huey, PostgresHuey, SqliteHuey
from huey.consumer import Consumer
from sqlalchemy import make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from foundation import clock
from foundation.jobs import services
from foundation.jobs.files import remove_old_files
from foundation.jobs.work import do_job
from foundation.logs.context import working_on
from foundation.settings import Settings
from foundation.throttling.services import sweep

log = logging.getLogger(__name__)

NAME = "bdhvs"
ABANDONED = 24 * 3600  # seconds; a folder older than that belongs to no work any more
STOP = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}
LONGEST_STOP = 15  # seconds; work that never says how far it is gets no more, and the next worker waits for LEASE
HEALTH = 10  # seconds between two looks at whether the thread that works still lives


def queue_of(settings: Settings) -> Huey:
    """In a file of the data folder; where the tables are on PostgreSQL, beside them, as huey_…."""
    url = make_url(settings.database)
    if url.get_backend_name() == "postgresql":
        dsn = url.set(drivername="postgresql").render_as_string(hide_password=False)
        return PostgresHuey(NAME, dsn=dsn, table_prefix="huey", results=False)
    folder = settings.data_folder / "jobs"
    folder.mkdir(parents=True, exist_ok=True)
    return SqliteHuey(NAME, filename=str(folder / "queue.sqlite3"), results=False)


class Jobs:
    """The queue as pages and workers use it. Opens nothing before it is used."""

    def __init__(self, app: Flask, settings: Settings) -> None:
        self._app = app
        self._settings = settings
        self._huey: Huey | None = None
        self._id = uuid4()
        self._worker = str(self._id)
        self._stopping = Event()

    def wake(self, id_: UUID, *, after: float = 0) -> None:
        """Have a worker look at this job, `after` seconds from now. Any number of times: it is done once."""
        self._queue()
        self._look.schedule((str(id_),), delay=after) if after else self._look(str(id_))

    def work(self) -> None:
        """Do jobs until told to stop by SIGINT, SIGTERM or SIGHUP. First those that a worker before was killed over.

        A job in work is let go at its next sign of life, for the next worker to go on with. Main thread only.
        """
        # Held back, and asked for below: huey would kill its thread in the middle of a job, or wait for its very end.
        # Threads started from here on inherit that.
        signal.pthread_sigmask(signal.SIG_BLOCK, STOP)
        consumer: Consumer = self._queue().create_consumer(
            workers=1, max_delay=1.0, periodic=True, shutdown_timeout=LONGEST_STOP
        )
        with self._app.app_context():
            remove_old_folders(self._settings.data_folder / "jobs")
            with self._app.extensions["sessions"]() as session:
                for id_ in services.unfinished(session):
                    self.wake(id_)
        consumer.start()
        heartbeat = Heartbeat(self._app.extensions["sessions"], self._id)
        heartbeat.beat()
        while signal.sigtimedwait(STOP, HEALTH) is None:
            consumer.check_worker_health()
            heartbeat.beat()
        self._stopping.set()
        consumer.stop(graceful=True)
        heartbeat.end()

    def _queue(self) -> Huey:
        if self._huey is None:
            self._huey = queue_of(self._settings)
            self._look = self._huey.task(name="look")(self._do)
        return self._huey

    def _do(self, id_: str) -> None:
        with self._app.app_context(), working_on({"job": id_}):
            stopping = self._stopping.is_set
            if not do_job(UUID(id_), worker=self._worker, told_to_stop=stopping):
                self.wake(UUID(id_), after=0 if stopping() else services.LEASE.total_seconds() + 1)


class Heartbeat:
    """Says in the database that this worker lives, and removes old files and drained limits there. A
    database away stops no work."""

    def __init__(self, sessions: Callable[[], Session], worker: UUID) -> None:
        self._sessions = sessions
        self._worker = worker
        self._started_at = clock.now()
        self._next = 0.0

    def beat(self) -> None:
        """Write the row, if services.HEARTBEAT has passed since the last time."""
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + services.HEARTBEAT.total_seconds()
        self._write(self._beat)

    def end(self) -> None:
        self._write(lambda session: services.remove_heartbeat(session, self._worker))

    def _beat(self, session: Session) -> None:
        services.record_heartbeat(session, self._worker, started_at=self._started_at, now=clock.now())
        remove_old_files(session, now=clock.now())
        sweep(session, now=clock.now())

    def _write(self, change: Callable[[Session], None]) -> None:
        try:
            with self._sessions() as session:
                session.connection(execution_options={"writing": True})
                change(session)
                session.commit()
        except SQLAlchemyError as error:
            log.error("heartbeat not written", exc_info=error)


def remove_old_folders(folder: Path) -> None:
    """Remove what killed workers left on this machine, and the files of jobs of versions that kept them here."""
    for each in folder.glob("*-*"):
        if each.is_dir() and each.stat().st_mtime < time.time() - ABANDONED:
            shutil.rmtree(each, ignore_errors=True)
