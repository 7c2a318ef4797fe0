"""A worker killed in the middle of a batch, and another that goes on: real processes, a real queue."""

import os
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from app import create_app
from foundation import clock, migrating
from foundation.jobs.models import Job, State
from foundation.jobs.services import ask_for_job
from foundation.jobs.views import the_jobs
from foundation.settings import Settings
from learning.models import Certificate, ClassEvening, ClassLearner, DoneTogether, Learner

HOUSE = Path(__file__).resolve().parents[2]
PEOPLE = 60


@pytest.fixture
def own_database(engine, database_kind, tmp_path):
    """The address of a database of its own: other processes must see what is in it."""
    if database_kind == "sqlite":
        yield ""
        return
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as outside:
        outside.execute(text("CREATE DATABASE letters_job"))
        try:
            yield engine.url.set(drivername="postgresql", database="letters_job").render_as_string(hide_password=False)
        finally:
            outside.execute(text("DROP DATABASE letters_job WITH (FORCE)"))


@pytest.fixture
def house(own_database, tmp_path):
    settings = Settings(
        data_folder=tmp_path, database_url=own_database, secret_key="only for tests", organisation="Xã Đoàn Mẫu"
    )
    app = create_app(settings)
    migrating.upgrade(app.extensions["engine"])
    yield app
    app.extensions["engine"].dispose()


@pytest.fixture
def start_worker(house, own_database, tmp_path):
    started = []

    def start():
        environment = {
            **os.environ,
            "DATA_FOLDER": str(tmp_path),
            "DATABASE_URL": own_database,
            "SECRET_KEY": "only for tests",
            "ORGANISATION": "Xã Đoàn Mẫu",
        }
        command = [sys.executable, "-m", "flask", "--app", "app", "jobs", "work"]
        started.append(subprocess.Popen(command, cwd=HOUSE, env=environment, start_new_session=True))
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
                DoneTogether(evening=evening.id, learner=learner.id, lesson=lesson.id, seen_by="co-giao", seen_at=now)
            )
    session.commit()
    return evening


def test_a_job_survives_a_killed_worker_and_issues_nobody_twice(house, start_worker, tmp_path):
    sessions = house.extensions["sessions"]
    course = house.extensions["catalogue"].courses[0]
    with sessions() as session:
        evening = a_class_that_finished(session, course)
        told = {"class": str(evening.id), "root": "https://hoc.example.vn", "back": ""}
        job = ask_for_job(session, "class_letters", told, who="co-giao", now=clock.now()).id
        session.commit()
    the_jobs(house).wake(job)

    def state():
        with sessions() as session:
            row = session.get(Job, job)
            return row.state, row.done

    def until(ready, seconds):
        start = time.monotonic()
        while not ready():
            assert time.monotonic() < start + seconds, state()
            time.sleep(0.02)

    first = start_worker()
    until(lambda: state()[1] > 0, 60)
    os.kill(first.pid, signal.SIGKILL)
    first.wait()
    assert state()[0] is State.RUNNING
    with sessions() as session:
        assert session.scalar(select(func.count()).select_from(Certificate)) > 0

    start_worker()
    until(lambda: state()[0] is not State.RUNNING, 90)

    assert state()[0] is State.DONE
    with sessions() as session:
        assert session.scalar(select(func.count()).select_from(Certificate)) == PEOPLE
        assert session.scalar(select(func.count(Certificate.learner.distinct()))) == PEOPLE
    files = tmp_path / "jobs" / str(job)
    assert len(zipfile.ZipFile(files / "giay-xac-nhan.zip").namelist()) == PEOPLE
    assert (files / "giay-xac-nhan.pdf").read_bytes().startswith(b"%PDF")
    # Nothing half-made is left lying about.
    assert [each.name for each in (tmp_path / "jobs").iterdir() if each.is_dir()] == [str(job)]
    assert migrating.is_clean(house.extensions["engine"])


def test_a_worker_stops_when_told_to(house, start_worker, tmp_path):
    worker = start_worker()
    time.sleep(4)
    worker.send_signal(signal.SIGINT)

    assert worker.wait(timeout=15) in {0, 1}
