"""How long a job waits for a worker that has nothing else to do: a real `flask jobs work` beside this process."""

import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

from sqlalchemy.orm import Session, sessionmaker

from app import create_app
from bench.table import Row
from foundation import clock, migrating
from foundation.jobs.models import Job, JobState
from foundation.jobs.services import last_heartbeat, submit_job
from foundation.settings import PROJECT_ROOT, Settings

JOBS = 20
PATIENCE = 60  # seconds until the worker must have started, and each job must have ended


def measure() -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        address = f"sqlite:///{folder}/bdhvs.sqlite3"
        app = create_app(Settings(data_folder=Path(folder), database_url=address, secret_key="bench"))
        migrating.upgrade(app.extensions["engine"])
        environment = {**os.environ, "DATA_FOLDER": folder, "DATABASE_URL": address, "SECRET_KEY": "bench"}
        command = [sys.executable, "-m", "flask", "--app", "app", "jobs", "work"]
        # Its jobs ask for a class that is not there and fail at once, which it logs.
        worker = subprocess.Popen(command, cwd=PROJECT_ROOT, env=environment, stderr=subprocess.DEVNULL)
        try:
            waits = _waits(app.extensions["sessions"], worker)
        finally:
            worker.terminate()
            worker.wait(30)
    figure = f"{statistics.median(waits):.0f} ms ({waits[0]:.0f}–{waits[-1]:.0f})"
    return [Row("a job until it is done, worker idle", figure, "≤ 1 s, the longest", waits[-1] <= 1000)]


def _waits(sessions: sessionmaker[Session], worker: subprocess.Popen[bytes]) -> list[float]:
    """Milliseconds from the commit of each job until its row says that it ended, in order."""
    _until(lambda: _ready(sessions), worker)
    choose = random.Random(1)
    waits = []
    # The first loads what the work needs.
    for number in range(JOBS + 1):
        time.sleep(choose.uniform(0, 0.5))
        with sessions() as session:
            arguments = {"class": str(UUID(int=number)), "root": "", "back": ""}
            id_ = submit_job(session, "class_letters", arguments, who="bench", now=clock.now()).id
            session.commit()
        start = time.monotonic()
        _until(lambda id_=id_: _ended(sessions, id_), worker)  # type: ignore[misc]
        waits.append((time.monotonic() - start) * 1000)
    return sorted(waits[1:])


def _ready(sessions: sessionmaker[Session]) -> bool:
    with sessions() as session:
        return last_heartbeat(session) is not None


def _ended(sessions: sessionmaker[Session], id_: UUID) -> bool:
    with sessions() as session:
        job = session.get(Job, id_)
        return job is not None and job.state in (JobState.DONE, JobState.FAILED)


def _until(is_so: Callable[[], bool], worker: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not is_so():
        if worker.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError("the worker does nothing")
        time.sleep(0.005)
