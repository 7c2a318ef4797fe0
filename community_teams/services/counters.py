"""Keeping a hamlet's counters: one lock a hamlet, and sums that the database itself does."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import Date, Table, bindparam, case, func, literal_column, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from community_teams.domain.counting import DAYS, MEMBERS, TOTALS, WEEKS, Sum
from community_teams.models import HamletDay, HamletTotal, HamletWeek, MemberDay, Visit
from community_teams.queries.visits import NOT_CORRECTED
from foundation.areas.services.versions import renew_counts_around

_TOTAL = cast("Table", HamletTotal.__table__)


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
    """Add sums to the counters of several hamlets, by their codes; the locks of all are held. Bounds as in add."""
    totals, days, weeks, members = [], [], [], []
    for code, change in sorted(changes.items()):
        totals.append(
            {"_hamlet": code, "_now": now, "_last": last_visit_on.get(code)}
            | {f"_{name}": change.total[name] for name in TOTALS}
        )
        days += [_ZERO_DAY | names | {"hamlet_code": code, "day": day} for day, names in change.days_changed()]
        weeks += [_ZERO_WEEK | names | {"hamlet_code": code, "week": week} for week, names in change.weeks_changed()]
        members += [
            _ZERO_MEMBER | names | {"hamlet_code": code, "member_id": member, "day": day}
            for (member, day), names in change.members_changed()
        ]
    connection = session.connection()
    add_up = _ADD_UP[connection.dialect.name]
    for statement, rows in (
        (_ADD_TOTALS, totals),
        (add_up[HamletDay], days),
        (add_up[HamletWeek], weeks),
        (add_up[MemberDay], members),
    ):
        if rows:
            connection.execute(statement, rows)
    # Last of all, for a commune's row is locked from here on.
    renew_counts_around(session, changes)


def set_last_visit(session: Session, hamlet_code: str) -> None:
    """Look the last day up again: the visit it came from may have been corrected."""
    last = select(func.max(Visit.visited_on)).where(Visit.hamlet_code == hamlet_code, NOT_CORRECTED).scalar_subquery()
    session.execute(
        update(HamletTotal)
        .where(HamletTotal.hamlet_code == hamlet_code)
        .values(last_visit_on=last)
        .execution_options(synchronize_session=False)
    )


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


def _adding_up(table: Table, names: Sequence[str], insert: Callable[[Any], Any]) -> Any:
    """Adds counts to counter rows, making those that are missing. Every name is given for every row."""
    new = insert(table).values({name: bindparam(name) for name in (*table.primary_key.columns.keys(), *names)})
    if "path" in table.c:
        new = new.values(
            path=select(HamletTotal.path).where(HamletTotal.hamlet_code == bindparam("hamlet_code")).scalar_subquery()
        )
    return new.on_conflict_do_update(
        index_elements=list(table.primary_key.columns.keys()),
        set_={name: table.c[name] + new.excluded[name] for name in names},
    )


# Made once, for all names at once: to put a statement together takes longer than to add forty zeros.
_ZERO_DAY, _ZERO_WEEK, _ZERO_MEMBER = (dict.fromkeys(names, 0) for names in (DAYS, WEEKS, MEMBERS))
_LOCK = {"postgresql": _locking(postgresql.insert), "sqlite": _locking(sqlite.insert)}
_LAST = bindparam("_last", type_=Date)
_ADD_TOTALS = (
    update(_TOTAL)
    .where(_TOTAL.c.hamlet_code == bindparam("_hamlet"))
    .values({name: _TOTAL.c[name] + bindparam(f"_{name}") for name in TOTALS})
    .values(
        updated_at=bindparam("_now"),
        last_visit_on=case(
            (
                or_(_TOTAL.c.last_visit_on.is_(None), _TOTAL.c.last_visit_on < _LAST),
                func.coalesce(_LAST, _TOTAL.c.last_visit_on),
            ),
            else_=_TOTAL.c.last_visit_on,
        ),
    )
)
_ADD_UP = {
    name: {
        HamletDay: _adding_up(cast("Table", HamletDay.__table__), DAYS, insert),
        HamletWeek: _adding_up(cast("Table", HamletWeek.__table__), WEEKS, insert),
        MemberDay: _adding_up(cast("Table", MemberDay.__table__), MEMBERS, insert),
    }
    for name, insert in (("postgresql", postgresql.insert), ("sqlite", sqlite.insert))
}
