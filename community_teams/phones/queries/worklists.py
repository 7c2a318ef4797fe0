"""Reads the changes in the lists of hamlets since a cursor: households, and those that are gone."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, SQLColumnExpression, and_, null, or_, select
from sqlalchemy.orm import Session

from community_teams.domain.codes import HouseholdStatus, Outcome
from community_teams.models import HamletTotal, Household, HouseholdGone
from community_teams.phones.domain.worklist_cursor import Position
from foundation.areas.domain.kinds import AreaKind, Level
from foundation.areas.domain.scope import Scope
from foundation.areas.models import Area
from foundation.areas.queries import inside


@dataclass(frozen=True)
class ListedHamlet:
    """change: number of the last change of its list; 0 where it never had a household."""

    code: str
    name: str
    kind: AreaKind
    path: str
    change: int


@dataclass(frozen=True)
class ListedHousehold:
    """One line of a work list. change and code_key: what it is ordered by; not for the phone."""

    id: UUID
    short_code: str
    hamlet: str
    lane: str
    label: str | None
    status: HouseholdStatus
    last_outcome: Outcome | None
    last_visited_on: date | None
    next_visit_on: date | None
    version: int
    change: int
    lane_key: str
    code_key: str


def listed_hamlets(session: Session, scope: Scope) -> list[ListedHamlet]:
    """The hamlets within `scope`, in Vietnamese order, with the number of the last change of each list.

    Reading after this call up to `change` misses nothing: a hamlet's numbers are given out under its lock, so they
    become visible in order.
    """
    rows = session.execute(
        select(Area.code, Area.name, Area.kind, Area.path, HamletTotal.change)
        .outerjoin(HamletTotal, HamletTotal.hamlet_code == Area.code)
        .where(Area.level == Level.HAMLET, Area.valid_to.is_(None), inside(Area.path, scope))
        .order_by(Area.sort_key, Area.code)
    )
    return [ListedHamlet(code, name, kind, path, change or 0) for code, name, kind, path, change in rows]


def changes_of(session: Session, hamlets: Collection[str]) -> dict[str, int]:
    """The last change of these hamlets' lists; those without a list are left out. For hamlets a phone once had."""
    return dict(
        session.execute(
            select(HamletTotal.hamlet_code, HamletTotal.change).where(HamletTotal.hamlet_code.in_(hamlets))
        ).all()
    )


def households_after(
    session: Session, scope: Scope, hamlet: str, position: Position, until: int, most: int
) -> list[ListedHousehold]:
    """Households of the hamlet whose last change is after `position`, up to the change `until`, at most `most`.

    In the order of their changes, then of their ids, merged ones too; labels only where the position says `own`.
    Nothing for a hamlet outside `scope`.
    """
    rows = session.execute(
        select(
            Household.id,
            Household.short_code,
            Household.hamlet_code,
            Household.lane,
            Household.label if position.own else null(),
            Household.status,
            Household.last_outcome,
            Household.last_visited_on,
            Household.next_visit_on,
            Household.version,
            Household.change,
            Household.lane_key,
            Household.code_key,
        )
        .join(Area, Area.code == Household.hamlet_code)
        .where(
            Household.hamlet_code == hamlet,
            inside(Area.path, scope),
            _behind(position),
            Household.change <= until,
        )
        .order_by(Household.change, Household.id)
        .limit(most)
    )
    return [ListedHousehold(*row) for row in rows]  # type: ignore[call-arg]


def gone_after(session: Session, scope: Scope, hamlet: str, change: int, until: int) -> list[UUID]:
    """Households that left the hamlet's list after `change`, up to `until`, and now are nowhere in `scope`."""
    return list(
        session.scalars(
            select(HouseholdGone.household_id)
            .where(
                HouseholdGone.hamlet_code == hamlet,
                HouseholdGone.change > change,
                HouseholdGone.change <= until,
                ~_now_within(HouseholdGone.household_id, scope),
            )
            .order_by(HouseholdGone.household_id)
        )
    )


def once_in(session: Session, scope: Scope, hamlet: str) -> list[UUID]:
    """Every household that is or was on the hamlet's list and now is nowhere in `scope`: for a phone that held the list
    and no longer may."""
    ids = (
        select(Household.id.label("id"))
        .where(Household.hamlet_code == hamlet)
        .union(select(HouseholdGone.household_id).where(HouseholdGone.hamlet_code == hamlet))
        .subquery()
    )
    return list(session.scalars(select(ids.c.id).where(~_now_within(ids.c.id, scope)).order_by(ids.c.id)))


def _behind(position: Position) -> ColumnElement[bool]:
    later = Household.change > position.change
    if position.after is None:
        return later
    return or_(later, and_(Household.change == position.change, Household.id > position.after))


def _now_within(household_id: SQLColumnExpression[UUID], scope: Scope) -> ColumnElement[bool]:
    return (
        select(Household.id)
        .join(Area, Area.code == Household.hamlet_code)
        .where(Household.id == household_id, Area.valid_to.is_(None), inside(Area.path, scope))
        .exists()
    )
