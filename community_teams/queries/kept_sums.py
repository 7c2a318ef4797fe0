"""Sums over the hamlets of a province or the nation, kept in memory for as long as they are right.

Kept for each commune, under the version that changes with everything beneath it (foundation CommuneVersion), and added
up for each province. When a page is asked for, one small statement tells which versions there are; only communes that
have changed since are read again. A province with a commune that has no version is always read anew.

Counters are read hamlet by hamlet where one commune has changed, for its own page asks for these, and added up from
them.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, bindparam, case, func, literal_column, select
from sqlalchemy.orm import Session

from community_teams.domain.counting import OUTCOMES, TOTALS
from community_teams.models import HamletTotal, HamletWeek
from community_teams.queries.keeping import added_up, kept, versions_of_communes, versions_of_provinces
from community_teams.queries.places import Asked, Code, Within
from foundation.areas.domain.kinds import Level
from foundation.areas.domain.scope import NATION, Scope
from foundation.areas.models import Area
from foundation.areas.queries import bounds, inside, inside_one

Sums = dict[Any, Any]  # by the name of a figure, or by Monday
# A statement: of hamlets whose path fulfils a condition, grouped by a code.
Read = Callable[[Within, Code], Asked]

# From so many changed communes of one province on, reading it whole is quicker than picking them.
MANY = 30
# Communes whose sums are kept added up: about the root of a province's 166.
GROUP = 12
# What a hamlet with all its counters takes in memory, in lines as keeping.py counts them.
HAMLET = 6
# Of hamlets with an official list only.
LISTED = "reached_listed"


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

    read: the statement; of its columns the first is the code it is grouped by. gather: its rows by that code. add: sums
    of several areas made one; never of none. of_hamlets: reads the hamlets of the commune at a path, by code, where
    they are asked for one by one; else of_one: reads the commune at a path.
    """

    def __init__(
        self,
        read: Read,
        gather: Callable[[Iterable[Row[Any]]], dict[str, Sums]],
        add: Callable[[Sequence[Sums]], Sums],
        *,
        of_hamlets: Callable[[Session, str], Mapping[str, Sums]] | None = None,
        of_one: Callable[[Session, str], Sums] | None = None,
    ) -> None:
        self._read, self._gather, self._add = read, gather, add
        # After a visit it is one commune that has to be read again.
        self._of_hamlets, self._of_one = of_hamlets, of_one or self._added_up
        self._kept: dict[str, _Province] = {}

    def beneath(self, session: Session, path: str) -> Mapping[str, Sums] | None:
        """By area right beneath the one at `path` ("": the nation); for a hamlet, of itself.

        Those without any hamlet are left out. An area keeps the same object for as long as nothing changes in it. None
        beneath communes, where hamlets are not asked for one by one.
        """
        province, commune, hamlet = _codes(path)
        if not province:
            totals = {code: self._of(session, code).total for code in versions_of_provinces(session)}
            return {code: total for code, total in totals.items() if total}
        if not commune:
            return self._of(session, province).told
        hamlets = self._hamlets(session, f"{province}/{commune}/")
        if hamlets is None:
            return None
        return {hamlet: hamlets.get(hamlet, {})} if hamlet else hamlets

    def total(self, session: Session, path: str) -> Sums | None:
        """Of the whole area at `path`; None for a hamlet, where hamlets are not asked for one by one."""
        province, commune, hamlet = _codes(path)
        if hamlet:
            hamlets = self._hamlets(session, f"{province}/{commune}/")
            return None if hamlets is None else hamlets.get(hamlet, {})
        if commune:
            return self._of(session, province).told.get(commune, {})
        if province:
            return self._of(session, province).total
        return self._added((self.beneath(session, "") or {}).values())

    def _of(self, session: Session, province: str) -> _Province:
        before = self._kept.get(province, _NO_PROVINCE)
        whole = versions_of_provinces(session).get(province)
        if whole is not None and whole == before.whole:
            return before
        communes = versions_of_communes(session, province)
        changed = {
            code: path
            for code, (path, version) in communes.items()
            if version is None or before.versions.get(code) != version
        }
        read = self._communes(session, province, changed) if changed else {}
        sums = {code: read.get(code, {}) if code in changed else before.communes[code] for code in communes}
        told = {code: one for code, one in sums.items() if one}
        groups = self._grouped(tuple(told.values()), before.groups)
        found = _Province(
            whole=whole if whole is not None and added_up(communes) == whole else None,
            versions={code: version for code, (_, version) in communes.items()},
            communes=sums,
            told=told,
            groups=groups,
            total=self._added(total for _, total in groups),
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
            groups.append(before[number] if same else (group, self._added(group)))
        return groups

    def _communes(self, session: Session, province: str, paths: Mapping[str, str]) -> Mapping[str, Sums]:
        """paths: of communes of the province, by code."""
        if len(paths) > 1:
            scope = Scope((f"{province}/",) if len(paths) > MANY else tuple(paths.values()))
            return self._gather(session.execute(self._read(lambda path: inside(path, scope), Area.parent_code)))
        ((code, path),) = paths.items()
        return {code: self._of_one(session, path)}

    def _added_up(self, session: Session, path: str) -> Sums:
        return self._added((self._hamlets(session, path) or {}).values())

    def _added(self, many: Iterable[Sums]) -> Sums:
        many = [one for one in many if one]
        return self._add(many) if many else {}

    def _hamlets(self, session: Session, path: str) -> Mapping[str, Sums] | None:
        """By hamlet of the commune at `path`, those that are no more included."""
        read = self._of_hamlets
        return None if read is None else kept(session, NATION, path, self, lambda: read(session, path), weight=HAMLET)


_NO_PROVINCE = _Province(None, {}, {}, {}, (), {})


def _codes(path: str) -> tuple[str, str, str]:
    """Of province, commune and hamlet, as far down as the path goes; "" for the rest."""
    province, commune, hamlet, *_ = (*path.rstrip("/").split("/"), "", "", "")
    return province, commune, hamlet


@dataclass(frozen=True)
class Part:
    """One part of sums that are read together, for most pages need several of them. Areas without it are left out."""

    of: SumsOverHamlets
    name: str

    def beneath(self, session: Session, path: str) -> Mapping[str, Sums]:
        """By area right beneath the one at `path`; for a hamlet, of itself."""
        beneath = self.of.beneath(session, path) or {}
        return {code: parts[self.name] for code, parts in beneath.items() if self.name in parts}

    def total(self, session: Session, path: str) -> Sums:
        """Of the whole area; nothing where it has none."""
        found: Sums = (self.of.total(session, path) or {}).get(self.name, {})
        return found


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


_LEVEL = tuple(column.name for column in level_columns())


def _read_counters(within: Within, code: Code) -> Asked:
    valid = Area.valid_to.is_(None)
    return (
        select(
            code.label("code"),
            valid.label("valid"),
            func.count(HamletTotal.hamlet_code).label("counted"),
            *level_columns(),
            *(func.sum(getattr(HamletTotal, name)) for name in TOTALS),
        )
        .outerjoin_from(Area, HamletTotal, HamletTotal.hamlet_code == Area.code)
        .where(Area.level == Level.HAMLET, within(Area.path))
        .group_by(code, valid)
    )


def _gather_counters(rows: Iterable[Row[Any]]) -> dict[str, Sums]:
    found: dict[str, Sums] = {}
    for row in rows:
        code, valid, counted, *values = tuple(row)
        # Those that are no more are another row of the same commune.
        parts = found.setdefault(code, {})
        if valid:
            parts["level"] = dict(zip(_LEVEL, values, strict=False))
        if counted:
            listed = int(values[_LEVEL.index(LISTED)])
            counts = zip((*TOTALS, LISTED), (*values[len(_LEVEL) :], listed), strict=True)
            parts["today" if valid else "ended"] = dict(counts)
    return found


_OF_HAMLETS = _read_counters(inside_one, Area.code)


def _counters_of_hamlets(session: Session, path: str) -> Mapping[str, Sums]:
    return _gather_counters(session.execute(_OF_HAMLETS, bounds(path)))


def _add_counters(many: Sequence[Sums]) -> Sums:
    by_part = {name: [parts[name] for parts in many if name in parts] for name in ("level", "today", "ended")}
    return {name: _ADD[name](parts) for name, parts in by_part.items() if parts}


def _add_levels(many: Sequence[Sums]) -> Sums:
    columns = zip(*(level.values() for level in many), strict=True)
    return {name: _merged(name, column) for name, column in zip(_LEVEL, columns, strict=True)}


def _merged(name: str, many: Sequence[Any]) -> Any:
    known = [value for value in many if value is not None]
    if not known:
        return None
    if name in _SMALLEST:
        return min(known)
    return max(known) if name in _LARGEST else sum(map(int, known))


_SMALLEST, _LARGEST = frozenset({"first_source", "as_of"}), frozenset({"last_source", "last_visit_on", "is_sample"})


def add_counts(many: Sequence[Sums]) -> Sums:
    """Each name by itself; all have the same names in the same order."""
    columns = zip(*(counts.values() for counts in many), strict=True)
    return dict(zip(many[0], map(sum, columns), strict=True))


_ADD = {"level": _add_levels, "today": add_counts, "ended": add_counts}


_VISITS: ColumnElement[int] = sum(
    (getattr(HamletWeek, name) for name in OUTCOMES[1:]), start=getattr(HamletWeek, OUTCOMES[0])
)


def _of_weeks(reached: ColumnElement[int]) -> list[ColumnElement[Any]]:
    """reached: households of a list met for the first time, of one hamlet in one week."""
    return [func.count(), *map(func.sum, (reached, _VISITS, HamletWeek.timed, HamletWeek.minutes))]


def _read_weeks(within: Within, code: Code) -> Asked:
    reached = case((Area.official_households.is_not(None), HamletWeek.first_reached), else_=0)
    return (
        select(code.label("code"), HamletWeek.week, *_of_weeks(reached))
        .join_from(HamletWeek, Area, Area.code == HamletWeek.hamlet_code)
        .where(within(HamletWeek.path), Area.valid_to.is_(None))
        .group_by(code, HamletWeek.week)
    )


# Joined with the areas, PostgreSQL reads all of them for the nineteen hamlets of a commune.
_WEEKS_OF_ONE = (
    select(
        literal_column("''"),
        HamletWeek.week,
        *_of_weeks(
            case((HamletWeek.hamlet_code.in_(bindparam("unlisted", expanding=True)), 0), else_=HamletWeek.first_reached)
        ),
    )
    .where(inside_one(HamletWeek.path), HamletWeek.hamlet_code.not_in(bindparam("ended", expanding=True)))
    .group_by(HamletWeek.week)
)


def _weeks_of_commune(session: Session, path: str) -> Sums:
    hamlets = _COUNTERS.beneath(session, path) or {}
    listed = {code: parts["level"]["households"] is not None for code, parts in hamlets.items() if "level" in parts}
    but = {
        "unlisted": [code for code, is_listed in listed.items() if not is_listed],
        "ended": [code for code in hamlets if code not in listed],
    }
    return _gather_weeks(session.execute(_WEEKS_OF_ONE, bounds(path) | but)).get("", {})


def _gather_weeks(rows: Iterable[Row[Any]]) -> dict[str, Sums]:
    found: dict[str, Sums] = {}
    for row in rows:
        code, week, *counts = tuple(row)
        found.setdefault(code, {})[week] = tuple(map(int, counts))
    return found


def _add_weeks(many: Sequence[Sums]) -> Sums:
    # Gathered first: added two by two, the communes of a province took twice as long.
    gathered: defaultdict[date, list[tuple[int, ...]]] = defaultdict(list)
    for weeks in many:
        for week, counts in weeks.items():
            gathered[week].append(counts)
    return {week: tuple(map(sum, zip(*counts, strict=True))) for week, counts in gathered.items()}


_COUNTERS = SumsOverHamlets(_read_counters, _gather_counters, _add_counters, of_hamlets=_counters_of_hamlets)
# What coverage is made of, and every counter and LISTED, both of the hamlets of today; and the counters of those that
# are no more.
LEVEL, TODAY, ENDED = Part(_COUNTERS, "level"), Part(_COUNTERS, "today"), Part(_COUNTERS, "ended")
# By Monday, of the hamlets of today: how many tell of the week, households of a list met for the first time, visits,
# timed visits and minutes.
BY_WEEK = SumsOverHamlets(_read_weeks, _gather_weeks, _add_weeks, of_one=_weeks_of_commune)


def counted_ever(session: Session, path: str) -> Sums:
    """Every counter of an area, also of its hamlets that are no more; nothing where none was ever kept."""
    parts = [part for part in (TODAY.total(session, path), ENDED.total(session, path)) if part]
    return add_counts(parts) if parts else {}
