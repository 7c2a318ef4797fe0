"""The current time, and the calendar day in Việt Nam."""

from datetime import UTC, date, datetime, timedelta, timezone

# Việt Nam uses UTC+7 all year, so no time zone data is needed.
VIETNAM = timezone(timedelta(hours=7), "+07")


def now() -> datetime:
    """The current time in UTC, time zone included."""
    return datetime.now(UTC)


def in_vietnam(moment: datetime) -> datetime:
    """The same moment in Vietnamese time. `moment` must have a time zone."""
    return moment.astimezone(VIETNAM)


def day_in_vietnam(moment: datetime) -> date:
    """The calendar day in Việt Nam at `moment`: at 23:30 UTC on 1 March it is already 2 March there."""
    return in_vietnam(moment).date()
