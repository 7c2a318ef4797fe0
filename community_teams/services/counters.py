"""Keeping a hamlet's counters: one lock a hamlet, and sums that the database itself does."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import case, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from community_teams.domain.counting import DAYS, MEMBERS, TOTALS, WEEKS, Sum
from community_teams.models import HamletDay, HamletTotal, HamletWeek, MemberDay, Visit
from community_teams.queries.visits import NOT_CORRECTED


def lock_hamlets(session: Session, paths: Mapping[str, str], *, now: datetime) -> dict[str, int]:
    """Let nobody else write visits, households or counters of these hamlets until the transaction ends.

    paths: {hamlet code: its area path}. Returns {hamlet code: number of this change}: every household written under
    the lock carries it. Numbers of a hamlet grow and become visible in their order, so that a phone which has seen
    one has seen all before it (docs/decisions/a-number-a-hamlet.md).

    Makes missing counter rows. Hamlets are locked in the order of their codes, so that two writers of several hamlets
    never wait for each other; call it once in a transaction, before reading what the writing rests on. SQLite has one
    writer anyway, and needs a transaction begun for writing.
    """
    codes = sorted(paths)
    if not codes:
        return {}
    rows = [{"hamlet_code": code, "path": paths[code], "updated_at": now} | dict.fromkeys(TOTALS, 0) for code in codes]
    session.execute(_insert(session)(HamletTotal).values(rows).on_conflict_do_nothing())
    last = session.execute(
        select(HamletTotal.hamlet_code, HamletTotal.change)
        .where(HamletTotal.hamlet_code.in_(codes))
        .order_by(HamletTotal.hamlet_code)
        .with_for_update()
    ).all()
    at_least = change_at(now)
    session.execute(
        update(HamletTotal)
        .where(HamletTotal.hamlet_code.in_(codes))
        .values(change=case((HamletTotal.change >= at_least, HamletTotal.change + 1), else_=at_least))
        .execution_options(synchronize_session=False)
    )
    return {code: max(change + 1, at_least) for code, change in last}


def change_at(now: datetime) -> int:
    """The least number of a change made now: seconds since 1970.

    A database brought back from a copy thus goes on above every number it handed out before it broke.
    """
    return int(now.timestamp())


def add(session: Session, hamlet_code: str, change: Sum, *, now: datetime, last_visit_on: date | None) -> None:
    """Add a sum to the counters of a hamlet whose lock is held. last_visit_on: moves forward only; None keeps it."""
    values = {name: getattr(HamletTotal, name) + n for name, n in change.total.items() if n}
    if last_visit_on is not None:
        earlier = or_(HamletTotal.last_visit_on.is_(None), HamletTotal.last_visit_on < last_visit_on)
        values["last_visit_on"] = case((earlier, last_visit_on), else_=HamletTotal.last_visit_on)
    session.execute(
        update(HamletTotal)
        .where(HamletTotal.hamlet_code == hamlet_code)
        .values(**values, updated_at=now)
        .execution_options(synchronize_session=False)
    )
    _add_rows(
        session, HamletDay, DAYS, [({"hamlet_code": hamlet_code, "day": day}, n) for day, n in change.days_changed()]
    )
    path = select(HamletTotal.path).where(HamletTotal.hamlet_code == hamlet_code).scalar_subquery()
    weeks = change.weeks_changed()
    _add_rows(
        session, HamletWeek, WEEKS, [({"hamlet_code": hamlet_code, "week": week, "path": path}, n) for week, n in weeks]
    )
    did = change.members_changed()
    _add_rows(
        session,
        MemberDay,
        MEMBERS,
        [({"hamlet_code": hamlet_code, "member_id": member, "day": day}, n) for (member, day), n in did],
    )


def set_last_visit(session: Session, hamlet_code: str) -> None:
    """Look the last day up again: the visit it came from may have been corrected."""
    last = select(func.max(Visit.visited_on)).where(Visit.hamlet_code == hamlet_code, NOT_CORRECTED).scalar_subquery()
    session.execute(
        update(HamletTotal)
        .where(HamletTotal.hamlet_code == hamlet_code)
        .values(last_visit_on=last)
        .execution_options(synchronize_session=False)
    )


def _add_rows(
    session: Session,
    table: type[HamletDay | HamletWeek | MemberDay],
    names: Sequence[str],
    rows: Sequence[tuple[Mapping[str, Any], Mapping[str, int]]],
) -> None:
    """Add counts to counter rows, making those that are missing. rows: (key, what to add by name)."""
    for key, counts in rows:
        new = _insert(session)(table).values(**key, **(dict.fromkeys(names, 0) | dict(counts)))
        session.execute(
            new.on_conflict_do_update(
                index_elements=[column.name for column in table.__table__.primary_key],
                set_={name: getattr(table, name) + new.excluded[name] for name in counts},
            )
        )


def _insert(session: Session) -> Callable[[Any], Any]:
    # "Insert or add up" is the same words on both databases, in two packages.
    return postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
