"""Reads the inputs of a plan: the progress of each area, and how many people already go there."""

from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from community_teams.domain.counting import OUTCOMES
from community_teams.models import HamletTotal, MemberDay
from community_teams.planning.domain import USUAL_VISITS_A_DAY, AreaProgress
from community_teams.queries.places import Place, child_code, of_today, within_reach
from foundation.accounts.domain.roles import Role
from foundation.accounts.models import Person, RoleHolding
from foundation.areas.domain.scope import Scope
from foundation.areas.models import Area
from foundation.areas.queries import inside

# The days over which the pace of the teams is measured.
LOOK_BACK = timedelta(days=28)
MOST_DAYS = 5_000


@dataclass(frozen=True)
class Pace:
    """Visits of one member on one outing day: the median over `days` member days, or the default where days is 0."""

    visits_a_day: int
    days: int


def progress_by_area(session: Session, scope: Scope, place: Place, *, today: date) -> dict[str, AreaProgress]:
    """The progress of the areas right beneath a place, by code; of a hamlet, itself."""
    code = child_code(place.level)
    first, *others = (func.coalesce(getattr(HamletTotal, name), 0) for name in OUTCOMES)
    visits: ColumnElement[int] = sum(others, start=first)
    households = func.coalesce(HamletTotal.households, 0)
    listed = func.coalesce(Area.official_households, 0)
    rows = session.execute(
        select(
            code,
            func.sum(listed),
            func.sum(households),
            func.coalesce(func.sum(HamletTotal.reached), 0),
            func.coalesce(func.sum(HamletTotal.knocked), 0),
            func.coalesce(func.sum(visits), 0),
        )
        .outerjoin_from(Area, HamletTotal, HamletTotal.hamlet_code == Area.code)
        .where(*of_today(within_reach(scope, place)))
        .group_by(code)
    )
    members = _members(session, scope, place, today)
    return {
        str(area): AreaProgress(
            max(int(official), int(own)), int(reached), int(knocked), int(made), members.get(str(area), 0)
        )
        for area, official, own, reached, knocked, made in rows
    }


def pace_of(session: Session, scope: Scope, place: Place, *, today: date) -> Pace:
    """How many visits one member of these teams makes on an outing day, measured over LOOK_BACK."""
    days = session.scalars(
        select(func.sum(MemberDay.visits))
        .join(Area, Area.code == MemberDay.hamlet_code)
        .where(*of_today(within_reach(scope, place)), MemberDay.day >= today - LOOK_BACK, MemberDay.visits > 0)
        .group_by(MemberDay.member_id, MemberDay.day)
        .limit(MOST_DAYS)
    ).all()
    return Pace(max(1, round(median(map(int, days)))), len(days)) if days else Pace(USUAL_VISITS_A_DAY, 0)


def _members(session: Session, scope: Scope, place: Place, today: date) -> dict[str, int]:
    """How many active people may record visits, by area right beneath a place.

    People of a whole commune count for the commune, not for its hamlets.
    """
    depth = place.path.count("/")
    rows = session.execute(
        select(RoleHolding.area_path, RoleHolding.person_id)
        .join(Person, Person.id == RoleHolding.person_id)
        .where(
            RoleHolding.role.in_([Role.VISITOR, Role.TEAM_LEADER]),
            inside(RoleHolding.area_path, scope),
            inside(RoleHolding.area_path, Scope((place.path,))),
            RoleHolding.valid_from <= today,
            (RoleHolding.valid_to.is_(None)) | (RoleHolding.valid_to >= today),
            Person.is_active,
        )
    )
    found: dict[str, set[int]] = {}
    for path, person in rows:
        codes = path.rstrip("/").split("/")
        place_in = min(depth, len(codes) - 1)
        found.setdefault(codes[place_in], set()).add(person)
    return {code: len(people) for code, people in found.items()}
