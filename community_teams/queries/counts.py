"""Sums of counters within a place: from rows of hamlets for a commune or a hamlet, from rows of communes above that.

Each function takes the caller's scope. Where the scope does not cover the whole place, rows of hamlets are summed.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Result, true
from sqlalchemy.orm import Session

from community_teams.queries import count_statements
from community_teams.queries.count_statements import Extent
from community_teams.queries.places import Place, Statement, within_reach
from foundation.areas.domain.scope import NATION, Scope
from foundation.areas.queries import bounds, inside_one

Sums = Mapping[str, Any]
# Counter of today -> the column of the weeks that adds up to it.
FIRST = {"reached": "first_reached", "knocked": "first_knocked"}


def level_beneath(session: Session, scope: Scope, place: Place) -> dict[str, Sums]:
    """The figures of coverage by child of a place; for a hamlet, of itself. Areas without hamlets are left out."""
    rows = _rows(session, scope, place, count_statements.level_statement)
    return {row.code: dict(row._mapping) for row in rows}


def households_beneath(session: Session, place: Place) -> dict[str, tuple[int, int, int]]:
    """By child of a place: households on official lists, enumerated ones, and of these those in hamlets without a list.

    Not limited by a scope: suppression must be decided from the whole nation's figures.
    """
    rows = _rows(session, NATION, place, count_statements.households_statement)
    return {str(code): (int(listed or 0), int(written), int(unlisted)) for code, listed, written, unlisted in rows}


def totals_of(session: Session, scope: Scope, place: Place, names: Sequence[str]) -> dict[str, int]:
    """Sums of the named counters of TOTALS over a whole place."""
    (row,) = _rows(session, scope, place, count_statements.totals_statement, tuple(names))
    return dict(zip(names, map(int, row), strict=True))


def counts_beneath(
    session: Session,
    scope: Scope,
    place: Place,
    names: Sequence[str],
    week: date | None,
    *,
    listed: bool = False,
    known_by: date | None = None,
) -> dict[str, dict[str, int]]:
    """Sums of the named counters by child of a place; for a hamlet, of itself.

    week: count up to the end of the week with this Monday; None for now. Households are always today's: older lists are
    not stored. listed: only hamlets with an official list; then the only name is "reached". known_by: count what was
    known at the end of the week with this Monday; None for what is known today. An area without counters may be left
    out.
    """
    names = tuple(dict.fromkeys(names))
    if week is None:
        return _by_area(names, _rows(session, scope, place, count_statements.today_statement, names, listed))
    added = tuple(name for name in names if name != "households")
    columns = tuple(FIRST.get(name, name) for name in added)
    when = {"until": week, "known_by": known_by or _FOR_EVER}
    found = _by_area(added, _rows(session, scope, place, count_statements.weeks_statement, columns, listed, **when))
    if "households" not in names:
        return found
    nothing: dict[str, int] = {}
    return {
        area: {name: found.get(area, nothing).get(name, 0) for name in added} | today
        for area, today in counts_beneath(session, scope, place, ["households"], None).items()
    }


def weeks_beneath(
    session: Session, scope: Scope, place: Place, names: Sequence[str], *, since: date
) -> dict[str, dict[str, int]]:
    """Sums of the named counters of WEEKS over the weeks from `since` on, by child of a place."""
    return _by_area(
        names, _rows(session, scope, place, count_statements.weeks_since_statement, tuple(names), since=since)
    )


def reached_by_week(session: Session, scope: Scope, place: Place) -> dict[date, int]:
    """Households on official lists, by the Monday of their first meeting, in order. Empty weeks may be missing."""
    rows = _rows(session, scope, place, count_statements.reached_statement)
    return {week: int(count) for week, count in sorted(map(tuple, rows))}


def first_week(session: Session, scope: Scope, place: Place) -> date | None:
    """The Monday of the first week with visits in a place; None without visits."""
    week: date | None = _rows(session, scope, place, count_statements.first_week_statement).scalar()
    return week


_FOR_EVER = date.max


def _rows(
    session: Session, scope: Scope, place: Place, build: Callable[..., Statement], *more: Any, **values: Any
) -> Result[*tuple[Any, ...]]:
    """Run the statement that `build` makes. It is built once for all places of a level, since that takes longer than
    running it.

    more: further arguments of `build`; hashable. values: for the statement's own parameters.
    """
    if place.path and scope.covers(place.path):
        return session.execute(
            _statement_for(build, Extent(place.level, inside_one, True), more), values | bounds(place.path)
        )
    if scope.is_nation:
        return session.execute(_statement_for(build, Extent(place.level, _anywhere, True), more), values)
    return session.execute(build(Extent(place.level, within_reach(scope, place), False), *more), values)


@lru_cache(500)
def _statement_for(build: Callable[..., Statement], extent: Extent, more: tuple[Any, ...]) -> Statement:
    return build(extent, *more)


def _anywhere(_path: Any) -> ColumnElement[bool]:
    return true()


def _by_area(names: Sequence[str], rows: Iterable[Any]) -> dict[str, dict[str, int]]:
    return {str(area): dict(zip(names, map(int, counts), strict=True)) for area, *counts in rows}
