"""Writers of one SQLite file, in threads and processes: each gets a turn, in order, and nobody keeps it for ever."""

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from foundation import database
from foundation.database import make_engine
from foundation.settings import PROJECT_ROOT

HOLD = """
import sys, time
from foundation.database import make_engine
engine = make_engine(sys.argv[1])
with engine.connect().execution_options(writing=True) as connection, connection.begin():
    print("holding", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def url(tmp_path):
    return f"sqlite:///{tmp_path}/queue.sqlite3"


@pytest.fixture
def engine(url):
    engine = make_engine(url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE t (n integer)"))
    yield engine
    engine.dispose()


def write(engine, number, seconds=0.0):
    with engine.connect().execution_options(writing=True) as connection, connection.begin():
        connection.execute(text("INSERT INTO t VALUES (:n)"), {"n": number})
        time.sleep(seconds)


def numbers(engine):
    with engine.connect() as connection:
        return connection.scalars(text("SELECT n FROM t ORDER BY rowid")).all()


def can_write(engine):
    """At once, that is: within a tenth of the time that a writer would wait."""
    start = time.monotonic()
    write(engine, 99)
    return time.monotonic() - start < database.BUSY_TIMEOUT / 10_000


def test_writers_come_in_the_order_of_their_asking(engine):
    writers = [threading.Thread(target=write, args=(engine, number, 0.15)) for number in range(6)]
    before = _locks_open()  # of other tests' engines
    with engine.connect().execution_options(writing=True) as connection, connection.begin():
        for number, writer in enumerate(writers):
            writer.start()
            while _locks_open() < before + number + 2:
                time.sleep(0.01)
            time.sleep(0.05)  # from opening the file to asking for the lock
    for writer in writers:
        writer.join()

    assert numbers(engine) == list(range(6))


@pytest.mark.parametrize("end", ["commit", "rollback", "close"])
def test_the_turn_ends_with_the_transaction(engine, end):
    connection = engine.connect().execution_options(writing=True)
    connection.begin()
    connection.execute(text("INSERT INTO t VALUES (1)"))

    getattr(connection, end)()

    assert can_write(engine)
    assert numbers(engine) == ([1, 99] if end == "commit" else [99])
    connection.close()


def test_the_turn_of_a_connection_that_is_thrown_away_ends(engine):
    connection = engine.connect().execution_options(writing=True)
    connection.begin()
    connection.invalidate()

    assert can_write(engine)
    connection.close()


def test_the_turn_of_a_process_that_dies_ends(engine, url):
    with subprocess.Popen([sys.executable, "-c", HOLD, url], cwd=PROJECT_ROOT, stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"holding\n"
        waiting = threading.Thread(target=write, args=(engine, 1))
        waiting.start()
        time.sleep(0.2)
        assert numbers(engine) == []

        os.kill(process.pid, signal.SIGKILL)

        waiting.join(timeout=10)
    assert numbers(engine) == [1]


def test_whoever_waits_too_long_is_told_and_keeps_nobody_waiting(engine, monkeypatch):
    before = _locks_open()
    monkeypatch.setattr(database, "BUSY_TIMEOUT", 100)
    with engine.connect().execution_options(writing=True) as connection, connection.begin():
        for _ in range(3):
            with pytest.raises(OperationalError, match="database is locked"):
                write(engine, 1)
    monkeypatch.setattr(database, "BUSY_TIMEOUT", 15_000)

    assert can_write(engine)
    assert numbers(engine) == [99]
    # Those who gave up close their files, each in the thread that waited for it: a moment later.
    until = time.monotonic() + 10
    while _locks_open() != before and time.monotonic() < until:
        time.sleep(0.02)
    assert _locks_open() == before


def _locks_open():
    count = 0
    for each in os.listdir("/proc/self/fd"):
        with suppress(OSError):
            count += os.readlink(f"/proc/self/fd/{each}").endswith("-lock")
    return count


def test_the_lock_is_closed_to_others_of_the_machine(engine, tmp_path):
    write(engine, 1)

    assert (tmp_path / "queue.sqlite3-lock").stat().st_mode & 0o077 == 0


def test_a_database_in_memory_is_written_without_a_lock():
    engine = make_engine("sqlite://")
    with engine.connect().execution_options(writing=True) as connection, connection.begin():
        connection.execute(text("CREATE TABLE t (n integer)"))
    engine.dispose()
