"""Keeping a hamlet's counters, and its commune's: one lock a hamlet, and sums that the database itself does."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import Connection, Date, Table, TextClause, bindparam, case, func, literal_column, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from community_teams.domain.counting import DAYS, MEMBERS, TOTALS, WEEKS, Sum, week_of
from community_teams.models import HamletDay, HamletTotal, HamletWeek, MemberDay, Visit
from community_teams.queries.visits import NOT_CORRECTED
from community_teams.services import rollups
from foundation.bulk import update_from_json, upsert_from_json
from foundation.clock import day_in_vietnam
from foundation.database import Base

_TOTAL = cast("Table", HamletTotal.__table__)
Row = dict[str, Any]


def lock_hamlets(session: Session, paths: Mapping[str, str], *, now: datetime) -> dict[str, int]:
    """Let nobody else write visits, households or counters of these hamlets until the transaction ends.

    paths: {hamlet code: its area path}. Returns {hamlet code: number of this change}: every household written under
    the lock carries it. Numbers of a hamlet grow and become visible in their order, so that a phone which has seen
    one has seen all before it (docs/decisions/a-number-a-hamlet.md).

    Makes missing counter rows. Hamlets are locked in the order of their codes, so that two writers of several hamlets
    never wait for each other; call it once in a transaction, before reading what the writing rests on. SQLite has one
    writer anyway, and needs a transaction begun for writing.
    """
    session.flush()
    connection = session.connection()
    # One question makes, locks and numbers a hamlet; a batch seldom has more than one.
    lock = _LOCK[connection.dialect.name]
    new = {"updated_at": now, "change": change_at(now)}
    return {
        code: connection.scalars(lock, new | {"hamlet_code": code, "path": paths[code]}).one() for code in sorted(paths)
    }


def change_at(now: datetime) -> int:
    """The least number of a change made now: seconds since 1970.

    A database brought back from a copy thus goes on above every number it handed out before it broke.
    """
    return int(now.timestamp())


def add(session: Session, hamlet_code: str, change: Sum, *, now: datetime, last_visit_on: date | None) -> None:
    """Add a sum to the counters of a hamlet whose lock is held. last_visit_on: moves forward only; None keeps it."""
    add_all(session, {hamlet_code: change}, now=now, last_visit_on={hamlet_code: last_visit_on})


def add_all(
    session: Session, changes: Mapping[str, Sum], *, now: datetime, last_visit_on: Mapping[str, date | None]
) -> None:
    """Add sums to the counters of several hamlets, by their codes, and to those of their communes.

    The locks of all hamlets are held; those of the communes are taken here. Bounds as in add. Weeks count as known in
    the week of `now`.
    """
    connection = session.connection()
    in_order = sorted(changes.items())
    _write(connection, HamletTotal, [_total_row(code, change, now, last_visit_on) for code, change in in_order])
    _write(connection, HamletDay, [row for code, change in in_order for row in _day_rows(code, change)])
    _write(connection, HamletWeek, [row for code, change in in_order for row in _week_rows(code, change, now)])
    _write(connection, MemberDay, [row for code, change in in_order for row in _member_rows(code, change)])
    # Last of all, for a commune's row is locked from here on.
    rollups.add_to_communes(session, changes, now=now, last_visit_on=last_visit_on)


def revise_weeks(session: Session, hamlet_code: str, change: Sum, *, now: datetime) -> None:
    """Add the weeks of a sum alone, as known in the week of `now`: to set right what is written."""
    _write(session.connection(), HamletWeek, _week_rows(hamlet_code, change, now))


def take_from_days(session: Session, hamlet_code: str, change: Sum) -> None:
    """Take a sum away from the days of a hamlet and of its members; weeks and totals keep it. The lock is held."""
    for model, names, rows in (
        (HamletDay, DAYS, _day_rows(hamlet_code, change)),
        (MemberDay, MEMBERS, _member_rows(hamlet_code, change)),
    ):
        _write(session.connection(), model, [row | {name: -row[name] for name in names} for row in rows])


def set_last_visit(session: Session, hamlet_code: str) -> None:
    """Look the last day up again: the visit it came from may have been corrected. The commune's lock is held, too."""
    last = select(func.max(Visit.visited_on)).where(Visit.hamlet_code == hamlet_code, NOT_CORRECTED).scalar_subquery()
    session.execute(
        update(HamletTotal)
        .where(HamletTotal.hamlet_code == hamlet_code)
        .values(last_visit_on=last)
        .execution_options(synchronize_session=False)
    )
    rollups.set_last_visit_around(session, hamlet_code)


def _write(connection: Connection, model: type[Base], rows: list[Row]) -> None:
    """Add these rows to the counters of a table. Every count is given in every row."""
    if not rows:
        return
    if connection.dialect.name == "postgresql":
        connection.execute(_ADD_AT_ONCE[model], {"rows": rows})
    elif model is HamletTotal:
        # SQLAlchemy keeps the columns' own names for itself in an UPDATE.
        connection.execute(_ADD_TOTALS, [{f"_{name}": value for name, value in row.items()} for row in rows])
    else:
        connection.execute(_ADD_UP[model], rows)


