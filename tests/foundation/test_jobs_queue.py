"""The table of jobs is the queue: who gets which job, and when."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import select

from app import create_app
from foundation import clock, migrating
from foundation.jobs import worker
from foundation.jobs.handlers import register_job_handler
from foundation.jobs.models import Job, JobState
from foundation.jobs.services import claim_next_job, is_job_free, release, submit_job
from foundation.settings import Settings


def waiting(session, number, now):
    return submit_job(session, "print", {"number": number}, who="co-giao", now=now)


def test_who_waits_longest_comes_first(session, now):
    for number, minutes in enumerate((1, 3, 2)):
        waiting(session, number, now - timedelta(minutes=minutes))

    taken = [claim_next_job(session, worker="one", now=now + timedelta(seconds=each)) for each in range(3)]

    # The second look of the same worker finds its own job again, as after an error while it was ended.
    assert [job.arguments["number"] for job in taken] == [1, 1, 1]
    taken = [claim_next_job(session, worker=name, now=now + timedelta(seconds=3)) for name in ("two", "three", "four")]
    assert [job and job.arguments["number"] for job in taken] == [2, 0, None]


def test_a_job_is_taken_over_once_its_worker_was_silent_for_the_lease(session, now):
    waiting(session, 1, now)
    claim_next_job(session, worker="one", now=now)

    assert not is_job_free(session, worker="two", now=now + timedelta(seconds=10))
    assert claim_next_job(session, worker="two", now=now + timedelta(seconds=10)) is None
    later = now + timedelta(seconds=10) + timedelta(microseconds=1)
    assert is_job_free(session, worker="two", now=later)
    job = claim_next_job(session, worker="two", now=later)
    assert (job.worker, job.state, job.beat_at) == ("two", JobState.RUNNING, later)


def test_a_released_job_is_free_at_once(session, now):
    job = waiting(session, 1, now)
    claim_next_job(session, worker="one", now=now)
    release(session, job.id, worker="one")

    assert claim_next_job(session, worker="two", now=now).id == job.id


def test_looking_takes_no_lock(session, now, count_statements):
    assert not is_job_free(session, worker="one", now=now)

    assert not any("UPDATE" in each or "IMMEDIATE" in each for each in count_statements)


@pytest.fixture
def project_app(empty_database, tmp_path):
    app = create_app(Settings(data_folder=tmp_path, database_url=empty_database, secret_key="only for tests"))
    migrating.upgrade(app.extensions["engine"])
    yield app
    app.extensions["engine"].dispose()


@pytest.fixture
def start(project_app, monkeypatch):
    """Start a worker's thread in this process; all are stopped in the end."""
    monkeypatch.setattr(worker, "POLL", 0.01)
    started = []

    def begin():
        each = worker.Worker(project_app)
        thread = Thread(target=each.run_jobs, daemon=True)
        thread.start()
        started.append((each, thread))

    yield begin
    for each, _ in started:
        each.stop()
    for _, thread in started:
        thread.join(30)
        assert not thread.is_alive()


def ask(project_app, numbers):
    with project_app.extensions["sessions"]() as session:
        for number in numbers:
            waiting(session, number, clock.now())
        session.commit()


def states(project_app):
    with project_app.extensions["sessions"]() as session:
        return set(session.scalars(select(Job.state)))


def wait_until(ready):
    deadline = worker.time.monotonic() + 30
    while not ready():
        assert worker.time.monotonic() < deadline
        worker.time.sleep(0.01)


def test_several_workers_do_each_job_once(project_app, start):
    """All of them look at the same moment, again and again."""
    count, numbers, done = 4, range(24), []
    together = Barrier(count)

    def work(task):
        together.wait(30)
        done.append(task.arguments["number"])
        return []

    register_job_handler(project_app, "print", work)
    ask(project_app, numbers)
    for _ in range(count):
        start()

    wait_until(lambda: states(project_app) == {JobState.DONE})
    assert sorted(done) == list(numbers)


def test_a_worker_goes_on_after_a_job_that_fails_and_a_database_that_is_away(project_app, start, monkeypatch, caplog):
    monkeypatch.setattr(worker, "RETRY", 0.01)
    looks = []

    def away_at_first(**said):
        looks.append(said)
        if len(looks) == 1:
            raise OSError("away")
        return look(**said)

    look = worker.run_next_job
    monkeypatch.setattr(worker, "run_next_job", away_at_first)

    def work(task):
        if task.arguments["number"] == 0:
            raise RuntimeError("no such thing")
        return []

    register_job_handler(project_app, "print", work)
    ask(project_app, range(2))
    start()

    wait_until(lambda: states(project_app) == {JobState.FAILED, JobState.DONE})
    assert "looking for jobs failed" in caplog.text


def test_what_earlier_versions_left_in_the_folder_goes(tmp_path):
    for name in ("queue.sqlite3", "queue.sqlite3-wal", "queue.sqlite3-shm", "other.txt"):
        (tmp_path / name).touch()

    worker.remove_old_folders(tmp_path)
    worker.remove_old_folders(tmp_path / "never made")

    assert [each.name for each in tmp_path.iterdir()] == ["other.txt"]
