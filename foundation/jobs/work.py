"""Which kinds of work there are, and doing one job of them."""

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


class ToldToStop(Exception):
    """The worker is to stop: the work is left where it is."""


@dataclass(frozen=True)
class Task:
    """One job, as whoever does it sees it.

    told: what was asked. folder: where its files go; empty at the start. sessions: for transactions as long as the work
    likes, each its own. show(done, total): says how far it is; call it at least every few seconds. Where the worker was
    told to stop meanwhile it raises ToldToStop: let it pass.
    """

    id: UUID
    who: str
    told: dict[str, Any]
    folder: Path
    sessions: Callable[[], Session]
    show: Callable[[int, int], None]


# Does the work and returns the names of the files it wrote. It may be called again after it was left halfway, also
# while the one before still believes it works: what it does to the database must be the same the second time.
Work = Callable[[Task], list[str]]


def offer_job(app: Flask, kind: str, work: Work) -> None:
    app.extensions.setdefault("job_kinds", {})[kind] = work


def work_folder() -> Path:
    """Where workers of this machine make files before they are stored; nobody reads them there."""
    folder: Path = current_app.extensions["settings"].data_folder
    return folder / "jobs"


def do_next_job(*, worker: str, told_to_stop: Callable[[], bool] = lambda: False) -> bool:
    """Do the job that waits longest. False: there was none that another worker has not.

    told_to_stop: asked whenever the work says how far it is; the job is then released for another worker.
    Needs an application context.
    """
    sessions = current_app.extensions["sessions"]
    with sessions() as session:
        if not services.is_job_free(session, worker=worker, now=clock.now()):
            return False
    with sessions() as session:
        session.connection(execution_options={"writing": True})
        job = services.take_next(session, worker=worker, now=clock.now())
        session.commit()
        if job is None:
            return False
    with working_on({"job": str(job.id)}):
        _do(job, worker, told_to_stop)
    return True


def _do(job: Job, worker: str, told_to_stop: Callable[[], bool]) -> None:
    sessions = current_app.extensions["sessions"]
    id_, kind, who, told = job.id, job.kind, job.who, dict(job.told)

    def show(done: int, total: int) -> None:
        with sessions() as session:
            services.beat(session, id_, worker=worker, done=done, total=total, now=clock.now())
            session.commit()
        if told_to_stop():
            raise ToldToStop

    making = work_folder() / f"{id_}.{worker}"
    making.mkdir(parents=True)
    try:
        files = current_app.extensions["job_kinds"][kind](Task(id_, who, told, making, sessions, show))
        store_files(sessions, id_, making, files, worker=worker, now=clock.now)
        _end(id_, lambda session: services.finish(session, id_, worker=worker, files=files, now=clock.now()))
    except services.NoLongerOurs:
        log.warning("job %s was taken over", id_)
    except ToldToStop:
        _end(id_, lambda session: services.let_go(session, id_, worker=worker))
    except Problem as refused:
        code = refused.code
        _end(id_, lambda session: services.give_up(session, id_, worker=worker, error=code, now=clock.now()))
    except Exception:
        # Nobody else would ever hear of it: the person waiting is told, the log keeps the rest.
        log.exception("job %s failed", id_)
        _end(id_, lambda session: services.give_up(session, id_, worker=worker, error="failed", now=clock.now()))
    finally:
        # With what a worker killed over this job left on this machine.
        for left in making.parent.glob(f"{id_}.*"):
            shutil.rmtree(left, ignore_errors=True)


def _end(id_: UUID, write: Callable[[Session], None]) -> None:
    with current_app.extensions["sessions"]() as session:
        try:
            write(session)
            session.commit()
        except services.NoLongerOurs:
            log.warning("job %s was taken over", id_)
