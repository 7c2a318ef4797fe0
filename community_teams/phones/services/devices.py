"""The teams' phones: records contacts, blocks and unblocks lost ones."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Integer, Table, bindparam, case, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from community_teams.models import Device, Storage
from community_teams.phones.queries.devices import answers_for, held_within
from foundation.accounts.models import Person
from foundation.accounts.services import audit
from foundation.areas.domain.scope import Scope
from foundation.problems import NotAllowed, NotFound


def saw(
    session: Session,
    *,
    device: UUID,
    person: int,
    pending: int | None = None,
    app_version: str | None = None,
    storage: str | None = None,
    now: datetime,
) -> bool:
    """Record a contact of a member's phone; values that are None stay as they are. Returns whether it is cut off.

    pending: visits of this member it holds.
    """
    connection = session.connection()
    reported = {"pending_reported": pending, "app_version": app_version, "storage": storage and Storage(storage)}
    contact = {"id": device, "person_id": person, "first_seen": now, "last_seen": now}
    connection.execute(_SAW[connection.dialect.name], contact | reported)
    return connection.scalar(_CUT_OFF, {"device": device}) is not None


def cut_off_since(session: Session, device: UUID) -> datetime | None:
    """When this phone was cut off; None for one that is not."""
    return session.scalar(select(func.min(Device.cut_off_at)).where(Device.id == device))


def handed_over(session: Session, *, device: UUID, person: int, number: int) -> None:
    """Subtract `number` from the visits of this member that the phone has reported."""
    session.connection().execute(_HANDED_OVER, {"device": device, "person": person, "number": number})


def cut_off(session: Session, device: UUID, *, by: str, scope: Scope, now: datetime) -> None:
    """Block a lost phone; it wipes itself at its next request. The second time nothing changes.

    by: sign-in name of who decided. scope: where they look after teams; NotFound("no_such_phone") unless somebody who
    used the phone works there, NotAllowed("phone_of_others") unless answers_for allows it. The whole phone is cut off
    for everybody who shares it, with an audit entry for each of them.
    """
    for row, path in _used_within(session, device, scope, now):
        if row.cut_off_at is None:
            row.cut_off_at = now
            _write_down(session, by, "cut_off_phone", row, path, now)
    session.flush()


def unblock(session: Session, device: UUID, *, by: str, scope: Scope, now: datetime) -> None:
    """Undo cut_off for a phone that was blocked by mistake. Bounds and errors as in cut_off."""
    for row, path in _used_within(session, device, scope, now):
        if row.cut_off_at is not None:
            row.cut_off_at = None
            _write_down(session, by, "let_phone_back", row, path, now)
    session.flush()


def _used_within(session: Session, device: UUID, scope: Scope, now: datetime) -> list[tuple[Device, str]]:
    """Every member's row of the phone, with a path for the log, where the log's reader will look for it."""
    rows = session.scalars(select(Device).where(Device.id == device).order_by(Device.person_id).with_for_update()).all()
    places = held_within(session, scope, [row.person_id for row in rows])
    if not places:
        raise NotFound("no_such_phone")
    if not answers_for(session, scope, device, now=now):
        raise NotAllowed("phone_of_others")
    somewhere = min(min(paths) for paths in places.values())
    return [(row, min(places.get(row.person_id, [somewhere]))) for row in rows]


def _write_down(session: Session, by: str, act: str, row: Device, path: str, now: datetime) -> None:
    name = session.get_one(Person, row.person_id).name
    audit.record(session, by, act, {"phone": str(row.id), "person": name}, now=now, area_path=path)


def _saw(insert: Callable[[Any], Any]) -> Any:
    new = insert(_DEVICE)
    unchanged = {name: func.coalesce(new.excluded[name], _DEVICE.c[name]) for name in _REPORTED}
    return new.on_conflict_do_update(
        index_elements=[_DEVICE.c.id, _DEVICE.c.person_id], set_={"last_seen": new.excluded.last_seen} | unchanged
    )


# Built once, because every request of every phone executes them.
_DEVICE = cast("Table", Device.__table__)
_REPORTED = ("pending_reported", "app_version", "storage")
_SAW = {"postgresql": _saw(postgresql.insert), "sqlite": _saw(sqlite.insert)}
_CUT_OFF = select(_DEVICE.c.id).where(_DEVICE.c.id == bindparam("device"), _DEVICE.c.cut_off_at.is_not(None)).limit(1)
_NUMBER = bindparam("number", type_=Integer)
_HANDED_OVER = (
    update(_DEVICE)
    .where(
        _DEVICE.c.id == bindparam("device"),
        _DEVICE.c.person_id == bindparam("person"),
        _DEVICE.c.pending_reported.is_not(None),
    )
    .values(
        pending_reported=case((_DEVICE.c.pending_reported > _NUMBER, _DEVICE.c.pending_reported - _NUMBER), else_=0)
    )
)
