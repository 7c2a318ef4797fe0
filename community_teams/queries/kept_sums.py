"""Sums over the hamlets of a province or the nation, kept in memory for as long as they are right.

Kept for each commune, under the version that changes with everything beneath it (foundation CommuneVersion), and added
up for each province. When a page is asked for, one small statement tells which versions there are; only communes that
have changed since are read again. A province with a commune that has no version is always read anew.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, case, func, select
from sqlalchemy.orm import Session

from community_teams.domain.counting import OUTCOMES, TOTALS
from community_teams.models import HamletTotal, HamletWeek
from community_teams.queries.keeping import added_up, versions_of_communes, versions_of_provinces
from foundation.areas.domain.kinds import Level
from foundation.areas.domain.scope import Scope
from foundation.areas.models import Area
from foundation.areas.queries import bounds, inside, inside_one

Sums = dict[Any, Any]  # by the name of a figure, or by Monday
InPlace = Callable[[Any], ColumnElement[bool]]

# From so many changed communes of one province on, reading it whole is quicker than picking them.
MANY = 30
# Communes whose sums are kept added up: about the root of a province's 166.
GROUP = 12


@dataclass(frozen=True)
class _Province:
    """What is kept of one province, put in place whole: another thread reads either the old or the new.

    whole: number and sum of its communes' versions; None while one has none, and then it is read anew. communes: of
    every commune; told: of those with any hamlet. groups: of a dozen communes each, with their sum.
    """

    whole: tuple[int, int] | None
    versions: Mapping[str, int | None]
    communes: Mapping[str, Sums]
    told: Mapping[str, Sums]
    groups: Sequence[tuple[tuple[Sums, ...], Sums]]
    total: Sums


class SumsOverHamlets:
    """One kind of sums.

    read: the statement for hamlets whose path fulfils a condition; of its columns the first is the commune's code.
    gather: its rows by commune. merge: a figure of several areas made one, by its name; never of none.
    """

    def __init__(
        self,
        read: Callable[[InPlace], Select[Any]],
        gather: Callable[[Iterable[Row[Any]]], dict[str, Sums]],
        merge: Callable[[Any, Sequence[Any]], Any],
    ) -> None:
        self._read, self._gather, self._merge = read, gather, merge
        # Built once: after a visit it is one commune that has to be read again.
        self._of_one = read(inside_one)
        self._kept: dict[str, _Province] = {}

    def of_provinces(self, session: Session) -> dict[str, Sums]:
        """By province; those without any hamlet are left out."""
        totals = {code: self._of(session, code).total for code in versions_of_provinces(session)}
        return {code: total for code, total in totals.items() if total}

    def of_communes(self, session: Session, province: str) -> Mapping[str, Sums]:
        """By commune of a province; those without any hamlet are left out. A commune keeps the same object for as long
        as nothing changes in it."""
        return self._of(session, province).told

    def of_province(self, session: Session, province: str) -> Sums:
        """All communes of a province together."""
        return self._of(session, province).total

    def added(self, many: Iterable[Sums]) -> Sums:
        # Gathered first: merged two by two, the 166 communes of a province took twice as long.
        gathered: defaultdict[Any, list[Any]] = defaultdict(list)
        for sums in many:
            for name, value in sums.items():
                gathered[name].append(value)
        return {name: self._merge(name, values) for name, values in gathered.items()}

    def _of(self, session: Session, province: str) -> _Province:
        kept = self._kept.get(province, _NO_PROVINCE)
        whole = versions_of_provinces(session).get(province)
        if whole is not None and whole == kept.whole:
            return kept
        communes = versions_of_communes(session, province)
        changed = {
            code for code, (_, version) in communes.items() if version is None or kept.versions.get(code) != version
        }
        read: Mapping[str, Sums] = {}
        if changed:
            paths = [f"{province}/"] if len(changed) > MANY else [communes[code][0] for code in changed]
            read = self._gather(self._rows(session, paths))
        sums = {code: read.get(code, {}) if code in changed else kept.communes[code] for code in communes}
        told = {code: one for code, one in sums.items() if one}
        groups = self._grouped(tuple(told.values()), kept.groups)
        found = _Province(
            whole=whole if whole is not None and added_up(communes) == whole else None,
            versions={code: version for code, (_, version) in communes.items()},
            communes=sums,
            told=told,
            groups=groups,
            total=self.added(total for _, total in groups),
        )
        self._kept[province] = found
        return found

    def _grouped(
        self, many: tuple[Sums, ...], before: Sequence[tuple[tuple[Sums, ...], Sums]]
    ) -> list[tuple[tuple[Sums, ...], Sums]]:
        """So that after a visit two dozen sums are added up, and not those of all communes of a province."""
        groups = []
        for number, start in enumerate(range(0, len(many), GROUP)):
            group = many[start : start + GROUP]
            same = number < len(before) and group == before[number][0]
            groups.append(before[number] if same else (group, self.added(group)))
        return groups

    def _rows(self, session: Session, paths: Sequence[str]) -> Iterable[Row[Any]]:
        if len(paths) == 1:
            return session.execute(self._of_one, bounds(paths[0]))
        return session.execute(self._read(lambda column: inside(column, Scope(tuple(paths)))))


_NO_PROVINCE = _Province(None, {}, {}, {}, (), {})


def _by_code(rows: Iterable[Row[Any]]) -> dict[str, Sums]:
    return {row.code: {name: value for name, value in row._mapping.items() if name != "code"} for row in rows}


def _merged(name: str, many: Sequence[Any]) -> Any:
    known = [value for value in many if value is not None]
    if not known:
        return None
    if name in _SMALLEST:
        return min(known)
    return max(known) if name in _LARGEST else sum(map(int, known))


_SMALLEST, _LARGEST = frozenset({"first_source", "as_of"}), frozenset({"last_source", "last_visit_on", "is_sample"})


def level_columns() -> list[ColumnElement[Any]]:
    """What coverage is made of, added up over hamlets; the counters joined from outside."""
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
        func.coalesce(func.sum(case((listed, HamletTotal.reached))), 0).label("reached_listed"),
        func.coalesce(func.sum(unlisted), 0).label("enumerated_unlisted"),
        func.count().label("hamlets"),
        func.count(Area.official_households).label("listed"),
        func.max(HamletTotal.last_visit_on).label("last_visit_on"),
        func.max(case((Area.is_sample, 1), else_=0)).label("is_sample"),
    ]


def _read_level(within: InPlace) -> Select[Any]:
    return (
        select(Area.parent_code.label("code"), *level_columns())
        .outerjoin_from(Area, HamletTotal, HamletTotal.hamlet_code == Area.code)
        .where(Area.level == Level.HAMLET, Area.valid_to.is_(None), within(Area.path))
        .group_by(Area.parent_code)
    )


def _read_totals(within: InPlace) -> Select[Any]:
    return (
        select(Area.parent_code.label("code"), *(func.sum(getattr(HamletTotal, name)).label(name) for name in TOTALS))
        .join_from(HamletTotal, Area, Area.code == HamletTotal.hamlet_code)
        .where(within(HamletTotal.path))
        .group_by(Area.parent_code)
    )


def _read_weeks(within: InPlace) -> Select[Any]:
    valid = Area.valid_to.is_(None)
    visits: ColumnElement[int] = sum(
        (getattr(HamletWeek, name) for name in OUTCOMES[1:]), start=getattr(HamletWeek, OUTCOMES[0])
    )
    reached = case((Area.official_households.is_not(None), HamletWeek.first_reached), else_=0)
    counts = (1, reached, visits, HamletWeek.timed, HamletWeek.minutes)
    columns: list[ColumnElement[Any]] = [func.sum(case((valid, count), else_=0)) for count in counts]
    return (
        select(Area.parent_code.label("code"), HamletWeek.week.label("week"), *columns)
        .join_from(HamletWeek, Area, Area.code == HamletWeek.hamlet_code)
        .where(within(HamletWeek.path))
        .group_by(Area.parent_code, HamletWeek.week)
    )


def _gather_weeks(rows: Iterable[Row[Any]]) -> dict[str, Sums]:
    found: dict[str, Sums] = {}
    for row in rows:
        code, week, *counts = tuple(row)
        found.setdefault(code, {})[week] = tuple(map(int, counts))
    return found


def _merged_weeks(_week: Any, many: Sequence[tuple[int, ...]]) -> tuple[int, ...]:
    return tuple(map(sum, zip(*many, strict=True)))


# What coverage is made of, of the hamlets of today; every counter, of all hamlets that ever were; and by Monday: rows
# of hamlets of today, and of these households of a list met for the first time, visits, timed visits and minutes.
LEVEL = SumsOverHamlets(_read_level, _by_code, _merged)
ALL_TOTALS = SumsOverHamlets(_read_totals, _by_code, _merged)
BY_WEEK = SumsOverHamlets(_read_weeks, _gather_weeks, _merged_weeks)


def kept_sums(session: Session, of: SumsOverHamlets, path: str) -> Mapping[str, Sums] | None:
    """Sums of the areas right beneath the nation ("") or a province, by code; None for smaller areas."""
    if not path:
        return of.of_provinces(session)
    return of.of_communes(session, path[:-1]) if path.count("/") == 1 else None


def kept_total(session: Session, of: SumsOverHamlets, path: str) -> Sums | None:
    """Sums of the whole nation (""), a province or a commune; None for smaller areas."""
    if not path:
        return of.added(of.of_provinces(session).values())
    province, _, commune = path.strip("/").partition("/")
    if not commune:
        return of.of_province(session, province)
    return None if "/" in commune else of.of_communes(session, province).get(commune, {})
