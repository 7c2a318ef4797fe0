"""Keeping a copy of everything in one file, and bringing it back.

A copy is a ZIP: `copy.json` says what it is, `database.sqlite3` or `database.pgdump` holds the tables, and `folder/`
what the data folder keeps that cannot be made anew, such as the keys. Who holds a copy holds everything: guard it.
"""

import json
import os
import shutil
import sqlite3
import subprocess
import tempfile
import zipfile
import zlib
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine, inspect

from foundation.migrating import current, knows
from foundation.problems import Conflict, Invalid, Problem

FORMAT = 1
_SAYS = "copy.json"
_TABLES = {"sqlite": "database.sqlite3", "postgresql": "database.pgdump"}
# Made anew at every start, or the database itself.
_LEFT_OUT = {"static", "prepared.txt", "jobs"}


@dataclass(frozen=True)
class Copy:
    """What a copy says of itself. revision: of its tables. made_at: ISO 8601 with its zone."""

    format: int
    database: str
    revision: str | None
    made_at: str


def write_copy(engine: Engine, data_folder: Path, file: Path, *, now: datetime) -> Copy:
    """Write everything to `file`, readable by its owner alone, while the platform goes on serving.

    The tables are those of one moment. `file` appears whole or not at all; one that is there is replaced. Raises
    Problem("no_such_tool") where PostgreSQL's own tools are missing, Problem("tool_failed") with what they said.
    """
    database = engine.dialect.name
    copy = Copy(FORMAT, database, current(engine), now.isoformat(timespec="seconds"))
    with tempfile.TemporaryDirectory(dir=file.parent, prefix=".copy-") as making:
        tables, whole = Path(making) / "tables", Path(making) / "whole"
        if database == "sqlite":
            _copy_sqlite(_sqlite_file(engine), tables)
        else:
            _run_tool(engine, "pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={tables}")
        whole.touch(mode=0o600)
        with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
            archive.writestr(_SAYS, json.dumps(asdict(copy), indent=1))
            archive.write(tables, _TABLES[database])
            for kept in _kept_files(data_folder, engine, file):
                archive.write(kept, f"folder/{kept.relative_to(data_folder).as_posix()}")
        os.replace(whole, file)
    return copy


def read_copy(engine: Engine, data_folder: Path, file: Path, *, replace: bool = False) -> Copy:
    """Bring a copy back: its tables instead of what is there, its files into the data folder.

    Everything about the file is looked at before anything is touched. Raises Invalid {"file": "not_a_copy" |
    "damaged" | "newer_than_us" | "another_database"}; Conflict("not_empty") when tables are there already and `replace`
    is not set; Problem as write_copy. No server may be running. The second time gives the same again.
    """
    database = engine.dialect.name
    try:
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, OSError):
        raise Invalid({"file": "not_a_copy"}) from None
    with archive, tempfile.TemporaryDirectory(prefix="copy-") as reading:
        copy = _what_it_says(archive)
        if copy.database != database:
            raise Invalid({"file": "another_database"})
        tables = _unpacked(archive, _TABLES[database], Path(reading))
        folder = [name for name in archive.namelist() if name.startswith("folder/")]
        _refuse_escapes(folder, data_folder)
        if not replace and inspect(engine).get_table_names():
            raise Conflict("not_empty")
        if database == "sqlite":
            _bring_sqlite_back(tables, _sqlite_file(engine))
        else:
            _bring_postgresql_back(engine, tables, Path(reading))
        engine.dispose()
        for name in folder:
            _bring_file_back(archive, name, data_folder / name.removeprefix("folder/"))
    return copy


def _what_it_says(archive: zipfile.ZipFile) -> Copy:
    try:
        copy = Copy(**json.loads(archive.read(_SAYS)))
    except (KeyError, TypeError, ValueError, zipfile.BadZipFile, zlib.error):
        raise Invalid({"file": "not_a_copy"}) from None
    if copy.format != FORMAT or copy.database not in _TABLES or not (copy.revision is None or knows(copy.revision)):
        raise Invalid({"file": "newer_than_us"})
    try:
        broken = archive.testzip()
    except (zipfile.BadZipFile, zlib.error, OSError, ValueError, EOFError):
        broken = _SAYS
    if broken is not None or _TABLES[copy.database] not in archive.namelist():
        raise Invalid({"file": "damaged"})
    return copy


def _unpacked(archive: zipfile.ZipFile, name: str, place: Path) -> Path:
    tables = place / name
    with archive.open(name) as packed, tables.open("wb") as opened:
        shutil.copyfileobj(packed, opened)
    return tables


def _refuse_escapes(names: list[str], data_folder: Path) -> None:
    home = data_folder.resolve()
    for name in names:
        if not (home / name.removeprefix("folder/")).resolve().is_relative_to(home):
            raise Invalid({"file": "damaged"})


def _bring_file_back(archive: zipfile.ZipFile, name: str, place: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    place.unlink(missing_ok=True)
    place.touch(mode=0o600)
    place.write_bytes(archive.read(name))


def _kept_files(data_folder: Path, engine: Engine, file: Path) -> list[Path]:
    database = _sqlite_file(engine).resolve() if engine.dialect.name == "sqlite" else None
    kept = []
    for found in sorted(data_folder.rglob("*")):
        first = found.relative_to(data_folder).parts[0]
        # SQLite's own -wal and -shm lie beside it; so may the copy that is just being written, and earlier ones.
        if not found.is_file() or first in _LEFT_OUT or first.startswith(".copy-") or found.resolve() == file.resolve():
            continue
        if database is not None and found.resolve().as_posix().startswith(database.as_posix()):
            continue
        kept.append(found)
    return kept


def _sqlite_file(engine: Engine) -> Path:
    return Path(engine.url.database or "")


def _copy_sqlite(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(source)) as there, closing(sqlite3.connect(target)) as here:
        there.backup(here)


def _bring_sqlite_back(tables: Path, target: Path) -> None:
    with closing(sqlite3.connect(tables)) as copied:
        try:
            sound = copied.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        except sqlite3.DatabaseError:
            sound = False
        if not sound:
            raise Invalid({"file": "damaged"})
        with closing(sqlite3.connect(target)) as there:
            copied.backup(there)


def _bring_postgresql_back(engine: Engine, tables: Path, place: Path) -> None:
    statements = place / "tables.sql"
    _run_tool(engine, "pg_restore", "--no-owner", "--no-privileges", f"--file={statements}", str(tables))
    # What is there goes in the same transaction: a table the copy does not know would stay behind.
    anew = ("--command=DROP SCHEMA public CASCADE", "--command=CREATE SCHEMA public")
    _run_tool(
        engine, "psql", "--quiet", "--no-psqlrc", "--single-transaction", "--set=ON_ERROR_STOP=1", *anew,
        f"--file={statements}",
    )  # fmt: skip


def _run_tool(engine: Engine, tool: str, *arguments: str) -> None:
    url = engine.url
    # By the environment, because arguments are seen by everybody on the machine.
    told = {"PGHOST": url.host or url.query.get("host"), "PGPORT": url.port, "PGUSER": url.username}
    told |= {"PGPASSWORD": url.password, "PGDATABASE": url.database}
    environment = dict(os.environ) | {name: str(value) for name, value in told.items() if value}
    found = shutil.which(tool)
    if found is None:
        raise Problem("no_such_tool", tool=tool)
    done = subprocess.run([found, *arguments], env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode != 0:
        raise Problem("tool_failed", tool=tool, said=done.stderr.strip()[-2000:])
