"""Sums of counters beneath a place: of hamlets' rows within a commune, of communes' rows above it.

Each function takes the scope it may see. A scope that does not cover the whole place is answered from hamlets.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Result, true
from sqlalchemy.orm import Session

from community_teams.queries import count_statements
from community_teams.queries.count_statements import Extent, Statement
from community_teams.queries.places import Place, within_reach
from foundation.areas.domain.scope import NATION, Scope
from foundation.areas.queries import bounds, inside_one

Sums = Mapping[str, Any]
# Counters of today and what weeks call what they add to them.
FIRST = {"reached": "first_reached", "knocked": "first_knocked"}


def level_beneath(session: Session, scope: Scope, place: Place) -> dict[str, Sums]:
    """What coverage is made of, by area right beneath a place; for a hamlet, of itself. Areas without hamlets are left
    out."""
    rows = _ask(session, scope, place, count_statements.level_statement)
    return {row.code: dict(row._mapping) for row in rows}


def households_beneath(session: Session, place: Place) -> dict[str, tuple[int, int, int]]:
    """By area right beneath a place: households of the official lists, those written down, and of these those in
    hamlets without a list. For what the whole nation decides: which figures are hidden."""
    rows = _ask(session, NATION, place, count_statements.households_statement)
    return {str(code): (int(listed or 0), int(written), int(unlisted)) for code, listed, written, unlisted in rows}


def totals_of(session: Session, scope: Scope, place: Place, names: Sequence[str]) -> dict[str, int]:
    """Sums of the named counters of TOTALS over a whole place."""
    (row,) = _ask(session, scope, place, count_statements.totals_statement, tuple(names))
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
    """Sums of the named counters by area right beneath a place; for a hamlet, of itself.

    week: the Monday of the week at whose end things stood so; None for now. Households are always today's: an older
    list of them is not kept. listed: of hamlets with an official list only; then the only name is "reached". known_by:
    the Monday of the week at whose end it was known so; None for what is known today. An area without any counter may
    be left out.
    """
    names = tuple(dict.fromkeys(names))
    if week is None:
        return _by_area(names, _ask(session, scope, place, count_statements.today_statement, names, listed))
    added = tuple(name for name in names if name != "households")
    columns = tuple(FIRST.get(name, name) for name in added)
    when = {"until": week, "known_by": known_by or _FOR_EVER}
    found = _by_area(added, _ask(session, scope, place, count_statements.weeks_statement, columns, listed, **when))
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
    """Sums of the named counters of WEEKS over the weeks from `since` on, by area right beneath a place."""
    return _by_area(
        names, _ask(session, scope, place, count_statements.weeks_since_statement, tuple(names), since=since)
    )


def reached_by_week(session: Session, scope: Scope, place: Place) -> dict[date, int]:
    """By Monday, in order, households of official lists met for the first time; weeks with nothing may be left out."""
    rows = _ask(session, scope, place, count_statements.reached_statement)
    return {week: int(count) for week, count in sorted(map(tuple, rows))}


def first_week(session: Session, scope: Scope, place: Place) -> date | None:
    """The Monday of the first week with visits beneath a place."""
    week: date | None = _ask(session, scope, place, count_statements.first_week_statement).scalar()
    return week


_FOR_EVER = date.max


def _ask(
    session: Session, scope: Scope, place: Place, build: Callable[..., Statement], *more: Any, **values: Any
) -> Result[*tuple[Any, ...]]:
    """Execute what `build` gives, built once for all places of a level: to build it takes longer than to answer it.

    more: further arguments of `build`, that can be hashed. values: of the statement's parameters.
    """
    if place.path and scope.covers(place.path):
        return session.execute(_built(build, Extent(place.level, inside_one, True), more), values | bounds(place.path))
    if scope.is_nation:
        return session.execute(_built(build, Extent(place.level, _anywhere, True), more), values)
    return session.execute(build(Extent(place.level, within_reach(scope, place), False), *more), values)


@lru_cache(500)
def _built(build: Callable[..., Statement], extent: Extent, more: tuple[Any, ...]) -> Statement:
    return build(extent, *more)


def _anywhere(_path: Any) -> ColumnElement[bool]:
    return true()


def _by_area(names: Sequence[str], rows: Iterable[Any]) -> dict[str, dict[str, int]]:
    return {str(area): dict(zip(names, map(int, counts), strict=True)) for area, *counts in rows}
