"""The handlers of jobs by kind, and running one job."""

import logging
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from flask import Flask, current_app
from sqlalchemy.orm import Session

from foundation import clock
from foundation.jobs import services
from foundation.jobs.files import store_files
from foundation.jobs.models import Job
from foundation.logs.context import working_on
from foundation.problems import Problem

log = logging.getLogger(__name__)


class StopRequested(Exception):
    """The worker has to stop: the handler ends where it is, and the job goes back into the queue."""


@dataclass(frozen=True)
class Task:
    """One job as its handler gets it.

    arguments: as given to submit_job. folder: where the handler writes its files; empty at the start. sessions: opens a
    session, for as many transactions as the handler needs. report_progress(done, total): call it at least every few
    seconds; it raises StopRequested when the worker has to stop, which the handler must not catch.
    """

    id: UUID
    who: str
    arguments: dict[str, Any]
    folder: Path
    sessions: Callable[[], Session]
    report_progress: Callable[[int, int], None]


# Does the job and returns the names of the files it wrote. It may run again after it was stopped halfway, even while a
# worker that lost its lease is still running it: what it does to the database must be idempotent.
JobHandler = Callable[[Task], list[str]]


def register_job_handler(app: Flask, kind: str, handler: JobHandler) -> None:
    """Have jobs of this kind run by `handler`. A second handler of one kind replaces the first."""
    app.extensions.setdefault("job_handlers", {})[kind] = handler


def work_folder() -> Path:
    """Where workers on this machine write files before they are stored in the database."""
    folder: Path = current_app.extensions["settings"].data_folder
    return folder / "jobs"


def run_next_job(*, worker: str, stop_requested: Callable[[], bool] = lambda: False) -> bool:
    """Run the job that has waited longest. False if there was none to claim.

    stop_requested: called at each progress report; when true, the job goes back into the queue. Needs an application
    context.
    """
    sessions = current_app.extensions["sessions"]
    with sessions() as session:
        if not services.is_job_free(session, worker=worker, now=clock.now()):
            return False
    with sessions() as session:
        session.connection(execution_options={"writing": True})
        job = services.claim_next_job(session, worker=worker, now=clock.now())
        session.commit()
        if job is None:
            return False
    with working_on({"job": str(job.id)}):
        _run(job, worker, stop_requested)
    return True


def _run(job: Job, worker: str, stop_requested: Callable[[], bool]) -> None:
    sessions = current_app.extensions["sessions"]
    id_, kind, who, arguments = job.id, job.kind, job.who, dict(job.arguments)

    def report_progress(done: int, total: int) -> None:
        with sessions() as session:
            services.report_progress(session, id_, worker=worker, done=done, total=total, now=clock.now())
            session.commit()
        if stop_requested():
            raise StopRequested

    making = work_folder() / f"{id_}.{worker}"
    making.mkdir(parents=True)
    try:
        files = current_app.extensions["job_handlers"][kind](
            Task(id_, who, arguments, making, sessions, report_progress)
        )
        store_files(sessions, id_, making, files, worker=worker, now=clock.now)
        _end(id_, lambda session: services.finish(session, id_, worker=worker, files=files, now=clock.now()))
    except services.LeaseLost:
        log.warning("job %s was taken over", id_)
    except StopRequested:
        _end(id_, lambda session: services.release(session, id_, worker=worker))
    except Problem as refused:
        code = refused.code
        _end(id_, lambda session: services.fail(session, id_, worker=worker, error=code, now=clock.now()))
    except Exception:
        # The page shows that the job failed; the reason is in the log only.
        log.exception("job %s failed", id_)
        _end(id_, lambda session: services.fail(session, id_, worker=worker, error="failed", now=clock.now()))
    finally:
        # Also removes folders that killed workers left for this job.
        for left in making.parent.glob(f"{id_}.*"):
            shutil.rmtree(left, ignore_errors=True)


def _end(id_: UUID, write: Callable[[Session], None]) -> None:
    with current_app.extensions["sessions"]() as session:
        try:
            write(session)
            session.commit()
        except services.LeaseLost:
            log.warning("job %s was taken over", id_)