def _total_row(code: str, change: Sum, now: datetime, last_visit_on: Mapping[str, date | None]) -> Row:
    counts = {name: change.total[name] for name in TOTALS}
    return {"hamlet_code": code, "updated_at": now, "last_visit_on": last_visit_on.get(code)} | counts


def _day_rows(code: str, change: Sum) -> list[Row]:
    return [_ZERO_DAY | names | {"hamlet_code": code, "day": day} for day, names in change.days_changed()]


def _week_rows(code: str, change: Sum, now: datetime) -> list[Row]:
    key: Row = {"hamlet_code": code, "known_in": week_of(day_in_vietnam(now))}
    return [_ZERO_WEEK | names | key | {"week": week} for week, names in change.weeks_changed()]


def _member_rows(code: str, change: Sum) -> list[Row]:
    return [
        _ZERO_MEMBER | names | {"hamlet_code": code, "member_id": member, "day": day}
        for (member, day), names in change.members_changed()
    ]


def _locking(insert: Callable[[Any], Any]) -> Any:
    """Takes the lock of a hamlet and gives its next number; a hamlet without counters gets its row."""
    new = insert(_TOTAL).values(
        {name: bindparam(name) for name in ("hamlet_code", "path", "updated_at", "change")}
        | dict.fromkeys(TOTALS, literal_column("0"))
    )
    return new.on_conflict_do_update(
        index_elements=[_TOTAL.c.hamlet_code],
        set_={
            "change": case((_TOTAL.c.change < new.excluded.change, new.excluded.change), else_=_TOTAL.c.change + 1),
        },
    ).returning(_TOTAL.c.change)


def _adding_up(model: type[Base], names: Sequence[str]) -> Any:
    """Adds counts to counter rows on SQLite, making those that are missing."""
    table = cast("Table", model.__table__)
    new = sqlite.insert(table).values({name: bindparam(name) for name in (*table.primary_key.columns.keys(), *names)})
    if "path" in table.c:
        new = new.values(
            path=select(HamletTotal.path).where(HamletTotal.hamlet_code == bindparam("hamlet_code")).scalar_subquery()
        )
    return new.on_conflict_do_update(
        index_elements=list(table.primary_key.columns.keys()),
        set_={name: table.c[name] + new.excluded[name] for name in names},
    )


def _adding_at_once(model: type[Base], names: Sequence[str]) -> TextClause:
    """The same on PostgreSQL."""
    table = cast("Table", model.__table__)
    keys = table.primary_key.columns.keys()
    columns = {name: f"new.{name}" for name in (*keys, *names)}
    if "path" in table.c:
        columns["path"] = "(SELECT path FROM hamlet_total WHERE hamlet_total.hamlet_code = new.hamlet_code)"
    update_ = {name: f"{table.name}.{name} + excluded.{name}" for name in names}
    return upsert_from_json(table, columns, update_, conflict=list(keys))


# Made once, for all names at once: to put a statement together takes longer than to add forty zeros.
_ZERO_DAY: Row = dict.fromkeys(DAYS, 0)
_ZERO_WEEK: Row = dict.fromkeys(WEEKS, 0)
_ZERO_MEMBER: Row = dict.fromkeys(MEMBERS, 0)
_LOCK = {"postgresql": _locking(postgresql.insert), "sqlite": _locking(sqlite.insert)}
_LAST = bindparam("_last_visit_on", type_=Date)
_ADD_TOTALS = (
    update(_TOTAL)
    .where(_TOTAL.c.hamlet_code == bindparam("_hamlet_code"))
    .values({name: _TOTAL.c[name] + bindparam(f"_{name}") for name in TOTALS})
    .values(
        updated_at=bindparam("_updated_at"),
        last_visit_on=case(
            (
                or_(_TOTAL.c.last_visit_on.is_(None), _TOTAL.c.last_visit_on < _LAST),
                func.coalesce(_LAST, _TOTAL.c.last_visit_on),
            ),
            else_=_TOTAL.c.last_visit_on,
        ),
    )
)
_ADD_UP: dict[type[Base], Any] = {
    model: _adding_up(model, names) for model, names in ((HamletDay, DAYS), (HamletWeek, WEEKS), (MemberDay, MEMBERS))
}
_ADD_AT_ONCE: dict[type[Base], TextClause] = {
    HamletTotal: update_from_json(
        _TOTAL,
        {name: f"hamlet_total.{name} + new.{name}" for name in TOTALS}
        # greatest() passes over NULL.
        | {"updated_at": "new.updated_at", "last_visit_on": "greatest(hamlet_total.last_visit_on, new.last_visit_on)"},
        key="hamlet_code",
    ),
    HamletDay: _adding_at_once(HamletDay, DAYS),
    HamletWeek: _adding_at_once(HamletWeek, WEEKS),
    MemberDay: _adding_at_once(MemberDay, MEMBERS),
}
