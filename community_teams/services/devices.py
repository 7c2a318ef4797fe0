"""The phones that teams carry: noting which were heard of, and cutting off a lost one."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import case, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from community_teams.models import Device, Storage
from community_teams.queries.devices import held_within
from foundation.accounts.models import Person
from foundation.accounts.services import audit
from foundation.areas.domain.scope import Scope
from foundation.problems import NotFound


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
    """Note that a member's phone was heard of; what it does not say stays as it was. Returns whether it is cut off.

    pending: visits of this member it holds.
    """
    told = {"pending_reported": pending, "app_version": app_version, "storage": storage and Storage(storage)}
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    session.execute(
        insert(Device)
        .values(id=device, person_id=person, first_seen=now, last_seen=now, **told)
        .on_conflict_do_update(
            index_elements=[Device.id, Device.person_id],
            set_={"last_seen": now} | {name: value for name, value in told.items() if value is not None},
        )
    )
    cut_off = select(Device.id).where(Device.id == device, Device.cut_off_at.is_not(None)).limit(1)
    return session.scalar(cut_off) is not None


def handed_over(session: Session, *, device: UUID, person: int, number: int) -> None:
    """Note that the phone now holds `number` visits of this member less than it said."""
    held = case((Device.pending_reported > number, Device.pending_reported - number), else_=0)
    session.execute(
        update(Device)
        .where(Device.id == device, Device.person_id == person, Device.pending_reported.is_not(None))
        .values(pending_reported=held)
        .execution_options(synchronize_session=False)
    )


def cut_off(session: Session, device: UUID, *, by: str, scope: Scope, now: datetime) -> None:
    """Let nothing more in from a phone that was lost; it wipes itself when it next asks for anything. Again: nothing.

    by: sign-in name of whoever decided. scope: where they look after teams; NotFound("no_such_phone") unless somebody
    who used the phone works there. The whole phone is cut off, whoever shares it; written down for each of them.
    """
    for row, path in _used_within(session, device, scope):
        if row.cut_off_at is None:
            row.cut_off_at = now
            _write_down(session, by, "cut_off_phone", row, path, now)
    session.flush()


def let_back(session: Session, device: UUID, *, by: str, scope: Scope, now: datetime) -> None:
    """Let a phone in again that was cut off by mistake. Bounds and errors as in cut_off."""
    for row, path in _used_within(session, device, scope):
        if row.cut_off_at is not None:
            row.cut_off_at = None
            _write_down(session, by, "let_phone_back", row, path, now)
    session.flush()


def _used_within(session: Session, device: UUID, scope: Scope) -> list[tuple[Device, str]]:
    """Every member's row of the phone, with a path for the log, where the log's reader will look for it."""
    rows = session.scalars(select(Device).where(Device.id == device).order_by(Device.person_id).with_for_update()).all()
    places = held_within(session, scope, [row.person_id for row in rows])
    if not places:
        raise NotFound("no_such_phone")
    somewhere = min(min(paths) for paths in places.values())
    return [(row, min(places.get(row.person_id, [somewhere]))) for row in rows]


def _write_down(session: Session, by: str, act: str, row: Device, path: str, now: datetime) -> None:
    name = session.get_one(Person, row.person_id).name
    audit.record(session, by, act, {"phone": str(row.id), "person": name}, now=now, area_path=path)
