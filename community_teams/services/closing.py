"""Closing weeks: what was known by the end of a week, added up by province once and never by a visit again.

A nation has 3,321 communes and a row of each for every week: to add them up for every page takes too long. Rows of
communes with an earlier known_in are never written again, so their sums can be stored. A week is closed a day after its
end, when no transaction that began in it can still be open; until then its rows are read commune by commune.
"""

from datetime import date, datetime, timedelta
from typing import Any, cast
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Date, Table, bindparam, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from community_teams.domain.counting import week_of
from community_teams.models import ProvinceWeek
from community_teams.queries.rollups import LATEST_CLOSED, PROVINCE_NAMES, sums_of_provinces
from foundation.areas.models import Area
from foundation.areas.queries import bounds
from foundation.clock import day_in_vietnam

# Longer than any transaction lasts.
MARGIN = timedelta(days=1)
_TABLE = cast("Table", ProvinceWeek.__table__)
# The day on which each database was last looked at by this process.
_looked_on: WeakKeyDictionary[Any, date] = WeakKeyDictionary()


def close_weeks_daily(session: Session, *, now: datetime) -> None:
    """close_weeks, at the first call of each day in each process."""
    database, today = session.get_bind(), day_in_vietnam(now)
    if _looked_on.get(database) != today:
        close_weeks(session, now=now)
        _looked_on[database] = today


def close_weeks(session: Session, *, now: datetime) -> None:
    """Add up by province every week that is over and not closed yet. A second time changes nothing.

    What is counted is as right before as after; only reading becomes quicker. Locks the provinces where there is
    something to close.
    """
    connection = session.connection()
    last = week_of(day_in_vietnam(now - MARGIN)) - timedelta(weeks=1)
    closed = connection.scalar(LATEST_CLOSED)
    if closed is not None and closed >= last:
        return
    _lock(connection, None)
    # Checked again: another transaction may have closed it while we waited.
    after = connection.scalar(LATEST_CLOSED) or date.min
    connection.execute(_CLOSE[connection.dialect.name], {"after": after, "last": last})


def refresh_provinces(connection: Connection, provinces: list[str]) -> None:
    """Add the closed weeks of these provinces up anew: the lists of their hamlets have changed, or more. Codes."""
    _lock(connection, provinces)
    closed = connection.scalar(LATEST_CLOSED)
    if closed is None:
        return
    for province in sorted(provinces):
        connection.execute(delete(_TABLE).where(_TABLE.c.province_code == province))
        within = bounds(f"{province}/")
        connection.execute(_REFRESH, {"after": date.min, "last": closed} | within)


def _lock(connection: Connection, provinces: list[str] | None) -> None:
    """Let nobody else add up these provinces, or any, until the transaction ends."""
    wanted = Area.parent_code.is_(None) if provinces is None else Area.code.in_(sorted(provinces))
    # Rows that point at the province may still be written meanwhile.
    connection.execute(select(Area.code).where(wanted).order_by(Area.code).with_for_update(key_share=True))


_AFTER, _LAST = bindparam("after", type_=Date), bindparam("last", type_=Date)
_CLOSE = {
    name: insert(_TABLE).from_select(PROVINCE_NAMES, sums_of_provinces(_AFTER, _LAST)).on_conflict_do_nothing()
    for name, insert in (("postgresql", postgresql.insert), ("sqlite", sqlite.insert))
}
_REFRESH = _TABLE.insert().from_select(PROVINCE_NAMES, sums_of_provinces(_AFTER, _LAST, one=True))
