"""Sums of counters beneath a place: of hamlets' rows within a commune, of communes' rows above it.

Each function takes the scope it may see. A scope that does not cover the whole place is answered from hamlets.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, literal, select, union_all
from sqlalchemy.orm import InstrumentedAttribute, Session

from community_teams.models import CommuneTotal, CommuneWeek, HamletTotal, HamletWeek, ProvinceWeek
from community_teams.queries.places import FIRST_LETTER, PROVINCE_LETTERS, Place, child_code, of_today, within_reach
from community_teams.queries.rollups import LATEST_CLOSED
from foundation.areas.domain.kinds import Level
from foundation.areas.domain.scope import Scope
from foundation.areas.models import Area
from foundation.areas.queries import inside

Sums = Mapping[str, Any]
# Counters of today and what weeks call what they add to them.
FIRST = {"reached": "first_reached", "knocked": "first_knocked"}
# `reached` of hamlets with an official list only: its names in commune_total and commune_week.
LISTED, FIRST_LISTED = "reached_listed", "first_reached_listed"


def level_beneath(session: Session, scope: Scope, place: Place) -> dict[str, Sums]:
    """What coverage is made of, by area right beneath a place; for a hamlet, of itself. Areas without hamlets are left
    out."""
    if _of_hamlets(scope, place):
        code = child_code(place)
        statement = (
            select(code.label("code"), *_level_of_hamlets())
            .outerjoin_from(Area, HamletTotal, HamletTotal.hamlet_code == Area.code)
            .where(*of_today(within_reach(scope, place)))
            .group_by(code)
        )
    elif place.level is Level.PROVINCE:
        names = (getattr(CommuneTotal, column).label(name) for name, column in _LEVEL.items())
        statement = select(CommuneTotal.commune_code.label("code"), *names).where(
            _beneath(place), CommuneTotal.hamlets > 0
        )
    else:
        statement = (
            select(_PROVINCE.label("code"), *_level_of_communes())
            .group_by(_PROVINCE)
            .having(func.sum(CommuneTotal.hamlets) > 0)
        )
    return {row.code: dict(row._mapping) for row in session.execute(statement)}


def totals_of(session: Session, scope: Scope, place: Place, names: Sequence[str]) -> dict[str, int]:
    """Sums of the named counters of TOTALS over a whole place."""
    if place.level is Level.HAMLET or not scope.covers(place.path):
        within = within_reach(scope, place)
        statement = select(*_sums(HamletTotal, names)).where(within(HamletTotal.path))
    else:
        statement = select(*_sums(CommuneTotal, names)).where(_beneath(place))
    return dict(zip(names, map(int, session.execute(statement).one()), strict=True))


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
    names = list(dict.fromkeys(names))
    if week is None:
        return _counts_of_today(session, scope, place, names, listed)
    added = [name for name in names if name != "households"]
    found = _counts_of_weeks(session, scope, place, added, _Until(week, known_by), listed)
    if "households" not in names:
        return found
    nothing: dict[str, int] = {}
    return {
        area: {name: found.get(area, nothing).get(name, 0) for name in added} | today
        for area, today in _counts_of_today(session, scope, place, ["households"], listed=False).items()
    }


def weeks_beneath(
    session: Session, scope: Scope, place: Place, names: Sequence[str], *, since: date | None = None
) -> dict[str, dict[str, int]]:
    """Sums of the named counters of WEEKS over the weeks from `since` on, by area right beneath a place."""
    rows = session.execute(_weeks_statement(scope, place, names, since=since))
    return {str(code): dict(zip(names, map(int, counts), strict=True)) for code, *counts in rows}


def reached_by_week(session: Session, scope: Scope, place: Place) -> dict[date, int]:
    """By Monday, in order, households of official lists met for the first time; weeks with nothing may be left out."""
    if place.level is Level.HAMLET or not scope.covers(place.path):
        reached = case((Area.official_households.is_not(None), HamletWeek.first_reached), else_=0)
        statement = (
            select(HamletWeek.week, func.sum(reached))
            .join_from(HamletWeek, Area, Area.code == HamletWeek.hamlet_code)
            .where(Area.valid_to.is_(None), within_reach(scope, place)(HamletWeek.path))
            .group_by(HamletWeek.week)
        )
    elif place.level is None:
        parts = _parts_of_nation([FIRST_LISTED])
        statement = select(parts.c.week, func.sum(parts.c[FIRST_LISTED])).group_by(parts.c.week)
    else:
        listed = func.sum(CommuneWeek.first_reached_listed)
        statement = select(CommuneWeek.week, listed).where(_beneath(place, CommuneWeek)).group_by(CommuneWeek.week)
    return {week: int(count) for week, count in sorted(map(tuple, session.execute(statement)))}


def first_week(session: Session, scope: Scope, place: Place) -> date | None:
    """The Monday of the first week with visits beneath a place."""
    if place.level is Level.HAMLET or not scope.covers(place.path):
        statement = select(func.min(HamletWeek.week)).where(within_reach(scope, place)(HamletWeek.path))
    elif place.level is None:
        parts = _parts_of_nation([])
        statement = select(func.min(parts.c.week))
    else:
        statement = select(func.min(CommuneWeek.week)).where(_beneath(place, CommuneWeek))
    return session.scalar(statement)


@dataclass(frozen=True)
class _Until:
    """week: the last week that counts. known_by: the last week of whose knowledge we take; None for all."""

    week: date
    known_by: date | None


def _counts_of_today(
    session: Session, scope: Scope, place: Place, names: Sequence[str], listed: bool
) -> dict[str, dict[str, int]]:
    if _of_hamlets(scope, place):
        code: Any = child_code(place)
        on_a_list = (Area.official_households.is_not(None),) if listed else ()
        statement = (
            select(code, *_sums(HamletTotal, names))
            .join_from(Area, HamletTotal, HamletTotal.hamlet_code == Area.code)
            .where(*of_today(within_reach(scope, place)), *on_a_list)
            .group_by(code)
        )
    else:
        columns = [LISTED if listed else name for name in names]
        if place.level is Level.PROVINCE:
            counters = (getattr(CommuneTotal, name) for name in columns)
            statement = select(CommuneTotal.commune_code, *counters).where(_beneath(place), CommuneTotal.hamlets > 0)
        else:
            statement = select(_PROVINCE, *_sums(CommuneTotal, columns)).group_by(_PROVINCE)
    rows = session.execute(statement)
    return {str(area): dict(zip(names, map(int, counts), strict=True)) for area, *counts in rows}


def _counts_of_weeks(
    session: Session, scope: Scope, place: Place, names: Sequence[str], until: _Until, listed: bool
) -> dict[str, dict[str, int]]:
    columns = [FIRST.get(name, name) for name in names]
    rows = session.execute(_weeks_statement(scope, place, columns, until=until, listed=listed))
    return {str(area): dict(zip(names, map(int, counts), strict=True)) for area, *counts in rows}


def _weeks_statement(
    scope: Scope,
    place: Place,
    names: Sequence[str],
    *,
    until: _Until | None = None,
    since: date | None = None,
    listed: bool = False,
) -> Select[*tuple[Any, ...]]:
    if _of_hamlets(scope, place):
        code: Any = child_code(place)
        on_a_list = (Area.official_households.is_not(None),) if listed else ()
        return (
            select(code, *_sums(HamletWeek, names))
            .join_from(HamletWeek, Area, HamletWeek.hamlet_code == Area.code)
            # By the paths of the weeks alone: asked for those of the areas, too, PostgreSQL took 13 ms in place of 2.
            .where(
                Area.valid_to.is_(None),
                within_reach(scope, place)(HamletWeek.path),
                *on_a_list,
                *_within_weeks(HamletWeek, until, since),
            )
            .group_by(code)
        )
    columns = [FIRST_LISTED if listed else name for name in names]
    if place.level is Level.PROVINCE:
        return (
            select(CommuneWeek.commune_code, *_sums(CommuneWeek, columns))
            .where(_beneath(place, CommuneWeek), *_within_weeks(CommuneWeek, until, since))
            .group_by(CommuneWeek.commune_code)
        )
    parts = _parts_of_nation(columns, until, since)
    sums = (func.coalesce(func.sum(parts.c[name]), 0) for name in columns)
    return select(parts.c.code, *sums).group_by(parts.c.code)


def _parts_of_nation(names: Sequence[str], until: _Until | None = None, since: date | None = None) -> Any:
    """Weeks by province: closed ones from rows of provinces, those still open from rows of communes."""
    closed = func.coalesce(LATEST_CLOSED.scalar_subquery(), literal(date.min))
    of_provinces = select(
        ProvinceWeek.province_code.label("code"), ProvinceWeek.week, *(getattr(ProvinceWeek, name) for name in names)
    ).where(*_within_weeks(ProvinceWeek, until, since))
    of_communes = select(
        func.substr(CommuneWeek.path, FIRST_LETTER, PROVINCE_LETTERS).label("code"),
        CommuneWeek.week,
        *(getattr(CommuneWeek, name) for name in names),
    ).where(
        CommuneWeek.known_in > closed,
        *_within_weeks(CommuneWeek, until, since),
    )
    return union_all(of_provinces, of_communes).subquery()


def _within_weeks(table: Any, until: _Until | None, since: date | None) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if until is not None:
        conditions.append(table.week <= until.week)
        if until.known_by is not None:
            conditions.append(table.known_in <= until.known_by)
    if since is not None:
        conditions.append(table.week >= since)
    return conditions


def _of_hamlets(scope: Scope, place: Place) -> bool:
    return place.level in {Level.COMMUNE, Level.HAMLET} or not scope.covers(place.path)


def _beneath(place: Place, table: Any = CommuneTotal) -> ColumnElement[bool]:
    return inside(table.path, Scope((place.path,)))


def _sums(table: Any, names: Sequence[str]) -> list[ColumnElement[int]]:
    return [func.coalesce(func.sum(getattr(table, name)), 0) for name in names]


_PROVINCE = func.substr(CommuneTotal.path, FIRST_LETTER, PROVINCE_LETTERS)
# What coverage is made of, by its name here -> in commune_total.
_LEVEL = {
    "households": "official_households",
    "first_source": "first_source",
    "last_source": "last_source",
    "as_of": "as_of",
    "enumerated": "households",
    "reached": "reached",
    "knocked": "knocked",
    LISTED: LISTED,
    "enumerated_unlisted": "enumerated_unlisted",
    "hamlets": "hamlets",
    "listed": "listed",
    "last_visit_on": "last_visit_on",
    "is_sample": "is_sample",
}
_SMALLEST, _LARGEST = frozenset({"first_source", "as_of"}), frozenset({"last_source", "last_visit_on"})


def _level_of_communes() -> list[ColumnElement[Any]]:
    def added(name: str, column: InstrumentedAttribute[Any]) -> ColumnElement[Any]:
        if name == "is_sample":
            return func.max(case((column, 1), else_=0))
        if name in _SMALLEST:
            return func.min(column)
        return func.max(column) if name in _LARGEST else func.sum(column)

    return [added(name, getattr(CommuneTotal, column)).label(name) for name, column in _LEVEL.items()]


def _level_of_hamlets() -> list[ColumnElement[Any]]:
    listed = Area.official_households.is_not(None)
    source = case((listed, Area.households_source))
    unlisted = case((Area.official_households.is_(None), HamletTotal.households))
    return [
        func.sum(Area.official_households).label("households"),
        func.min(source).label("first_source"),
        func.max(source).label("last_source"),
        func.min(case((listed, Area.households_as_of))).label("as_of"),
        # A hamlet without a counter row has no household written down: that is known, and 0.
        func.coalesce(func.sum(HamletTotal.households), 0).label("enumerated"),
        func.coalesce(func.sum(HamletTotal.reached), 0).label("reached"),
        func.coalesce(func.sum(HamletTotal.knocked), 0).label("knocked"),
        func.coalesce(func.sum(case((listed, HamletTotal.reached))), 0).label(LISTED),
        func.coalesce(func.sum(unlisted), 0).label("enumerated_unlisted"),
        func.count().label("hamlets"),
        func.count(Area.official_households).label("listed"),
        func.max(HamletTotal.last_visit_on).label("last_visit_on"),
        func.max(case((Area.is_sample, 1), else_=0)).label("is_sample"),
    ]
