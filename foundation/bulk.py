"""Inserts many rows at once, by the fastest method of each database."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import JSON, BindParameter, Connection, Dialect, Table, TextClause, bindparam, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.types import TypeEngine


def insert_rows(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows, all of them or none, in this connection's transaction.

    rows: values by the columns' names, the same names in each. A column left out gets the default of the
    database; a default that only the model has must be given. Raises IntegrityError, DataError and OperationalError as
    an INSERT does.
    """
    if not rows:
        return
    names = list(rows[0])
    columns = ", ".join(connection.dialect.identifier_preparer.quote(name) for name in names)
    write = [_text_of(table.c[name].type.dialect_impl(connection.dialect), connection.dialect) for name in names]
    values = (
        tuple(value if how is None else how(value) for how, value in zip(write, row.values(), strict=True))
        for row in rows
    )
    if connection.dialect.name == "postgresql":
        _copy(connection, f"COPY {table.name} ({columns}) FROM STDIN", values)
    else:
        # SQLAlchemy would make a dictionary of each row first, and then a tuple of that.
        marks = ", ".join("?" * len(names))
        insert = f"INSERT INTO {table.name} ({columns}) VALUES ({marks})"  # noqa: S608 - names of ours
        connection.exec_driver_sql(insert, list(values))


def upsert_from_json(
    table: Table, columns: Mapping[str, str], update: Mapping[str, str], *, conflict: Sequence[str]
) -> TextClause:
    """A statement for PostgreSQL that inserts or updates any number of rows, given as one JSON value, `rows`.

    columns: {column: expression of `new`, the row from JSON}; update: {column: expression of the table and `excluded`}.
    conflict: columns of the key. Rows are written in the order of the key. One value in place of a hundred parameters:
    the driver takes longer to prepare those than the database to add them.
    """
    sql = (
        f"INSERT INTO {table.name} ({', '.join(columns)})"  # noqa: S608 - names of ours
        f" SELECT {', '.join(columns.values())} FROM json_populate_recordset(NULL::{table.name}, :rows) AS new"
        f" ORDER BY {', '.join(f'new.{name}' for name in conflict)}"
        f" ON CONFLICT ({', '.join(conflict)}) DO UPDATE SET {_assignments(update)}"
    )
    return text(sql).bindparams(ROWS)


def update_from_json(table: Table, update: Mapping[str, str], *, key: str) -> TextClause:
    """The same for rows that exist. update: {column: expression of the table and `new`}. key: a column of both."""
    sql = (
        f"UPDATE {table.name} SET {_assignments(update)}"  # noqa: S608 - names of ours
        f" FROM json_populate_recordset(NULL::{table.name}, :rows) AS new WHERE {table.name}.{key} = new.{key}"
    )
    return text(sql).bindparams(ROWS)


def _assignments(update: Mapping[str, str]) -> str:
    return ", ".join(f"{name} = {value}" for name, value in update.items())


ROWS: BindParameter[Any] = bindparam("rows", type_=JSON)


def _copy(connection: Connection, command: str, rows: Iterable[tuple[Any, ...]]) -> None:
    # One statement per row, even prepared and pipelined, costs client and server five times as much.
    errors: Any = connection.dialect.loaded_dbapi
    driver: Any = connection.connection.dbapi_connection
    try:
        with driver.cursor() as cursor, cursor.copy(command) as copy:
            for row in rows:
                copy.write_row(row)
    except errors.Error as error:
        # Wrapped as SQLAlchemy does, so that callers need not know how the rows were written.
        raise DBAPIError.instance(command, None, error, errors.Error, dialect=connection.dialect) from error


def _text_of(type_: TypeEngine[Any], dialect: Dialect) -> Callable[[Any], Any] | None:
    """How a value of this type is given to the driver; None as it is."""
    # JSON as text at once: the driver's own wrapper of it takes twice as long.
    how: Callable[[Any], Any] | None = (
        JSON.bind_processor(type_, dialect) if isinstance(type_, JSON) else type_.bind_processor(dialect)
    )
    return how
