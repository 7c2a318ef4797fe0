"""The tables of a backup on PostgreSQL: its own pg_dump, with every row of the dump counted against the database."""

import os
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from foundation.problems import Invalid, Problem

_COPY = re.compile(rb'COPY (?:"?public"?\.)("?)(.+?)\1 \(')
_END = b"\\.\n"


def dump(engine: Engine, target: Path, *, without_rows: Sequence[str]) -> dict[str, int]:
    """Dump the tables of one moment to `target`, check the dump, and return its rows by table.

    without_rows: tables dumped empty. Readers and writers go on. Raises Problem("no_such_tool" | "tool_failed") and
    Problem("damaged_database", lines=…) if its row counts differ from those of the database at that moment.
    """
    _find("pg_restore")
    with engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection, connection.begin():
        # pg_dump reads the same snapshot in which the rows are counted here.
        snapshot = connection.scalar(text("SELECT pg_export_snapshot()"))
        left_out = [f"--exclude-table-data=public.{name}" for name in without_rows]
        _run(
            engine, "pg_dump", "--format=custom", "--no-owner", "--no-privileges",
            f"--snapshot={snapshot}", *left_out, f"--file={target}",
        )  # fmt: skip
        counted = {name: 0 if name in without_rows else _count(connection, name) for name in _tables(connection)}
    found = check(engine, target)
    names = sorted(counted.keys() | found.keys())
    differing = [
        f"{name}: {counted.get(name)} ≠ {found.get(name)}" for name in names if counted.get(name) != found.get(name, 0)
    ]
    if differing:
        raise Problem("damaged_database", lines=differing[:5])
    return counted


def check(engine: Engine, file: Path) -> dict[str, int]:
    """Rows by table of a dump, every row read; tables dumped empty are left out. Raises Problem("tool_failed")."""
    _run(engine, "pg_restore", "--list", str(file))
    command = [_find("pg_restore"), "--data-only", "--file=-", str(file)]
    rows: dict[str, int] = {}
    table: str | None = None
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=_environment(engine)) as running:  # noqa: S603
        assert running.stdout
        assert running.stderr
        for line in running.stdout:
            if table is not None:
                if line == _END:
                    table = None
                else:
                    rows[table] += 1
            elif found := _COPY.match(line):
                table = found[2].decode()
                rows[table] = 0
        reason = running.stderr.read().decode(errors="replace")
    if running.returncode != 0 or table is not None:
        raise Problem("tool_failed", tool="pg_restore", reason=reason.strip()[-2000:])
    return rows


def verify(engine: Engine, file: Path, tables: Mapping[str, int] | None) -> None:
    """Check a dump out of a backup; tables: rows it must have.

    Raises Invalid {"file": "damaged"}, Problem("no_such_tool").
    """
    _find("psql")
    try:
        found = check(engine, file)
    except Problem as problem:
        if problem.code == "no_such_tool":
            raise
        raise Invalid({"file": "damaged"}) from problem
    if tables is not None and any(found.get(name, 0) != rows for name, rows in tables.items()):
        raise Invalid({"file": "damaged"})


def load(engine: Engine, file: Path, tables: Mapping[str, int] | None, work: Path) -> None:
    """Replace every table by the dump's in one transaction, which fails unless it ends with `tables` rows.

    work: a folder for the statements. Raises Problem("tool_failed"): then nothing was changed.
    """
    statements, counting = work / "tables.sql", work / "counting.sql"
    _run(engine, "pg_restore", "--no-owner", "--no-privileges", f"--file={statements}", str(file))
    counting.write_text(_counting(tables or {}), encoding="utf-8")
    # Drops everything in the same transaction, so that no table unknown to the backup remains.
    anew = ("--command=DROP SCHEMA public CASCADE", "--command=CREATE SCHEMA public")
    _run(
        engine, "psql", "--quiet", "--no-psqlrc", "--single-transaction", "--set=ON_ERROR_STOP=1", *anew,
        f"--file={statements}", f"--file={counting}",
    )  # fmt: skip


def _counting(tables: Mapping[str, int]) -> str:
    """A statement that fails the whole transaction unless every table has the expected number of rows."""
    wrong = [f"(SELECT count(*) FROM public.{_quoted(name)}) <> {int(rows)}" for name, rows in tables.items()]  # noqa: S608
    if not wrong:
        return ""
    return f"DO $check$ BEGIN IF {' OR '.join(wrong)} THEN RAISE EXCEPTION 'rows are missing'; END IF; END $check$;\n"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _tables(connection: Connection) -> list[str]:
    return inspect(connection).get_table_names()


def _count(connection: Connection, name: str) -> int:
    return int(connection.scalar(text(f"SELECT count(*) FROM {_quoted(name)}")) or 0)  # noqa: S608


def _run(engine: Engine, tool: str, *arguments: str) -> None:
    done = subprocess.run(  # noqa: S603
        [_find(tool), *arguments],
        env=_environment(engine),
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode != 0:
        raise Problem("tool_failed", tool=tool, reason=done.stderr.strip()[-2000:])


def _find(tool: str) -> str:
    found = shutil.which(tool)
    if found is None:
        raise Problem("no_such_tool", tool=tool)
    return found


def _environment(engine: Engine) -> dict[str, str]:
    """The connection settings for PostgreSQL's tools. Other users could see arguments, but not the environment."""
    url = engine.url
    known = {"PGHOST": url.host or url.query.get("host"), "PGPORT": url.port or url.query.get("port")}
    known |= {"PGUSER": url.username, "PGPASSWORD": url.password, "PGDATABASE": url.database}
    known |= {"PGSSLMODE": url.query.get("sslmode"), "PGSSLROOTCERT": url.query.get("sslrootcert")}
    return dict(os.environ) | {name: str(value) for name, value in known.items() if value}
