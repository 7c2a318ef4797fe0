"""Keeping the communes' counters: sums of their hamlets', written in the same transaction.

Rows of communes are locked after those of hamlets, in the order of their codes, and as late as possible: members of one
commune wait for each other from here to the end of the transaction.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Integer,
    Select,
    Table,
    bindparam,
    case,
    delete,
    func,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, aliased

from community_teams.domain.counting import WEEKS, Sum, week_of
from community_teams.models import CommuneTotal, CommuneWeek, HamletTotal
from community_teams.queries.rollups import (
    COMMUNES,
    COUNTED,
    FIRST_LISTED,
    LISTED,
    UNLISTED,
    WEEK_NAMES,
    sums_of_totals,
    sums_of_weeks,
)
from community_teams.services.closing import close_weeks_daily, refresh_provinces
from foundation.areas.domain.kinds import Level
from foundation.areas.models import Area
from foundation.bulk import upsert_from_json
from foundation.clock import day_in_vietnam

# So many communes are put together by one statement.
AT_ONCE = 500


@dataclass(frozen=True)
class _Parent:
    """The commune of a hamlet. listed: whether the hamlet has an official list of households. valid: still today."""

    commune: str
    path: str
    listed: bool
    valid: bool


def lock_communes(session: Session, hamlets: Iterable[str]) -> None:
    """Let nobody else write the counters of the communes of these hamlets until the transaction ends.

    hamlets: codes. SQLite has one writer anyway.
    """
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        connection.execute(_LOCK_AROUND, {"hamlets": sorted(set(hamlets))})


def lock_every_commune(session: Session, communes: Iterable[str]) -> None:
    """The same for these communes, by code, however many they are."""
    connection = session.connection()
    codes = sorted(set(communes))
    for start in range(0, len(codes) if connection.dialect.name == "postgresql" else 0, AT_ONCE):
        connection.execute(_LOCK_THESE, {"communes": codes[start : start + AT_ONCE]})


def add_to_communes(
    session: Session, changes: Mapping[str, Sum], *, now: datetime, last_visit_on: Mapping[str, date | None]
) -> None:
    """Add to the communes what was added to their hamlets; arguments as in counters.add_all. Call it last.

    Hamlets that are no longer valid add to the weeks alone.
    """
    lock_communes(session, changes)
    connection = session.connection()
    # Read once the lock is ours: whether a hamlet has a list may have changed while we waited.
    found = connection.execute(_PARENTS, {"hamlets": list(changes)})
    parents = {row.code: _Parent(row.commune, row.path, row.listed, row.valid) for row in found}
    totals: dict[str, dict[str, Any]] = {}
    weeks: defaultdict[tuple[str, date], dict[str, Any]] = defaultdict(_zero_week)
    known_in = week_of(day_in_vietnam(now))
    for hamlet, parent in parents.items():
        change = changes[hamlet]
        total = totals.setdefault(parent.commune, {"path": parent.path, "last_visit_on": None} | _ZERO_TOTAL)
        if parent.valid:
            _add_total(total, change.total, parent.listed)
            total["last_visit_on"] = max(
                filter(None, (total["last_visit_on"], last_visit_on.get(hamlet))), default=None
            )
        for week, names in change.weeks_changed():
            row = weeks[parent.commune, week]
            row["path"] = parent.path
            for name, count in names.items():
                row[name] += count
            if parent.listed:
                row[FIRST_LISTED] += names.get("first_reached", 0)
    at_once = connection.dialect.name == "postgresql"
    if totals:
        rows = [{"commune_code": code, "updated_at": now} | total for code, total in sorted(totals.items())]
        connection.execute(_ADD_TOTALS_AT_ONCE, {"rows": rows}) if at_once else connection.execute(_ADD_TOTALS, rows)
    if weeks:
        rows = [
            {"commune_code": commune, "week": week, "known_in": known_in} | weeks[commune, week]
            for commune, week in sorted(weeks)
        ]
        connection.execute(_ADD_WEEKS_AT_ONCE, {"rows": rows}) if at_once else connection.execute(_ADD_WEEKS, rows)
    close_weeks_daily(session, now=now)


def set_last_visit_around(session: Session, hamlet: str) -> None:
    """Look the last day of the hamlet's commune up again; the commune's lock is held."""
    session.connection().execute(_SET_LAST, {"_hamlet": hamlet})


def refresh_communes(session: Session, communes: Iterable[str], *, weeks: bool = False) -> None:
    """Add the totals of communes up anew from their hamlets, and their weeks too if asked.

    communes: codes; unknown ones are passed over. Needed where hamlets begin, end, or get another list, and after rows
    of hamlets were written by other means than counters.add_all. Locks the communes.
    """
    session.flush()
    refresh_rows(session.connection(), communes, weeks=weeks)


def refresh_rows(connection: Connection, communes: Iterable[str], *, weeks: bool = False) -> None:
    """The same on a connection, of what has been flushed."""
    codes = sorted(set(communes))
    chunks = [{"communes": codes[start : start + AT_ONCE]} for start in range(0, len(codes), AT_ONCE)]
    for some in chunks:
        # First the lock, then the sums: a statement sees what was there when it began, not what it waited for.
        connection.execute(_MAKE[connection.dialect.name], some)
        connection.execute(_REFRESH_TOTALS[connection.dialect.name], some)
    provinces: set[str] = set()
    for some in chunks if weeks else ():
        connection.execute(_CLEAR_WEEKS, some)
        connection.execute(_REFRESH_WEEKS, some)
        provinces |= set(connection.scalars(_PROVINCES, some))
    if provinces:
        refresh_provinces(connection, sorted(provinces))


def touch_communes(connection: Connection, province: str) -> None:
    """Say that the name or place of a commune of this province has changed, or of the province. province: its code."""
    if connection.dialect.name == "postgresql":
        connection.execute(_LOCK_PROVINCE, {"province": province})
    connection.execute(_TOUCH_PROVINCE, {"province": province})


def _add_total(total: dict[str, Any], change: Mapping[str, int], listed: bool) -> None:
    for name, count in change.items():
        total[name] += count
    if listed:
        total[LISTED] += change.get("reached", 0)
    else:
        total[UNLISTED] += change.get("households", 0)


_TOTAL, _WEEK = cast("Table", CommuneTotal.__table__), cast("Table", CommuneWeek.__table__)
_ZERO_TOTAL = dict.fromkeys(COUNTED, 0)
_INSERT: dict[str, Callable[[Any], Any]] = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}
_HAMLETS: BindParameter[Any] = bindparam("hamlets", expanding=True)


def _zero_week() -> dict[str, Any]:
    return dict.fromkeys((*WEEKS, FIRST_LISTED), 0)


def _locked(condition: ColumnElement[bool]) -> Select[str]:
    return select(_TOTAL.c.commune_code).where(condition).order_by(_TOTAL.c.commune_code).with_for_update()


_LOCK_AROUND = _locked(_TOTAL.c.commune_code.in_(select(Area.parent_code).where(Area.code.in_(_HAMLETS))))
_LOCK_THESE = _locked(_TOTAL.c.commune_code.in_(COMMUNES))
_LOCK_PROVINCE = _locked(_TOTAL.c.commune_code.in_(select(Area.code).where(Area.parent_code == bindparam("province"))))
_TOUCH_PROVINCE = (
    update(_TOTAL)
    .where(_TOTAL.c.commune_code.in_(select(Area.code).where(Area.parent_code == bindparam("province"))))
    .values(change=_TOTAL.c.change + 1)
)
_commune = aliased(Area)
_PARENTS = (
    select(
        Area.code,
        _commune.code.label("commune"),
        _commune.path,
        Area.official_households.is_not(None).label("listed"),
        Area.valid_to.is_(None).label("valid"),
    )
    .join_from(Area, _commune, _commune.code == Area.parent_code)
    .where(Area.code.in_(_HAMLETS))
    .order_by(Area.code)
)


def _adding_totals() -> Any:
    """Adds to the totals of communes on SQLite, making rows that are missing."""
    names = (*COUNTED, "commune_code", "path", "updated_at", "last_visit_on")
    new = sqlite.insert(_TOTAL).values(
        {name: bindparam(name, type_=_TOTAL.c[name].type) for name in names}
        | {"hamlets": literal_column("0"), "listed": literal_column("0")}
    )
    later = or_(_TOTAL.c.last_visit_on.is_(None), _TOTAL.c.last_visit_on < new.excluded.last_visit_on)
    return new.on_conflict_do_update(
        index_elements=[_TOTAL.c.commune_code],
        set_={name: _TOTAL.c[name] + new.excluded[name] for name in COUNTED}
        | {
            "updated_at": new.excluded.updated_at,
            "change": _TOTAL.c.change + 1,
            "last_visit_on": case(
                (later, func.coalesce(new.excluded.last_visit_on, _TOTAL.c.last_visit_on)),
                else_=_TOTAL.c.last_visit_on,
            ),
        },
    )


def _adding_weeks() -> Any:
    keys = _WEEK.primary_key.columns.keys()
    new = sqlite.insert(_WEEK).values({name: bindparam(name) for name in (*keys, *WEEK_NAMES)})
    return new.on_conflict_do_update(
        index_elements=list(keys),
        set_={name: _WEEK.c[name] + new.excluded[name] for name in (*WEEKS, FIRST_LISTED)},
    )


_ADD_TOTALS, _ADD_WEEKS = _adding_totals(), _adding_weeks()
# The same on PostgreSQL.
_ADD_TOTALS_AT_ONCE = upsert_from_json(
    _TOTAL,
    {name: f"new.{name}" for name in ("commune_code", "path", *COUNTED, "updated_at", "last_visit_on")}
    | {"hamlets": "0", "listed": "0"},
    {name: f"commune_total.{name} + excluded.{name}" for name in COUNTED}
    | {
        "updated_at": "excluded.updated_at",
        "change": "commune_total.change + 1",
        # greatest() passes over NULL.
        "last_visit_on": "greatest(commune_total.last_visit_on, excluded.last_visit_on)",
    },
    conflict=["commune_code"],
)
_ADD_WEEKS_AT_ONCE = upsert_from_json(
    _WEEK,
    {name: f"new.{name}" for name in (*_WEEK.primary_key.columns.keys(), *WEEK_NAMES)},
    {name: f"commune_week.{name} + excluded.{name}" for name in (*WEEKS, FIRST_LISTED)},
    conflict=_WEEK.primary_key.columns.keys(),
)
_around = select(Area.parent_code).where(Area.code == bindparam("_hamlet")).scalar_subquery()
_SET_LAST = (
    update(_TOTAL)
    .where(_TOTAL.c.commune_code == _around)
    .values(
        last_visit_on=select(func.max(HamletTotal.last_visit_on))
        .join(Area, Area.code == HamletTotal.hamlet_code)
        .where(Area.parent_code == _TOTAL.c.commune_code, Area.valid_to.is_(None))
        .correlate(_TOTAL)
        .scalar_subquery()
    )
)


def _making(insert: Callable[[Any], Any]) -> Any:
    """Makes the rows that are missing, and locks and numbers those that are there."""
    zeros = [literal_column("0", Integer) for _ in COUNTED]
    rows = (
        select(Area.code, Area.path, *zeros)
        .where(Area.level == Level.COMMUNE, Area.code.in_(COMMUNES))
        .order_by(Area.code)
    )
    new = insert(_TOTAL).from_select(["commune_code", "path", *COUNTED], rows)
    return new.on_conflict_do_update(index_elements=[_TOTAL.c.commune_code], set_={"change": _TOTAL.c.change + 1})


def _refreshing(insert: Callable[[Any], Any]) -> Any:
    sums = sums_of_totals()
    names = ["commune_code", *(column.name for column in sums.selected_columns if column.name != "code")]
    new = insert(_TOTAL).from_select(names, sums)
    return new.on_conflict_do_update(
        index_elements=[_TOTAL.c.commune_code], set_={name: new.excluded[name] for name in names[1:]}
    )


_MAKE = {name: _making(insert) for name, insert in _INSERT.items()}
_REFRESH_TOTALS = {name: _refreshing(insert) for name, insert in _INSERT.items()}
_PROVINCES = select(Area.parent_code).where(Area.code.in_(COMMUNES), Area.parent_code.is_not(None)).distinct()
_CLEAR_WEEKS = delete(_WEEK).where(_WEEK.c.commune_code.in_(COMMUNES))
_REFRESH_WEEKS = _WEEK.insert().from_select(["commune_code", "week", "known_in", *WEEK_NAMES], sums_of_weeks())
