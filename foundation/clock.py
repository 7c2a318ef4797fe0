"""What time it is, and which day that is in Việt Nam."""

from datetime import UTC, date, datetime, timedelta, timezone

# Việt Nam keeps UTC+7 all year, so no zone data is needed.
VIETNAM = timezone(timedelta(hours=7), "+07")


def now() -> datetime:
    """This moment, in UTC with its zone."""
    return datetime.now(UTC)


def in_vietnam(moment: datetime) -> datetime:
    """The same moment on a Vietnamese clock. `moment` carries its zone."""
    return moment.astimezone(VIETNAM)


def day_in_vietnam(moment: datetime) -> date:
    """The calendar day in Việt Nam at `moment`: at 23:30 UTC on 1 March it is already 2 March there."""
    return in_vietnam(moment).date()
