"""The worker process: looks for jobs in the table, does them one at a time, and says that it lives."""

import logging
import shutil
import signal
import time
from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread
from uuid import UUID, uuid4

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from foundation import clock
from foundation.jobs import services
from foundation.jobs.files import remove_old_files
from foundation.jobs.work import do_next_job, work_folder
from foundation.throttling.services import sweep

log = logging.getLogger(__name__)

ABANDONED = 24 * 3600  # seconds; a folder older than that belongs to no work any more
STOP = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}
LONGEST_STOP = 15  # seconds; work that never says how far it is gets no more, and the next worker waits for LEASE
POLL = 0.5  # seconds between two looks into the table while there is nothing to do
RETRY = 10  # seconds before the next look after an error, such as a database that is away
CHECK = 10  # seconds between two looks at whether the heartbeat is due


class Worker:
    """One worker. Opens nothing before it works."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._id = uuid4()
        self._stopping = Event()

    def work(self) -> None:
        """Do jobs until SIGINT, SIGTERM or SIGHUP. Jobs whose worker was killed are done like those that wait.

        The current job is released at its next sign of life, for the next worker to go on with. Main thread only.
        """
        # Blocked, and waited for below, so that no job is interrupted in the middle. Threads inherit that.
        signal.pthread_sigmask(signal.SIG_BLOCK, STOP)
        with self._app.app_context():
            remove_old_folders(work_folder())
        # A daemon: work that hangs must not keep the process from ending.
        thread = Thread(target=self.do_jobs, name="jobs", daemon=True)
        thread.start()
        heartbeat = Heartbeat(self._app.extensions["sessions"], self._id)
        heartbeat.beat()
        while signal.sigtimedwait(STOP, CHECK) is None:
            heartbeat.beat()
        self.stop()
        thread.join(LONGEST_STOP)
        heartbeat.end()

    def do_jobs(self) -> None:
        """Do every job there is, then look again after POLL seconds; return after stop(). No error ends it."""
        wait = 0.0
        while not self._stopping.wait(wait):
            try:
                with self._app.app_context():
                    found = do_next_job(worker=str(self._id), told_to_stop=self._stopping.is_set)
                wait = 0 if found else POLL
            except Exception:
                log.exception("looking for jobs failed")
                wait = RETRY

    def stop(self) -> None:
        """Have do_jobs return as soon as the current job can be released. Any thread; a second time nothing changes."""
        self._stopping.set()


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
    """Remove what killed workers left on this machine, and what earlier versions kept here: files, and their queue."""
    for each in folder.glob("*-*"):
        if each.is_dir() and each.stat().st_mtime < time.time() - ABANDONED:
            shutil.rmtree(each, ignore_errors=True)
    for each in folder.glob("queue.sqlite3*"):
        each.unlink(missing_ok=True)
