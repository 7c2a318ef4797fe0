"""Queries about any number of ids, compiled once for each kind of database."""

from collections.abc import Callable, Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, BindParameter, Uuid, any_, bindparam
from sqlalchemy.orm import Session


def by_ids(build: Callable[[Callable[[Any], Any]], Any]) -> dict[str, Any]:
    """The query for each database, by the name of its dialect.

    build: makes the query; it is given a function that returns the condition "this column is one of the ids". Call
    by_ids once, at import: building a statement takes longer than running it. PostgreSQL gets the ids as one array, so
    one plan serves any number of them.
    """
    array = bindparam("ids", type_=ARRAY(Uuid()))
    list_: BindParameter[UUID] = bindparam("ids", expanding=True)
    return {
        "postgresql": build(lambda column: column == any_(array)),
        "sqlite": build(lambda column: column.in_(list_)),
    }


def rows_by_ids(session: Session, query: dict[str, Any], ids: Collection[UUID]) -> Sequence[Any]:
    """The rows of a query made by by_ids(). Without ids it is not run and gives none."""
    if not ids:
        return []
    # On the connection: plain rows need nothing of the session, and this is faster.
    connection = session.connection()
    return connection.execute(query[connection.dialect.name], {"ids": list(ids)}).all()
