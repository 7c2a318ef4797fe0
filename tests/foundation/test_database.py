from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, insert, select, text
from sqlalchemy.exc import OperationalError, StatementError

from foundation import database
from foundation.clock import day_in_vietnam
from foundation.database import UtcDateTime, make_engine
from foundation.web.database import session, transaction

moments = Table("moment", MetaData(), Column("id", Integer, primary_key=True), Column("at", UtcDateTime))
HANOI = timezone(timedelta(hours=7))


def test_a_moment_comes_back_with_its_zone(connection):
    moments.create(connection)

    connection.execute(insert(moments).values(at=datetime(2026, 3, 2, 6, 30, tzinfo=HANOI)))

    assert connection.scalar(select(moments.c.at)) == datetime(2026, 3, 1, 23, 30, tzinfo=UTC)
    assert connection.scalar(select(moments.c.at)).tzinfo is not None


def test_a_moment_without_its_zone_is_refused(connection):
    moments.create(connection)

    with pytest.raises(StatementError, match="without a time zone"):
        connection.execute(insert(moments).values(at=datetime(2026, 3, 2, 6, 30)))  # noqa: DTZ001


def test_the_day_is_the_one_in_vietnam():
    assert day_in_vietnam(datetime(2026, 3, 1, 23, 30, tzinfo=UTC)).isoformat() == "2026-03-02"
    assert day_in_vietnam(datetime(2026, 3, 1, 16, 59, tzinfo=UTC)).isoformat() == "2026-03-01"


def test_two_writers_on_sqlite_wait_for_each_other_instead_of_failing_halfway(tmp_path, monkeypatch):
    monkeypatch.setattr(database, "BUSY_TIMEOUT", 50)
    engine = make_engine(f"sqlite:///{tmp_path}/two.sqlite3")
    with engine.begin() as first:
        first.execute(text("CREATE TABLE t (n integer)"))
    with engine.connect() as one, engine.connect() as two:
        writing = one.execution_options(writing=True)
        with writing.begin():
            writing.execute(text("INSERT INTO t VALUES (1)"))
            with pytest.raises(OperationalError, match="locked"):
                two.execution_options(writing=True).begin()
        # Nothing of the second was half-done, and it can go on at once.
        assert two.execute(text("SELECT count(*) FROM t")).scalar() == 1
    engine.dispose()


def test_a_write_that_fails_keeps_nothing(app):
    with app.test_request_context():
        moments.create(session().connection())
        session().commit()
        with pytest.raises(ZeroDivisionError):
            _write_and_fail()

        assert session().execute(select(moments)).all() == []


def _write_and_fail() -> None:
    with transaction() as writing:
        writing.execute(insert(moments).values(at=datetime.now(UTC)))
        raise ZeroDivisionError
