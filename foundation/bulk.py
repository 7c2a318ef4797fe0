"""Writing many rows at once, by the quickest way each database has."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import JSON, Connection, Dialect, Table, insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.types import TypeEngine


def insert_rows(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows, all of them or none, in this connection's transaction.

    rows: values by the columns' names, the same names in each. A column left out gets the database's own default: one
    that only the model knows has to be given. Raises IntegrityError, DataError and OperationalError as an INSERT does.
    """
    if not rows:
        return
    if connection.dialect.name == "postgresql":
        _copy(connection, table, rows)
    else:
        connection.execute(insert(table), list(rows))


def _copy(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    # One statement a row, even prepared and in a pipeline, costs client and server five times as much.
    names = list(rows[0])
    write = [_text_of(table.c[name].type.dialect_impl(connection.dialect), connection.dialect) for name in names]
    columns = ", ".join(connection.dialect.identifier_preparer.quote(name) for name in names)
    errors: Any = connection.dialect.loaded_dbapi
    driver: Any = connection.connection.dbapi_connection
    command = f"COPY {table.name} ({columns}) FROM STDIN"
    try:
        with driver.cursor() as cursor, cursor.copy(command) as copy:
            for row in rows:
                copy.write_row(
                    [value if how is None else how(value) for how, value in zip(write, row.values(), strict=True)]
                )
    except errors.Error as error:
        # As SQLAlchemy would: nobody needs to know how the rows were written.
        raise DBAPIError.instance(command, None, error, errors.Error, dialect=connection.dialect) from error


def _text_of(type_: TypeEngine[Any], dialect: Dialect) -> Callable[[Any], Any] | None:
    """How a value of this type is given to COPY; None as it is."""
    # JSON as text at once: the driver's own wrapper of it takes twice as long.
    how: Callable[[Any], Any] | None = (
        JSON.bind_processor(type_, dialect) if isinstance(type_, JSON) else type_.bind_processor(dialect)
    )
    return how
