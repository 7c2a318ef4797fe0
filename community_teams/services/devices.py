"""Noting which phones were heard of."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from community_teams.models import Device, Storage


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
