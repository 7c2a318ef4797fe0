"""Copies a whole SQLite database into an empty PostgreSQL one, and compares every table before the commit."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    Connection,
    Engine,
    Enum,
    Integer,
    MetaData,
    Table,
    Text,
    cast,
    func,
    inspect,
    select,
    text,
)
from sqlalchemy.exc import DBAPIError

from foundation.backups import sqlite
from foundation.bulk import insert_rows
from foundation.database import Base, tables_without_backup
from foundation.migrating import current, heads, upgrade
from foundation.problems import Conflict, Problem
from foundation.schema import schema_requirement

BATCH = 2000  # rows written, and held in memory, at once
# Filled by migrations, not by people.
_MIGRATION_TABLES = {"alembic_version", schema_requirement.name}


@dataclass(frozen=True)
class TableSum:
    """The content of a table, independent of order: number of rows, and sum of their SHA-256 modulo 2^256."""

    rows: int
    digest: int


def copy_database(source: Engine, target: Engine) -> dict[str, TableSum]:
    """Copy every table of `source` (SQLite) into `target` (PostgreSQL without rows). Returns what was copied, by table.

    Writes nothing to the source; its writers wait meanwhile. In the target everything is one transaction, committed
    only if each table has the same rows as the source. Tables without backup stay empty.
    Raises Problem("not_from_sqlite" | "not_to_postgresql" | "older_schema" | "damaged_database" | "unreachable"),
    Problem("unknown_tables", tables=…), Conflict("not_empty"), Problem("row_refused", table=, key=, reason=),
    Problem("differs", table=…). A second call raises Conflict("not_empty").
    """
    if source.dialect.name != "sqlite":
        raise Problem("not_from_sqlite")
    if target.dialect.name != "postgresql":
        raise Problem("not_to_postgresql")
    _check_source(source)
    _check_target(target)
    upgrade(target)
    tables = [plain_table(table) for table in Base.metadata.sorted_tables if table.name not in tables_without_backup()]
    # Holds the write lock: a visit stored during the copy would be in the old database only.
    with source.connect().execution_options(writing=True) as reading, reading.begin(), target.begin() as writing:
        foreign_keys = _drop_foreign_keys(writing)
        copied = {}
        for table in tables:
            if writing.scalar(select(func.count()).select_from(table)):
                writing.execute(table.delete())  # rows that a migration inserted
            copied[table.name] = _copy_table(reading, writing, table)
            _set_sequences(writing, table)
        for statement in foreign_keys:
            writing.execute(text(statement))
        for table in tables:
            if sum_table(writing, table) != copied[table.name]:
                raise Problem("differs", table=table.name)
    with target.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))
    return copied


def sum_table(connection: Connection, table: Table) -> TableSum:
    """Count and checksum of one table. table: as plain_table returns it."""
    total = TableSum(0, 0)
    for batch in _batches(connection, table):
        total = _add(total, batch)
    return total


def _check_source(source: Engine) -> None:
    found = set(sqlite.check(sqlite.database_file(source)))
    revision = current(source)
    if revision not in heads():
        raise Problem("older_schema", revision=revision)
    unknown = found - set(Base.metadata.tables) - _MIGRATION_TABLES
    if unknown:
        raise Problem("unknown_tables", tables=sorted(unknown))


def _check_target(target: Engine) -> None:
    try:
        with target.connect() as connection:
            names = inspect(connection).get_table_names()
            strange = set(names) - set(Base.metadata.tables) - _MIGRATION_TABLES
            for name in names:
                rows = Table(name, MetaData())
                if strange or (
                    name not in _MIGRATION_TABLES and connection.scalar(select(func.count()).select_from(rows))
                ):
                    raise Conflict("not_empty")
    except DBAPIError as error:
        raise Problem("unreachable", reason=str(error.orig).strip()) from error


def plain_table(table: Table) -> Table:
    """The table as both databases store it: JSON and enumerations as the text that was written."""
    return Table(
        table.name,
        MetaData(),
        *(
            Column(
                column.name,
                Text() if isinstance(column.type, JSON | Enum) else column.type,
                primary_key=column.primary_key,
                info={"json": isinstance(column.type, JSON)},
            )
            for column in table.columns
        ),
    )


def _batches(connection: Connection, table: Table) -> Iterator[Sequence[Sequence[Any]]]:
    # Drivers parse JSON; read as text it is exactly what was written, and NULL differs from JSON null.
    columns = [cast(column, Text).label(column.name) if column.info["json"] else column for column in table.columns]
    found = connection.execution_options(yield_per=BATCH).execute(select(*columns))
    yield from found.partitions()


def _add(total: TableSum, rows: Sequence[Sequence[Any]]) -> TableSum:
    digest = sum(int.from_bytes(hashlib.sha256(repr(tuple(row)).encode()).digest(), "big") for row in rows)
    return TableSum(total.rows + len(rows), (total.digest + digest) % 2**256)


def _copy_table(reading: Connection, writing: Connection, table: Table) -> TableSum:
    total = TableSum(0, 0)
    names = table.columns.keys()
    for batch in _batches(reading, table):
        total = _add(total, batch)
        rows = [dict(zip(names, row, strict=True)) for row in batch]
        try:
            with writing.begin_nested():
                insert_rows(writing, table, rows)
        except DBAPIError:
            _raise_for_refused_row(writing, table, rows)
            raise
    return total


def _raise_for_refused_row(writing: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Raises Problem("row_refused") for the first row that PostgreSQL refuses: it checks lengths, SQLite does not."""
    for row in rows:
        try:
            with writing.begin_nested():
                insert_rows(writing, table, [row])
        except DBAPIError as error:
            key = ", ".join(f"{column.name}={row[column.name]}" for column in table.primary_key)
            reason = getattr(getattr(error.orig, "diag", None), "message_primary", None) or str(error.orig)
            raise Problem("row_refused", table=table.name, key=key, reason=reason) from error


def _drop_foreign_keys(connection: Connection) -> list[str]:
    """Drop all foreign keys. Returns the statements that add them again, each of which checks all rows."""
    found = connection.execute(
        text(
            "SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint "
            "WHERE contype = 'f' AND connamespace = 'public'::regnamespace ORDER BY 1, 2"
        )
    ).all()
    for table, name, _ in found:
        connection.execute(text(f"ALTER TABLE {table} DROP CONSTRAINT {name}"))
    return [f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}" for table, name, definition in found]


def _set_sequences(connection: Connection, table: Table) -> None:
    """Set the sequences of integer keys to the highest number in use."""
    for column in table.primary_key:
        if isinstance(column.type, Integer):
            quoted = connection.dialect.identifier_preparer.quote_identifier(table.name)
            sequence = connection.scalar(select(func.pg_get_serial_sequence(f"public.{quoted}", column.name)))
            highest = connection.scalar(select(func.max(column)))
            if sequence and highest:
                connection.execute(select(func.setval(sequence, highest)))
