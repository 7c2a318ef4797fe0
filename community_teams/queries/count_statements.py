"""The statements behind counts.py: which table is summed, by the level of the place."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Date, and_, bindparam, case, func, literal, select, union_all
from sqlalchemy.orm import InstrumentedAttribute

from community_teams.models import CommuneTotal, CommuneWeek, HamletTotal, HamletWeek, ProvinceWeek
from community_teams.queries.places import (
    FIRST_LETTER,
    PROVINCE_LETTERS,
    PathCondition,
    Statement,
    child_code,
    of_today,
)
from community_teams.queries.rollups import LATEST_CLOSED
from foundation.areas.domain.kinds import Level
from foundation.areas.models import Area

# `reached` of hamlets with an official list only: its names in commune_total and commune_week.
LISTED, FIRST_LISTED = "reached_listed", "first_reached_listed"


@dataclass(frozen=True)
class Extent:
    """The place and scope of a statement. level: of the place; None for the nation. within: the condition that a path
    lies within the place and the scope. whole: whether the scope covers the whole place."""

    level: Level | None
    within: PathCondition
    whole: bool

    @property
    def hamlets(self) -> bool:
        """Whether figures of the place's children are summed from rows of hamlets, and not of communes."""
        return not self.whole or self.level in {Level.COMMUNE, Level.HAMLET}

    @property
    def sums_of_hamlets(self) -> bool:
        """The same for figures of the whole place."""
        return not self.whole or self.level is Level.HAMLET

    @property
    def code(self) -> Any:
        """The column by which hamlets are grouped."""
        return child_code(self.level)


def level_statement(extent: Extent) -> Statement:
    if extent.hamlets:
        return (
            select(extent.code.label("code"), *_level_of_hamlets())
            .outerjoin_from(Area, HamletTotal, HamletTotal.hamlet_code == Area.code)
            .where(*of_today(extent.within))
            .group_by(extent.code)
        )
    if extent.level is Level.PROVINCE:
        columns = (getattr(CommuneTotal, column).label(name) for name, column in _LEVEL.items())
        found = select(CommuneTotal.commune_code.label("code"), *columns)
        return found.where(extent.within(CommuneTotal.path), CommuneTotal.hamlets > 0)
    summed = select(_PROVINCE.label("code"), *_level_of_communes()).group_by(_PROVINCE)
    return summed.having(func.sum(CommuneTotal.hamlets) > 0)


def households_statement(extent: Extent) -> Statement:
    if extent.hamlets:
        unlisted = case((Area.official_households.is_(None), HamletTotal.households))
        sums = (func.sum(Area.official_households), *_added(HamletTotal.households, unlisted))
        return (
            select(extent.code, *sums)
            .outerjoin_from(Area, HamletTotal, HamletTotal.hamlet_code == Area.code)
            .where(*of_today(extent.within))
            .group_by(extent.code)
        )
    columns = (CommuneTotal.official_households, CommuneTotal.households, CommuneTotal.enumerated_unlisted)
    if extent.level is Level.PROVINCE:
        found = select(CommuneTotal.commune_code, *columns)
        return found.where(extent.within(CommuneTotal.path), CommuneTotal.hamlets > 0)
    return select(_PROVINCE, *map(func.sum, columns)).group_by(_PROVINCE).having(func.sum(CommuneTotal.hamlets) > 0)


def totals_statement(extent: Extent, names: tuple[str, ...]) -> Statement:
    table: Any = HamletTotal if extent.sums_of_hamlets else CommuneTotal
    return select(*_sums(table, names)).where(extent.within(table.path))


def today_statement(extent: Extent, names: tuple[str, ...], listed: bool) -> Statement:
    if extent.hamlets:
        on_a_list = (Area.official_households.is_not(None),) if listed else ()
        return (
            select(extent.code, *_sums(HamletTotal, names))
            .join_from(Area, HamletTotal, HamletTotal.hamlet_code == Area.code)
            .where(*of_today(extent.within), *on_a_list)
            .group_by(extent.code)
        )
    columns = [LISTED if listed else name for name in names]
    if extent.level is Level.PROVINCE:
        counters = (getattr(CommuneTotal, name) for name in columns)
        found = select(CommuneTotal.commune_code, *counters)
        return found.where(extent.within(CommuneTotal.path), CommuneTotal.hamlets > 0)
    return select(_PROVINCE, *_sums(CommuneTotal, columns)).group_by(_PROVINCE)


