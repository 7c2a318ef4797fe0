"""The tables of a backup on SQLite: a copy of the file, checked page by page."""

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from sqlalchemy import Engine

from foundation.problems import Invalid, Problem

# Reported lines of a failed check.
_LINES = 5
_DAMAGE = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


def database_file(engine: Engine) -> Path:
    return Path(engine.url.database or "")


def dump(engine: Engine, target: Path, *, without_rows: Sequence[str]) -> dict[str, int]:
    """Copy the database of one moment to `target`, check the copy, and return its rows by table.

    without_rows: tables copied empty. Readers and writers go on. Raises Problem("damaged_database", lines=…) and
    Problem("disk_full" | "tool_failed").
    """
    with _problems(), closing(sqlite3.connect(database_file(engine))) as source:
        with closing(sqlite3.connect(target)) as copy:
            source.backup(copy)
            # Makes it one file without a separate log.
            copy.execute("PRAGMA journal_mode=DELETE")
        # Before rows are deleted: VACUUM would rebuild damaged indexes and hide the damage.
        tables = check(target)
        if any(tables.get(name) for name in without_rows):
            with closing(sqlite3.connect(target)) as copy:
                for name in without_rows:
                    if name in tables:
                        copy.execute(f'DELETE FROM "{name}"')  # noqa: S608
                copy.commit()
                copy.execute("VACUUM")
            tables = check(target)
        return tables


def check(file: Path) -> dict[str, int]:
    """Rows by table of an intact database file. Raises Problem("damaged_database", lines=…)."""
    with _problems(), closing(sqlite3.connect(file)) as opened:
        lines = [str(line) for (line,) in opened.execute(f"PRAGMA integrity_check({_LINES})")]
        if lines != ["ok"]:
            raise Problem("damaged_database", lines=lines[:_LINES])
        orphans = opened.execute("PRAGMA foreign_key_check").fetchmany(_LINES)
        if orphans:
            raise Problem(
                "damaged_database", lines=[f"{table}, rowid {row} → {parent}" for table, row, parent, _ in orphans]
            )
        return {name: opened.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in _tables(opened)}  # noqa: S608


def verify(file: Path, tables: dict[str, int] | None) -> None:
    """Check a database file from a backup; tables: rows it must have. Raises Invalid {"file": "damaged"}."""
    try:
        found = check(file)
    except Problem as problem:
        raise Invalid({"file": "damaged"}) from problem
    if tables is not None and found != tables:
        raise Invalid({"file": "damaged"})


def load(engine: Engine, file: Path) -> None:
    """Replace the whole database by `file`, or leave it as it was. Raises Problem("disk_full" | "tool_failed").

    A database too damaged to be written into is moved aside, to `….damaged`.
    """
    target = database_file(engine)
    with _problems():
        try:
            _copy_over(file, target)
        except sqlite3.DatabaseError as error:
            if error.sqlite_errorcode & 0xFF not in _DAMAGE:
                raise
            for ending in ("", "-wal", "-shm"):
                with suppress(FileNotFoundError):
                    os.replace(f"{target}{ending}", f"{target}{ending}.damaged")
            _copy_over(file, target)


def _copy_over(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(source)) as copied, closing(sqlite3.connect(target)) as written:
        copied.backup(written)


def _tables(connection: sqlite3.Connection) -> list[str]:
    named = (
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name"
    )
    return [name for (name,) in connection.execute(named)]


@contextmanager
def _problems() -> Iterator[None]:
    try:
        yield
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_FULL:
            raise Problem("disk_full") from error
        if error.sqlite_errorcode & 0xFF in _DAMAGE:
            raise Problem("damaged_database", lines=[str(error)]) from error
        raise Problem("tool_failed", tool="SQLite", reason=str(error)) from error
