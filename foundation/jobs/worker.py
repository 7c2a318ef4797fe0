"""The worker process: polls the table for jobs, runs them one at a time, and writes a heartbeat."""

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
from foundation.jobs.handlers import run_next_job, work_folder
from foundation.throttling.services import sweep

log = logging.getLogger(__name__)

ABANDONED = 24 * 3600  # seconds; an older folder belongs to no running job
STOP = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}
LONGEST_STOP = (
    15  # seconds until a handler that reports no progress is abandoned; another worker takes the job after LEASE
)
POLL = 0.5  # seconds between two polls while there is nothing to do
RETRY = 10  # seconds before the next poll after an error, such as an unreachable database
CHECK = 10  # seconds between two checks whether the heartbeat is due


class Worker:
    """One worker. Opens no connection before work() is called."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._id = uuid4()
        self._stopping = Event()

    def work(self) -> None:
        """Run jobs until SIGINT, SIGTERM or SIGHUP. Jobs whose worker was killed are taken up like waiting ones.

        On a signal the current job goes back into the queue at its next progress report. Main thread only.
        """
        # Blocked here and waited for below, so that no job is interrupted halfway. Threads inherit the mask.
        signal.pthread_sigmask(signal.SIG_BLOCK, STOP)
        with self._app.app_context():
            remove_old_folders(work_folder())
        # A daemon thread: a handler that hangs must not keep the process from ending.
        thread = Thread(target=self.run_jobs, name="jobs", daemon=True)
        thread.start()
        heartbeat = Heartbeat(self._app.extensions["sessions"], self._id)
        heartbeat.beat()
        while signal.sigtimedwait(STOP, CHECK) is None:
            heartbeat.beat()
        self.stop()
        thread.join(LONGEST_STOP)
        heartbeat.end()

    def run_jobs(self) -> None:
        """Run every waiting job, then poll every POLL seconds.

        Returns after stop(); errors are logged and do not end it.
        """
        wait = 0.0
        while not self._stopping.wait(wait):
            try:
                with self._app.app_context():
                    found = run_next_job(worker=str(self._id), stop_requested=self._stopping.is_set)
                wait = 0 if found else POLL
            except Exception:
                log.exception("looking for jobs failed")
                wait = RETRY

    def stop(self) -> None:
        """Make run_jobs return as soon as the current job can stop. Any thread; a second call changes nothing."""
        self._stopping.set()


class Heartbeat:
    """Writes this worker's heartbeat row, and deletes old files and empty throttle buckets.

    An unreachable database is logged and does not stop the worker.
    """

    def __init__(self, sessions: Callable[[], Session], worker: UUID) -> None:
        self._sessions = sessions
        self._worker = worker
        self._started_at = clock.now()
        self._next = 0.0

    def beat(self) -> None:
        """Write the row if services.HEARTBEAT has passed since the last time."""
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
    """Delete folders of killed workers on this machine, and the queue file of earlier versions."""
    for each in folder.glob("*-*"):
        if each.is_dir() and each.stat().st_mtime < time.time() - ABANDONED:
            shutil.rmtree(each, ignore_errors=True)
    for each in folder.glob("queue.sqlite3*"):
        each.unlink(missing_ok=True)
