"""Whether this code and the database schema fit together, checked without importing alembic.

A database may be newer than the code while a new version is rolled out: migrations are safe for the version before
(docs/migrations.md). A migration that is not writes the oldest code that works into the table schema_requirement.
"""

import re
from functools import cache

from sqlalchemy import Column, Connection, Engine, String, Table, inspect, select, text

from foundation.database import Base
from foundation.settings import PROJECT_ROOT

# One row. minimum_code: a revision that the code must have; empty if any code works with this database.
schema_requirement = Table("schema_requirement", Base.metadata, Column("minimum_code", String(32), primary_key=True))

_LINE = re.compile(r"^(revision|down_revision) = [\"'](\w+)[\"']", re.MULTILINE)


class SchemaMismatch(Exception):
    """The server must not start. `code`: "behind" (migrate first), "too_new" (this code is too old) or
    "several_revisions" (alembic_version has more than one row, so nobody knows what the tables look like)."""

    def __init__(self, code: str, *, database: str, needed: str) -> None:
        super().__init__(code)
        self.code, self.database, self.needed = code, database, needed


@cache
def revisions() -> frozenset[str]:
    """The revisions of this code."""
    return frozenset(_migrations())


@cache
def head() -> str:
    """The newest revision of this code. Raises ValueError if there are two."""
    found = _migrations()
    (newest,) = set(found) - set(found.values())
    return newest


def check_schema(engine: Engine) -> str:
    """The revision of the database, "" for one without tables. Raises SchemaMismatch if the code does not fit it.

    Errors of the driver, such as an unreachable database, are not caught.
    """
    with engine.connect() as connection:
        database = database_revision(connection)
        if database == head():
            return database
        if not database or database in revisions():
            raise SchemaMismatch("behind", database=database, needed=head())
        for needed in _read(connection, schema_requirement.name, "minimum_code"):
            if needed not in revisions():
                raise SchemaMismatch("too_new", database=database, needed=needed)
        return database


def database_revision(connection: Connection) -> str:
    """The revision in alembic_version, "" without one. Raises SchemaMismatch("several_revisions")."""
    found = _read(connection, "alembic_version", "version_num")
    if len(found) > 1:
        raise SchemaMismatch("several_revisions", database=", ".join(found), needed=head())
    return found[0] if found else ""


def _read(connection: Connection, table: str, column: str) -> list[str]:
    """The values that are not empty, sorted; none if the table does not exist."""
    if not inspect(connection).has_table(table):
        return []
    return sorted(filter(None, connection.scalars(select(text(column)).select_from(text(table)))))


def _migrations() -> dict[str, str]:
    """Each revision of this code, with the one before it ("" for the first)."""
    found = {}
    for file in (PROJECT_ROOT / "migrations" / "versions").glob("*.py"):
        lines = dict(_LINE.findall(file.read_text(encoding="utf-8")))
        found[lines["revision"]] = lines.get("down_revision", "")
    return found
