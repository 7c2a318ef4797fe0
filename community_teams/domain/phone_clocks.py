"""How far a phone's clock is off, by what it said when it sent."""

from datetime import datetime, timedelta

# Phones' clocks are rarely further off than this, and a slow line takes no longer.
CLOCK_TOLERANCE = timedelta(minutes=15)
# A phone without its clock says 1970; what is further off is no clock.
FURTHEST_OFFSET = timedelta(days=65 * 366)


def clock_error(clock_offset: int | None) -> timedelta:
    """How far ahead a phone's clock is taken to be: nothing within CLOCK_TOLERANCE, which may be a slow line."""
    error = timedelta(seconds=clock_offset or 0)
    return error if abs(error) > CLOCK_TOLERANCE else timedelta()


def offset_of(sent_at: datetime | None, now: datetime) -> int | None:
    """Seconds a phone's clock is ahead of ours, by what it said when it sent; None when it said nothing of use."""
    if sent_at is None:
        return None
    offset = sent_at - now
    return round(offset.total_seconds()) if abs(offset) <= FURTHEST_OFFSET else None
