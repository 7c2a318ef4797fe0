"""Figures about teams for the administrator of the server: sums over the whole database, without names."""

from datetime import datetime, timedelta
from statistics import median

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from community_teams.models import Device, Visit

# In some hamlets a phone has no signal for days, but hardly ever for longer.
SILENT_AFTER = timedelta(days=14)
RECENT_VISITS = 500
LEAST_PHONES = 5


def stored_visits(session: Session) -> int:
    """All visits there are, those of the sample included."""
    return session.scalar(select(func.count()).select_from(Visit)) or 0


def silent_phones(session: Session, *, now: datetime) -> tuple[int, int]:
    """Phones without a request for SILENT_AFTER that last reported unsent visits, and how many visits these are."""
    silent = select(func.count(), func.coalesce(func.sum(Device.pending_reported), 0)).where(
        Device.last_seen < now - SILENT_AFTER, Device.pending_reported > 0, Device.cut_off_at.is_(None)
    )
    phones, visits = session.execute(silent).one()
    return int(phones), int(visits or 0)


def offset_of_phones(session: Session, *, now: datetime) -> float | None:
    """The median of how many seconds the phones of the last day are ahead of this server.

    None where fewer than LEAST_PHONES sent something: a single wrong phone says nothing about the server's clock.
    """
    rows = session.execute(
        select(Visit.device, Visit.clock_offset)
        .where(Visit.received_at > now - timedelta(days=1), Visit.clock_offset.is_not(None), Visit.device.is_not(None))
        .order_by(Visit.received_at.desc())
        .limit(RECENT_VISITS)
    )
    by_phone: dict[object, float] = {}
    for device, offset in rows:
        by_phone.setdefault(device, offset or 0)
    return median(by_phone.values()) if len(by_phone) >= LEAST_PHONES else None
