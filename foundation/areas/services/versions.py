"""Telling that something beneath a commune has changed."""

import secrets
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from sqlalchemy import BigInteger, BindParameter, ColumnElement, Connection, bindparam, event, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, aliased

from foundation.areas.domain.kinds import Level
from foundation.areas.domain.scope import Scope
from foundation.areas.models import Area, CommuneVersion
from foundation.areas.queries import inside


def renew_versions(session: Session, communes: Iterable[str]) -> None:
    """Give communes new versions, in this transaction: their hamlets, or what is counted there, have changed.

    communes: codes. Their rows stay locked until the transaction ends, in the order of their codes, so that two
    writers never wait for each other: call it last, and once.
    """
    _renew(session, _OF_COMMUNES, communes)


def renew_counts_around(session: Session, hamlets: Iterable[str]) -> None:
    """The same for the communes these hamlets lie in, where nothing but what is counted there has changed."""
    _renew(session, _OF_HAMLETS, hamlets)


@event.listens_for(Area, "after_insert")
@event.listens_for(Area, "after_update")
def _renew_around(_mapper: object, connection: Connection, area: Area) -> None:
    """Whoever changes one area by itself need not think of versions. Communes that have none get none."""
    if area.level is Level.HAMLET:
        around = CommuneVersion.commune_code == area.parent_code
    else:
        # Pages of a province name its communes, and those of its communes the province.
        province = area.path.partition("/")[0]
        around = inside(CommuneVersion.path, Scope((f"{province}/",)))
    connection.execute(
        update(CommuneVersion).where(around).values(version=secrets.randbits(48), areas=secrets.randbits(48))
    )


def _renew(session: Session, statements: dict[str, Any], codes: Iterable[str]) -> None:
    wanted = sorted(set(codes))
    if wanted:
        connection = session.connection()
        # Drawn, not counted: a number taken back with its transaction must never be given to something else.
        values = {"codes": wanted, "version": secrets.randbits(48)}
        connection.execute(statements[connection.dialect.name], values)


def _renewing(insert: Callable[[Any], Any], wanted: ColumnElement[bool], names: Sequence[str]) -> Any:
    """names: columns that a commune with versions is given anew; one that had none is given all."""
    version = bindparam("version", type_=BigInteger)
    rows = select(Area.code, Area.path, version, version).where(wanted).order_by(Area.code)
    new = insert(CommuneVersion).from_select(["commune_code", "path", "version", "areas"], rows)
    changed = {name: new.excluded[name] for name in names}
    return new.on_conflict_do_update(index_elements=["commune_code"], set_=changed)


_CODES: BindParameter[Any] = bindparam("codes", expanding=True)
_hamlet = aliased(Area)
_INSERT: dict[str, Callable[[Any], Any]] = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}
_OF_COMMUNES = {
    name: _renewing(insert, Area.code.in_(_CODES), ["path", "version", "areas"]) for name, insert in _INSERT.items()
}
_AROUND = Area.code.in_(select(_hamlet.parent_code).where(_hamlet.code.in_(_CODES)))
_OF_HAMLETS = {name: _renewing(insert, _AROUND, ["path", "version"]) for name, insert in _INSERT.items()}
