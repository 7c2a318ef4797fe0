"""A worker for long work says that it lives, and how much there is to do is counted."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from foundation.jobs import services
from foundation.jobs.models import JobState, JobsWorker
from foundation.jobs.worker import Heartbeat


def test_a_worker_is_there_until_it_stops(session, now):
    worker = uuid4()
    assert services.last_heartbeat(session) is None

    services.record_heartbeat(session, worker, started_at=now, now=now)
    services.record_heartbeat(session, worker, started_at=now, now=now + timedelta(seconds=30))
    assert services.last_heartbeat(session) == now + timedelta(seconds=30)

    services.remove_heartbeat(session, worker)
    services.remove_heartbeat(session, worker)
    assert services.last_heartbeat(session) is None


def test_workers_killed_long_ago_are_forgotten(session, now):
    services.record_heartbeat(session, uuid4(), started_at=now, now=now - timedelta(days=2))
    services.record_heartbeat(session, uuid4(), started_at=now, now=now)

    assert session.query(JobsWorker).count() == 1


def test_the_row_is_written_at_most_twice_a_minute(sessions, count_statements, monkeypatch):
    heartbeat = Heartbeat(sessions, uuid4())
    for _ in range(5):
        heartbeat.beat()

    assert sum("INSERT INTO jobs_worker" in each for each in count_statements) == 1
    heartbeat.end()
    with sessions() as session:
        assert services.last_heartbeat(session) is None


def test_a_database_that_is_away_stops_no_work(caplog):
    def gone():
        raise OperationalError("SELECT", {}, Exception("away"))

    Heartbeat(gone, uuid4()).beat()

    assert "heartbeat not written" in caplog.text


@pytest.mark.parametrize("ago", [0, 2])
def test_what_waits_and_what_failed_within_a_day_is_counted(session, now, ago):
    for number in range(3):
        services.submit_job(session, "letters", {"n": number}, who="a", now=now - timedelta(minutes=number))
    failed = services.submit_job(session, "letters", {"n": 9}, who="a", now=now)
    failed.state, failed.ended_at = JobState.FAILED, now - timedelta(days=ago)
    session.flush()

    found = services.backlog(session, now=now)

    assert (found.waiting, found.running, found.failed) == (3, 0, 1 if ago == 0 else 0)
    assert found.oldest == now - timedelta(minutes=2)


def test_nothing_to_do_is_zero(session, now):
    session.execute(text("DELETE FROM job"))

    assert services.backlog(session, now=now) == services.Backlog(0, 0, 0, None)
