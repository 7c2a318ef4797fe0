"""Whether this process can work: the checks behind /readyz and `flask doctor`.

They only read, and take no lock, however often they run.
"""

import os
import shutil
import sqlite3
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import Connection, Engine, make_url, text
from sqlalchemy.exc import SQLAlchemyError

from foundation import clock
from foundation.schema import SchemaMismatch, check_schema
from foundation.settings import Settings
from foundation.storage_faults import StorageFault, storage_fault

CACHED_FOR = 2.0  # seconds; many probes at once run the checks once
# With less free space writes may fail: SQLite's log alone grows to some 4 MB between checkpoints.
LEAST_FREE = 20 * 1024 * 1024  # bytes
# A clock that is wrong by more changes days, deadlines, the order of visits and the dates of signatures.
CLOCK_TOLERANCE = 300  # seconds
# What the storage may raise; sqlite3.Error comes while a connection is set up.
STORAGE_ERRORS = (SQLAlchemyError, sqlite3.Error, OSError)
# A storage fault met by a request makes the process not ready for so many seconds, because probes do not write.
REMEMBERED_FOR = 60.0
_PERSISTENT = {
    StorageFault.FULL,
    StorageFault.READ_ONLY,
    StorageFault.DAMAGED,
    StorageFault.SCHEMA,
    StorageFault.REFUSED,
}
# The clock must be wrong if it shows a time before this code was written.
_EARLIEST = datetime(2026, 11, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Check:
    """ok: False makes the process not ready. code: stable, "" while all is well. details: figures, no secrets."""

    ok: bool
    code: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        return {"ok": self.ok, **({"code": self.code} if self.code else {}), **self.details}


class Readiness:
    """The checks of one application; results are cached for CACHED_FOR seconds. Thread-safe."""

    def __init__(self, app: Flask, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._app = app
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._found: dict[str, Check] = {}
        self._checked_at = float("-inf")
        self._added: dict[str, Callable[[Flask], Check]] = {}
        self._faults: dict[StorageFault, float] = {}
        # The clock's time when the machine's uptime was 0: it changes only if somebody sets the clock.
        self._offset = clock.now().timestamp() - _uptime()

    def add(self, name: str, check: Callable[[Flask], Check]) -> None:
        """Add a check of another package. It must catch STORAGE_ERRORS and return failed(error) for them."""
        self._added[name] = check

    def note_fault(self, fault: StorageFault) -> None:
        """Remember that a request met this fault. Temporary faults are ignored."""
        if fault in _PERSISTENT:
            self._faults[fault] = self._monotonic()

    def checks(self) -> dict[str, Check]:
        """The results by name of the check. While one thread runs the checks, others get the previous results."""
        if self._monotonic() - self._checked_at < CACHED_FOR:
            return self._found
        if not self._lock.acquire(blocking=not self._found):
            return self._found
        try:
            if self._monotonic() - self._checked_at >= CACHED_FOR:
                self._found = self._run()
                self._checked_at = self._monotonic()
            return self._found
        finally:
            self._lock.release()

    def _run(self) -> dict[str, Check]:
        settings: Settings = self._app.extensions["settings"]
        engine: Engine = self._app.extensions["engine"]
        found = {"schema": check_database_schema(engine)}
        found["database"], database_time = check_database(engine, settings)
        recent = self._recent_fault()
        if found["database"].ok and recent is not None:
            found["database"] = Check(False, recent)
        found["browser_files"] = check_browser_files(self._app)
        found["data_folder"] = check_folder(settings.data_folder)
        found["disk"] = check_disk(settings)
        found["clock"] = check_clock(clock.now(), database_time=database_time, jump=self._jump())
        return found | {name: check(self._app) for name, check in self._added.items()}

    def _recent_fault(self) -> str | None:
        now = self._monotonic()
        return next((fault for fault, at in self._faults.items() if now - at < REMEMBERED_FOR), None)

    def _jump(self) -> float:
        return clock.now().timestamp() - _uptime() - self._offset


def check_database_schema(engine: Engine) -> Check:
    """Whether the schema fits this code. A newer database is fine unless it requires newer code."""
    try:
        revision = check_schema(engine)
    except SchemaMismatch as mismatch:
        details = {"database": mismatch.database, "needed": mismatch.needed}
        return Check(False, f"schema_{mismatch.code}", details)
    except STORAGE_ERRORS as error:
        return failed(error)
    return Check(True, details={"revision": revision})


def check_database(engine: Engine, settings: Settings) -> tuple[Check, datetime | None]:
    """Whether the database answers and accepts writes; and its own time, None on SQLite.

    On SQLite only the permissions of the file are checked: more would need the write lock.
    """
    try:
        with engine.connect() as connection:
            if connection.dialect.name == "postgresql":
                return _check_postgresql(connection)
            connection.execute(text("SELECT 1 FROM sqlite_master LIMIT 1"))
    except STORAGE_ERRORS as error:
        return failed(error), None
    for path in _sqlite_paths(settings):
        if not os.access(path, os.R_OK | os.W_OK):
            return Check(False, "read_only"), None
    return Check(True), None


def check_browser_files(app: Flask) -> Check:
    """Whether the browser files that pages use were built. Details: how many are missing, and the first one."""
    missing = app.extensions["static_files"].missing()
    return Check(True) if not missing else Check(False, "missing", {"missing": len(missing), "first": missing[0]})


def check_folder(folder: Path) -> Check:
    """Whether files can be created in the data folder."""
    if not folder.is_dir():
        return Check(False, "no_folder")
    return Check(True) if os.access(folder, os.W_OK | os.X_OK) else Check(False, "read_only")


def check_disk(settings: Settings) -> Check:
    """The smallest free space, in megabytes, on the disks of the data folder and of the SQLite file."""
    places = [settings.data_folder, *_sqlite_paths(settings)]
    try:
        free = min(shutil.disk_usage(place).free for place in places if place.exists())
    except (OSError, ValueError):
        return Check(False, "no_folder")
    details = {"free_mb": free // (1024 * 1024)}
    return Check(True, details=details) if free >= LEAST_FREE else Check(False, "full", details)


def check_clock(now: datetime, *, database_time: datetime | None, jump: float) -> Check:
    """Whether the clock can be right.

    database_time: the time of the database server, for comparison. jump: by how many seconds the clock was changed
    since
    the process started. A jump is reported but does not fail the check: it may have been a correction.
    """
    details: dict[str, Any] = {"jump_seconds": round(jump)} if abs(jump) >= 1 else {}
    if database_time is not None:
        details["database_seconds"] = round((now - database_time).total_seconds())
        if abs(details["database_seconds"]) > CLOCK_TOLERANCE:
            return Check(False, "differs_from_database", details)
    return Check(True, details=details) if now >= _EARLIEST else Check(False, "in_the_past", details)


def _check_postgresql(connection: Connection) -> tuple[Check, datetime | None]:
    statement = "SELECT pg_is_in_recovery() OR current_setting('transaction_read_only') = 'on', clock_timestamp()"
    read_only, moment = connection.execute(text(statement)).one()
    return (Check(False, "read_only") if read_only else Check(True)), moment


def failed(error: Exception) -> Check:
    """The result of a check that raised an exception."""
    return Check(False, storage_fault(error) or "our_fault")


def _sqlite_paths(settings: Settings) -> list[Path]:
    """The SQLite file and its folder, where SQLite creates more files; none on PostgreSQL."""
    url = make_url(settings.database)
    if url.get_backend_name() != "sqlite" or not url.database:
        return []
    file = Path(url.database)
    return [file, file.parent]


def _uptime() -> float:
    """Seconds since the machine started, including sleep. Nobody can change it."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)
