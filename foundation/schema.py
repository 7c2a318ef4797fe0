"""Whether this code and the database belong together, told without loading alembic.

A database may be ahead of the code while a new version is rolled out: migrations are safe for the version before
(docs/migrations.md). One that is not names the oldest code it goes with in the table schema_requirement.
"""

import re
from functools import cache

from sqlalchemy import Column, Connection, Engine, String, Table, inspect, select, text

from foundation.database import Base
from foundation.settings import PROJECT_ROOT

# One row. minimum_code: a revision that the code must know; empty while any code may go with this database.
schema_requirement = Table("schema_requirement", Base.metadata, Column("minimum_code", String(32), primary_key=True))

_LINE = re.compile(r"^(revision|down_revision) = [\"'](\w+)[\"']", re.MULTILINE)


class SchemaMismatch(Exception):
    """The server must not start. `code`: "behind" (migrate first) or "too_new" (this code is too old)."""

    def __init__(self, code: str, *, database: str, needed: str) -> None:
        super().__init__(code)
        self.code, self.database, self.needed = code, database, needed


@cache
def revisions() -> frozenset[str]:
    """The migrations this code knows."""
    return frozenset(_migrations())


@cache
def head() -> str:
    """The newest migration this code knows. Raises ValueError where two claim to be."""
    found = _migrations()
    (newest,) = set(found) - set(found.values())
    return newest


def check_schema(engine: Engine) -> str:
    """The revision the database is at, "" for one without tables. Raises SchemaMismatch where the code does not fit it.

    What the driver raises when the database does not answer is let through.
    """
    with engine.connect() as connection:
        database = _read(connection, "alembic_version", "version_num")
        if database == head():
            return database
        if not database or database in revisions():
            raise SchemaMismatch("behind", database=database, needed=head())
        needed = _read(connection, schema_requirement.name, "minimum_code")
        if needed and needed not in revisions():
            raise SchemaMismatch("too_new", database=database, needed=needed)
        return database


def _read(connection: Connection, table: str, column: str) -> str:
    """The value in a table of one row; empty where there is no such table, or no row in it."""
    if not inspect(connection).has_table(table):
        return ""
    value: str | None = connection.scalar(select(text(column)).select_from(text(table)))
    return value or ""


def _migrations() -> dict[str, str]:
    """Each migration of this code, with the one before it ("" for the first)."""
    found = {}
    for file in (PROJECT_ROOT / "migrations" / "versions").glob("*.py"):
        lines = dict(_LINE.findall(file.read_text(encoding="utf-8")))
        found[lines["revision"]] = lines.get("down_revision", "")
    return found
