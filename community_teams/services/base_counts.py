"""Counts of visits whose rows are erased: one row per hamlet and week, which names nobody."""

from collections.abc import Callable
from datetime import date
from typing import Any, cast

from sqlalchemy import Date, Table, bindparam, case, delete, func, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from community_teams.domain.counting import WEEKS, Sum
from community_teams.models import HamletBase
from community_teams.services import counters

_BASE = cast("Table", HamletBase.__table__)
# Counters of the total, and what weeks call what they add to them.
FIRST = {"first_reached": "reached", "first_knocked": "knocked"}


def fold_into_base(session: Session, hamlet_code: str, erased: Sum, *, last_visit_on: date | None) -> None:
    """Store the counts of visits whose rows are erased, so that no figure of a week or a total changes.

    erased: what the visits added in this hamlet; its `households` is ignored, because households are counted from the
    list. last_visit_on: the day of the latest of the visits. The counts are subtracted from the days of the hamlet and
    of its members, which are for recent work only. The caller holds the hamlet's lock and erases the rows in the same
    transaction. A second call stores the counts a second time.
    """
    rows = [
        {"hamlet_code": hamlet_code, "week": week, "last_visit_on": last_visit_on} | dict.fromkeys(WEEKS, 0) | names
        for week, names in erased.weeks_changed()
    ]
    _add(session, rows)
    counters.take_from_days(session, hamlet_code, erased)


def move_base(session: Session, old: str, new: str) -> None:
    """Add the base rows of one hamlet to those of another; both are locked."""
    found = session.execute(select(_BASE).where(_BASE.c.hamlet_code == old).order_by(_BASE.c.week))
    _add(session, [dict(row._mapping) | {"hamlet_code": new} for row in found])
    session.execute(delete(_BASE).where(_BASE.c.hamlet_code == old))


def add_base(session: Session, hamlet_code: str, counted: Sum) -> date | None:
    """Add a hamlet's base rows to `counted`, by week and in total; returns the last day of the erased visits."""
    last: date | None = None
    for row in session.execute(select(_BASE).where(_BASE.c.hamlet_code == hamlet_code)).mappings():
        week = counted.weeks[row["week"]]
        for name in WEEKS:
            week[name] += row[name]
            counted.total[FIRST.get(name, name)] += row[name]
        last = max(filter(None, (last, row["last_visit_on"])), default=None)
    return last


def _adding(insert: Callable[[Any], Any]) -> Any:
    new = insert(_BASE).values(
        {name: bindparam(name) for name in ("hamlet_code", "week", *WEEKS)}
        | {"last_visit_on": bindparam("last_visit_on", type_=Date)}
    )
    there = _BASE.c.last_visit_on
    later = or_(there.is_(None), there < new.excluded.last_visit_on)
    return new.on_conflict_do_update(
        index_elements=[_BASE.c.hamlet_code, _BASE.c.week],
        set_={name: _BASE.c[name] + new.excluded[name] for name in WEEKS}
        | {"last_visit_on": case((later, func.coalesce(new.excluded.last_visit_on, there)), else_=there)},
    )


_ADD = {"postgresql": _adding(postgresql.insert), "sqlite": _adding(sqlite.insert)}


def _add(session: Session, rows: list[dict[str, Any]]) -> None:
    if rows:
        connection = session.connection()
        connection.execute(_ADD[connection.dialect.name], rows)
