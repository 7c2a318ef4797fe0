"""A worker killed in the middle of a batch, and another that goes on: real processes, a real table of jobs."""

import io
import os
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pypdfium2
import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from app import create_app
from foundation import clock, migrating
from foundation.jobs.files import file_sizes, read_file
from foundation.jobs.models import Job, JobState
from foundation.jobs.services import submit_job
from foundation.settings import Settings
from learning.models import Certificate, ClassEvening, ClassLearner, DoneTogether, Learner

PROJECT_ROOT = Path(__file__).resolve().parents[2]
PEOPLE = 60


@pytest.fixture
def project_app(empty_database, tmp_path):
    settings = Settings(
        data_folder=tmp_path, database_url=empty_database, secret_key="only for tests", organisation="Xã Đoàn Mẫu"
    )
    app = create_app(settings)
    migrating.upgrade(app.extensions["engine"])
    yield app
    app.extensions["engine"].dispose()


@pytest.fixture
def start_worker(project_app, empty_database, tmp_path):
    started = []

    def start():
        environment = {
            **os.environ,
            "DATA_FOLDER": str(tmp_path),
            "DATABASE_URL": empty_database,
            "SECRET_KEY": "only for tests",
            "ORGANISATION": "Xã Đoàn Mẫu",
        }
        command = [sys.executable, "-m", "flask", "--app", "app", "jobs", "work"]
        log = tmp_path / f"worker-{len(started)}.log"
        with log.open("w") as out:
            arguments = {
                "cwd": PROJECT_ROOT,
                "env": environment,
                "start_new_session": True,
                "stdout": out,
                "stderr": out,
            }
            started.append(subprocess.Popen(command, **arguments))
        started[-1].log = log
        return started[-1]

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
        process.wait()


def a_class_that_finished(session: Session, course):
    """PEOPLE who did everything together, in one class."""
    now = clock.now()
    evening = ClassEvening(
        id=uuid7(),
        area_path="38/15607/15607-001/",
        course=course.id,
        lessons=[lesson.id for lesson in course.lessons],
        held_on=now.date(),
        teacher="Vi Thị Mẫu",
        made_by="co-giao",
        made_at=now,
    )
    session.add(evening)
    session.flush()
    for number in range(PEOPLE):
        learner = Learner(id=uuid7(), nickname=f"Bà {number}", age_band="from_14", created_at=now)
        session.add(learner)
        session.flush()
        name = f"Lò Thị Mẫu {chr(65 + number // 26)}{chr(65 + number % 26)}"
        session.add(ClassLearner(evening=evening.id, learner=learner.id, name=name, joined_at=now))
        for lesson in course.lessons:
            session.add(
                DoneTogether(
                    evening=evening.id, learner=learner.id, lesson=lesson.id, observed_by="co-giao", observed_at=now
                )
            )
    session.commit()
    return evening


@pytest.fixture
def batch(project_app):
    """A class that finished, and the job that makes its letters; nobody works on it yet."""
    return Batch(project_app)


class Batch:
    def __init__(self, project_app):
        self.sessions = project_app.extensions["sessions"]
        with self.sessions() as session:
            evening = a_class_that_finished(session, project_app.extensions["catalogue"].courses[0])
            arguments = {"class": str(evening.id), "root": "https://hoc.example.vn", "back": ""}
            self.job = submit_job(session, "class_letters", arguments, who="co-giao", now=clock.now()).id
            session.commit()

    @property
    def row(self):
        with self.sessions() as session:
            return session.get(Job, self.job)

    @property
    def issued(self):
        """How many letters there are, and to how many people."""
        letters = select(func.count(), func.count(Certificate.learner.distinct())).select_from(Certificate)
        with self.sessions() as session:
            return tuple(session.execute(letters).one())

    def until(self, ready, seconds):
        start = time.monotonic()
        while not ready():
            row = self.row
            assert time.monotonic() < start + seconds, (row.state, row.done, row.worker, self.issued)
            time.sleep(0.01)

    def is_whole(self, folder):
        """Everybody has one letter, both files hold all of them, and nothing half-made is left lying about."""
        assert self.row.state is JobState.DONE
        assert self.issued == (PEOPLE, PEOPLE)
        files = {name: b"".join(read_file(self.sessions, self.job, name)) for name in self.row.files}
        with self.sessions() as session:
            assert file_sizes(session, self.job) == {name: len(data) for name, data in files.items()}
        assert len(zipfile.ZipFile(io.BytesIO(files["giay-xac-nhan.zip"])).namelist()) == PEOPLE
        assert len(pypdfium2.PdfDocument(files["giay-xac-nhan.pdf"])) == PEOPLE
        assert [each.name for each in (folder / "jobs").iterdir() if each.is_dir()] == []
        return True


def test_a_job_survives_a_killed_worker_and_issues_nobody_twice(project_app, batch, start_worker, tmp_path):
    first = start_worker()
    batch.until(lambda: batch.issued[0], 120)
    # Frozen first, so that what is seen here is what the killed one leaves behind: a batch half issued.
    first.send_signal(signal.SIGSTOP)
    issued, people = batch.issued
    assert 0 < issued == people < PEOPLE
    first.kill()
    first.wait()
    assert batch.row.state is JobState.RUNNING

    start_worker()
    batch.until(lambda: batch.row.state is not JobState.RUNNING, 120)

    assert batch.is_whole(tmp_path)
    assert migrating.is_clean(project_app.extensions["engine"])


def test_a_worker_told_to_stop_lets_its_job_go_for_the_next_one(batch, start_worker, tmp_path):
    for arguments in (signal.SIGTERM, signal.SIGINT):
        worker = start_worker()
        batch.until(lambda: batch.row.state is JobState.RUNNING, 120)
        worker.send_signal(arguments)

        assert worker.wait(timeout=20) == 0
        assert (batch.row.state, batch.row.worker) == (JobState.WAITING, "")
        assert worker.log.read_text() == ""

    start_worker()
    # At once: nobody has to be taken for dead first.
    batch.until(lambda: batch.row.state is JobState.RUNNING, 120)
    batch.until(lambda: batch.row.state is not JobState.RUNNING, 120)
    assert batch.is_whole(tmp_path)


@pytest.mark.parametrize("arguments", [signal.SIGINT, signal.SIGTERM], ids=lambda arguments: arguments.name)
def test_a_worker_with_nothing_to_do_stops_when_told_to(project_app, start_worker, arguments):
    with project_app.extensions["sessions"]() as session:
        nothing = {"class": str(uuid7()), "root": "", "back": ""}
        job = submit_job(session, "class_letters", nothing, who="co-giao", now=clock.now()).id
        session.commit()
    worker = start_worker()
    while True:
        # Once it has said that there is no such class, it is surely there, and has nothing more to do.
        with project_app.extensions["sessions"]() as session:
            if session.get(Job, job).state is JobState.FAILED:
                break
        assert worker.poll() is None
        time.sleep(0.05)

    worker.send_signal(arguments)

    assert worker.wait(timeout=20) == 0
    assert worker.log.read_text() == ""
