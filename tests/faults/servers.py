"""The platform as it runs in earnest, on SQLite or PostgreSQL: killed, and started again on the same data."""

import os
import signal
import sqlite3
import subprocess
import threading
import time
from collections import Counter
from pathlib import Path

from sqlalchemy import Engine

from bench.visit_batches import Round, hamlets_with_members
from foundation.database import make_engine
from foundation.migrating import upgrade
from foundation.settings import PROJECT_ROOT
from tests.browser.serving import free_port, serve_command, wait_for
from tests.postgres import OwnServer


class Served:
    """The server on a database with `hamlets` hamlets, each with its member and its households, and as many empty ones.

    happened: how often each thing was done to it.
    """

    def __init__(self, folder: Path, kind: str, *, hamlets: int, households: int) -> None:
        self.kind = kind
        self._folder = folder
        self._postgres = OwnServer() if kind == "postgresql" else None
        self._url = self._postgres.address if self._postgres else f"sqlite:///{folder}/bdhvs.sqlite3"
        self.engine: Engine = make_engine(self._url)
        upgrade(self.engine)
        made = hamlets_with_members(self.engine, hamlets=hamlets, households=households, empty=hamlets)
        self.hamlets: list[tuple[Round, Round]] = list(zip(made[:hamlets], made[hamlets:], strict=True))
        self.port = free_port()
        self.happened = Counter[str]()
        self._turn = threading.Lock()
        self._start()

    def close(self) -> None:
        self._stop()
        self.engine.dispose()
        if self._postgres:
            self._postgres.stop()

    def kill(self) -> None:
        """kill -9 of every process of the server; it is back when this returns."""
        with self._turn:
            self._stop()
            self.happened["server killed"] += 1
            self._start()

    def trouble_database(self, seconds: float) -> None:
        """PostgreSQL falls over and comes back; SQLite is held by another writer for so long."""
        with self._turn:
            if self._postgres:
                self._postgres.crash()
                self.engine.dispose()
                self.happened["database restarted"] += 1
                return
            holder = sqlite3.connect(self._folder / "bdhvs.sqlite3", isolation_level=None, timeout=10)
            holder.execute("BEGIN IMMEDIATE")
            time.sleep(seconds)
            holder.execute("ROLLBACK")
            holder.close()
            self.happened["database held"] += 1

    def wait(self) -> None:
        """Until nothing is being done to it."""
        with self._turn:
            pass

    def _start(self) -> None:
        command = serve_command(self.port)
        settings = {"DATA_FOLDER": str(self._folder), "DATABASE_URL": self._url, "DEVELOPMENT": "0"}
        with (self._folder / "server.log").open("ab") as log:
            self._process = subprocess.Popen(
                command,
                cwd=PROJECT_ROOT,
                env={**os.environ, **settings},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        wait_for(f"http://127.0.0.1:{self.port}/healthz", self._process)

    def _stop(self) -> None:
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
