"""What coverage and its layers are made of, as it stands now: kept as kept_sums.py says, all counters read together."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, case, func, select
from sqlalchemy.orm import Session

from community_teams.domain.counting import TOTALS
from community_teams.models import HamletTotal
from community_teams.queries.kept_sums import Part, Sums, SumsOverHamlets
from community_teams.queries.places import Asked, Code, Within
from foundation.areas.domain.kinds import Level
from foundation.areas.models import Area
from foundation.areas.queries import bounds, inside_one

# Of hamlets with an official list only.
LISTED = "reached_listed"


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


COUNTERS = SumsOverHamlets(_read_counters, _gather_counters, _add_counters, of_hamlets=_counters_of_hamlets)
# What coverage is made of, and every counter and LISTED, both of the hamlets of today; and the counters of those that
# are no more.
LEVEL, TODAY, ENDED = Part(COUNTERS, "level"), Part(COUNTERS, "today"), Part(COUNTERS, "ended")


def counted_ever(session: Session, path: str) -> Sums:
    """Every counter of an area, also of its hamlets that are no more; nothing where none was ever kept."""
    parts = [part for part in (TODAY.total(session, path), ENDED.total(session, path)) if part]
    return add_counts(parts) if parts else {}
