"""Reads what a change of hamlets would move, in numbers, and which short codes both hamlets have."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, aliased

from community_teams.domain.codes import HouseholdStatus
from community_teams.domain.issues import CLOSED
from community_teams.models import HeldVisit, Household, Issue, Visit
from community_teams.queries.visits import NOT_CORRECTED
from foundation.accounts.models import RoleHolding
from foundation.areas.domain.kinds import Level
from foundation.areas.domain.scope import Scope
from foundation.areas.models import Area
from foundation.areas.queries import inside


@dataclass(frozen=True)
class Belongings:
    """What belongs to a hamlet. households: on its list; reached: those of them where somebody was met.

    visits: those that count. issues: still open. held: visits to be settled. people: who may go there today.
    """

    households: int
    reached: int
    visits: int
    issues: int
    held: int
    people: int


@dataclass(frozen=True)
class Lane:
    """The households of one lane of a hamlet, in the order of their codes. name: "" for those without a lane."""

    name: str
    households: tuple[Household, ...]


def ended_hamlets(session: Session, scope: Scope, commune: str) -> list[Area]:
    """Hamlets of a commune that have ended, the latest first."""
    return list(
        session.scalars(
            select(Area)
            .where(Area.parent_code == commune, Area.valid_to.is_not(None), inside(Area.path, scope))
            .order_by(Area.valid_to.desc(), Area.sort_key, Area.code)
        )
    )


def communes_with_hamlets(session: Session, scope: Scope, province: str) -> list[Area]:
    """The communes of a province (its path) that have a hamlet of today within `scope`, in Vietnamese order."""
    beneath = select(Area.parent_code).where(
        Area.level == Level.HAMLET,
        Area.valid_to.is_(None),
        inside(Area.path, scope),
        inside(Area.path, Scope((province,))),
    )
    return list(session.scalars(select(Area).where(Area.code.in_(beneath)).order_by(Area.sort_key, Area.code)))


def belongings(session: Session, scope: Scope, hamlet: Area, *, today: date) -> Belongings:
    """What belongs to a hamlet within `scope` today."""

    def count(counted: type, *conditions: ColumnElement[bool]) -> int:
        return session.scalar(select(func.count()).select_from(counted).where(*conditions)) or 0

    if not scope.covers(hamlet.path):
        return Belongings(0, 0, 0, 0, 0, 0)
    listed = (Household.hamlet_code == hamlet.code, Household.status == HouseholdStatus.ACTIVE)
    people = select(func.count(RoleHolding.person_id.distinct())).where(
        RoleHolding.area_path == hamlet.path,
        RoleHolding.valid_from <= today,
        func.coalesce(RoleHolding.valid_to, today) >= today,
    )
    return Belongings(
        households=count(Household, *listed),
        reached=count(Household, *listed, Household.first_reached_on.is_not(None)),
        visits=count(Visit, Visit.hamlet_code == hamlet.code, NOT_CORRECTED),
        issues=session.scalar(
            select(func.count())
            .select_from(Issue)
            .join(Visit, Visit.id == Issue.visit_id)
            .where(Issue.hamlet_code == hamlet.code, Issue.status.not_in(CLOSED), NOT_CORRECTED)
        )
        or 0,
        held=count(HeldVisit, HeldVisit.hamlet_code == hamlet.code, HeldVisit.settled_at.is_(None)),
        people=session.scalar(people) or 0,
    )


def lanes_of(session: Session, scope: Scope, hamlet_code: str) -> list[Lane]:
    """All households of a hamlet within `scope` that are not merged, by lane and code."""
    lanes: dict[str, list[Household]] = {}
    for household in session.scalars(
        select(Household)
        .join(Area, Area.code == Household.hamlet_code)
        .where(
            Household.hamlet_code == hamlet_code, Household.status != HouseholdStatus.MERGED, inside(Area.path, scope)
        )
        .order_by(Household.lane_key, Household.lane, Household.code_key, Household.id)
    ):
        lanes.setdefault(household.lane, []).append(household)
    return [Lane(name, tuple(households)) for name, households in lanes.items()]


def all_on_list(session: Session, hamlet_code: str, households: Collection[UUID]) -> bool:
    """Whether every one of these households is on the list of this hamlet."""
    listed = set(session.scalars(select(Household.id).where(Household.hamlet_code == hamlet_code)))
    return listed.issuperset(households)


def double_codes(session: Session, old: str, new: str, limit: int | None = None) -> list[str]:
    """Short codes that both hamlets have, in order; the first `limit` of them."""
    other = aliased(Household)
    return list(
        session.scalars(
            select(Household.short_code)
            .join(other, other.short_code == Household.short_code)
            .where(Household.hamlet_code == old, other.hamlet_code == new)
            .order_by(Household.code_key)
            .limit(limit)
        )
    )