def weeks_statement(extent: Extent, names: tuple[str, ...], listed: bool) -> Statement:
    """Parameters: until, the last week to count; known_by, the last `known_in` to count."""

    def counts(table: Any) -> ColumnElement[bool]:
        return and_(table.week <= bindparam("until", type_=Date), table.known_in <= bindparam("known_by", type_=Date))

    return _weeks_where(extent, names, listed, counts)


def weeks_since_statement(extent: Extent, names: tuple[str, ...]) -> Statement:
    return _weeks_where(extent, names, False, lambda table: table.week >= bindparam("since", type_=Date))


def _weeks_where(
    extent: Extent, names: tuple[str, ...], listed: bool, counts: Callable[[Any], ColumnElement[bool]]
) -> Statement:
    if extent.hamlets:
        on_a_list = (Area.official_households.is_not(None),) if listed else ()
        return (
            select(extent.code, *_sums(HamletWeek, names))
            .join_from(HamletWeek, Area, HamletWeek.hamlet_code == Area.code)
            # Only by the paths of the weeks: with those of the areas, too, PostgreSQL took 13 ms instead of 2.
            .where(Area.valid_to.is_(None), extent.within(HamletWeek.path), *on_a_list, counts(HamletWeek))
            .group_by(extent.code)
        )
    columns = [FIRST_LISTED if listed else name for name in names]
    if extent.level is Level.PROVINCE:
        return (
            select(CommuneWeek.commune_code, *_sums(CommuneWeek, columns))
            .where(extent.within(CommuneWeek.path), counts(CommuneWeek))
            .group_by(CommuneWeek.commune_code)
        )
    parts = _parts_of_nation(columns, counts)
    return select(parts.c.code, *_added(*(parts.c[name] for name in columns))).group_by(parts.c.code)


def reached_statement(extent: Extent) -> Statement:
    if extent.sums_of_hamlets:
        reached = case((Area.official_households.is_not(None), HamletWeek.first_reached), else_=0)
        return (
            select(HamletWeek.week, func.sum(reached))
            .join_from(HamletWeek, Area, Area.code == HamletWeek.hamlet_code)
            .where(Area.valid_to.is_(None), extent.within(HamletWeek.path))
            .group_by(HamletWeek.week)
        )
    if extent.level is None:
        parts = _parts_of_nation([FIRST_LISTED])
        return select(parts.c.week, func.sum(parts.c[FIRST_LISTED])).group_by(parts.c.week)
    listed = func.sum(CommuneWeek.first_reached_listed)
    return select(CommuneWeek.week, listed).where(extent.within(CommuneWeek.path)).group_by(CommuneWeek.week)


def first_week_statement(extent: Extent) -> Statement:
    if extent.sums_of_hamlets:
        return select(func.min(HamletWeek.week)).where(extent.within(HamletWeek.path))
    if extent.level is None:
        return select(func.min(_parts_of_nation([]).c.week))
    return select(func.min(CommuneWeek.week)).where(extent.within(CommuneWeek.path))


def _parts_of_nation(names: Sequence[str], counts: Callable[[Any], ColumnElement[bool]] | None = None) -> Any:
    """Weeks by province: closed ones from rows of provinces, open ones from rows of communes."""
    closed = func.coalesce(LATEST_CLOSED.scalar_subquery(), literal(date.min))
    of_provinces = select(
        ProvinceWeek.province_code.label("code"), ProvinceWeek.week, *(getattr(ProvinceWeek, name) for name in names)
    )
    of_communes = select(
        func.substr(CommuneWeek.path, FIRST_LETTER, PROVINCE_LETTERS).label("code"),
        CommuneWeek.week,
        *(getattr(CommuneWeek, name) for name in names),
    ).where(CommuneWeek.known_in > closed)
    if counts is not None:
        of_provinces, of_communes = of_provinces.where(counts(ProvinceWeek)), of_communes.where(counts(CommuneWeek))
    return union_all(of_provinces, of_communes).subquery()


def _sums(table: Any, names: Sequence[str]) -> list[ColumnElement[int]]:
    return _added(*(getattr(table, name) for name in names))


def _added(*counters: Any) -> list[ColumnElement[int]]:
    return [func.coalesce(func.sum(counter), 0) for counter in counters]


_PROVINCE = func.substr(CommuneTotal.path, FIRST_LETTER, PROVINCE_LETTERS)
# The figures of coverage: name here -> column of commune_total.
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
        # A hamlet without a counter row has no household on its list: a known 0.
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
