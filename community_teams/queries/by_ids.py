"""Questions about any number of ids, put together once for each database."""

from collections.abc import Callable, Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, BindParameter, Uuid, any_, bindparam
from sqlalchemy.orm import Session


def by_ids(question: Callable[[Callable[[Any], Any]], Any]) -> dict[str, Any]:
    """A question about any number of ids, by the database's name; `question` is given what says "is one of them".

    Made once: to put a statement together takes longer than to answer it. PostgreSQL takes the ids as one value, and so
    plans the question once for any number of them.
    """
    array = bindparam("ids", type_=ARRAY(Uuid()))
    list_: BindParameter[UUID] = bindparam("ids", expanding=True)
    return {
        "postgresql": question(lambda column: column == any_(array)),
        "sqlite": question(lambda column: column.in_(list_)),
    }


def ask(session: Session, question: dict[str, Any], ids: Collection[UUID]) -> Sequence[Any]:
    """The rows that answer it; none for no ids."""
    if not ids:
        return []
    # Of the connection: rows that become no objects need nothing of the session.
    connection = session.connection()
    return connection.execute(question[connection.dialect.name], {"ids": list(ids)}).all()
