"""What those who answer for an area see of it beside the map: its weeks, what is left and why, and who did how much."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, bindparam, case, func, select
from sqlalchemy.orm import Session

from community_teams.domain.counting import OUTCOMES, week_of
from community_teams.domain.household_counts import LEFT
from community_teams.models import HamletTotal, HamletWeek, MemberDay
from community_teams.queries.keeping import kept
from community_teams.queries.kept_sums import BY_WEEK, EVER
from community_teams.queries.places import Asked, Code, Place, Question, Within, of_today, weeks_of_today
from foundation.areas.domain.kinds import Level
from foundation.areas.domain.scope import Scope
from foundation.areas.models import Area
from foundation.areas.queries import inside

# How far back the work of the teams is told.
WORK_WEEKS = 4
_NAMES = (
    *(f"left_{outcome.value}" for outcome in LEFT),
    *("households", "knocked", "reached", "recovered", "aged_60plus", "helped_60plus", "households_aged_known"),
    *("phone_asked", "no_smartphone", "issues_opened", "issues_closed"),
)


@dataclass(frozen=True)
class Week:
    """reached: households of hamlets with an official list met for the first time until the end of that week."""

    monday: date
    reached: int


@dataclass(frozen=True)
class Work:
    """What was done in one area during the last WORK_WEEKS whole or begun weeks.

    minutes: of the `timed` visits, those whose end was told. members: who made a visit; None above the commune, where
    only sums are told.
    """

    visits: int
    timed: int
    minutes: int
    members: int | None


@dataclass(frozen=True)
class Rest:
    """What is left in an area. Counts are households, but for the elders.

    left: outcome code -> households knocked at and not met, by how the last knock ended. untouched: written down and
    never knocked at. recovered: met after having been missed. elders: people of 60 and over in households that told
    how many (elders_told), and how many of them were guided. no_smartphone of phone_asked. problems: issues still open.
    """

    left: Mapping[str, int]
    untouched: int
    recovered: int
    elders: int
    elders_guided: int
    elders_told: int
    reached: int
    phone_asked: int
    no_smartphone: int
    problems: int


def weeks_reached(session: Session, scope: Scope, place: Place) -> list[Week]:
    """Week by week from the first visit beneath a place to the last, weeks without any included."""
    return kept(session, scope, place.path, "weeks reached", lambda: _weeks_reached(session, scope, place))


def _weeks_reached(session: Session, scope: Scope, place: Place) -> list[Week]:
    whole = BY_WEEK.total(session, place.path) if scope.covers(place.path) else None
    if whole is not None:
        added = {week: counts[1] for week, counts in sorted(whole.items()) if counts[0]}
    else:
        added = {week: int(count) for week, count in _REACHED_BY_WEEK.ask(session, scope, place)}
    if not added:
        return []
    weeks, reached = [], 0
    first, last = min(added), max(added)
    for n in range((last - first).days // 7 + 1):
        monday = first + timedelta(weeks=n)
        reached += added.get(monday, 0)
        weeks.append(Week(monday, reached))
    return weeks


def rest_of(session: Session, scope: Scope, place: Place) -> Rest:
    return kept(session, scope, place.path, "rest", lambda: _rest_of(session, scope, place))


def _rest_of(session: Session, scope: Scope, place: Place) -> Rest:
    if scope.covers(place.path):
        whole = EVER.total(session, place.path)
        found = {name: int(whole.get(name, 0)) for name in _NAMES}
    else:
        within = (inside(HamletTotal.path, scope), inside(HamletTotal.path, Scope((place.path,))))
        sums: list[ColumnElement[int]] = [func.coalesce(func.sum(getattr(HamletTotal, name)), 0) for name in _NAMES]
        row = session.execute(select(*sums).where(*within)).one()
        found = dict(zip(_NAMES, map(int, row), strict=True))
    return Rest(
        left={outcome.value: found[f"left_{outcome.value}"] for outcome in LEFT if found[f"left_{outcome.value}"]},
        untouched=max(0, found["households"] - found["knocked"]),
        recovered=found["recovered"],
        elders=found["aged_60plus"],
        elders_guided=found["helped_60plus"],
        elders_told=found["households_aged_known"],
        reached=found["reached"],
        phone_asked=found["phone_asked"],
        no_smartphone=found["no_smartphone"],
        problems=found["issues_opened"] - found["issues_closed"],
    )


def work_in(session: Session, scope: Scope, place: Place, *, today: date) -> dict[str, Work]:
    """What was done in each area right beneath a place, by code; in a hamlet itself. Those without are left out."""
    since = week_of(today) - timedelta(weeks=WORK_WEEKS - 1)
    return kept(session, scope, place.path, ("work", since), lambda: _work_in(session, scope, place, since))


def _work_in(session: Session, scope: Scope, place: Place, since: date) -> dict[str, Work]:
    by_week = BY_WEEK.beneath(session, place.path) if scope.covers(place.path) else None
    if by_week is not None:
        return {area: work for area, weeks in by_week.items() if (work := _work_since(weeks, since)).visits}
    rows = _WORK.ask(session, scope, place, since=since).all()
    members = _members(session, scope, place, since) if place.level in {Level.COMMUNE, Level.HAMLET} else {}
    return {
        str(area): Work(int(made), int(timed), int(minutes), members.get(str(area)))
        for area, made, timed, minutes in rows
        if made
    }


def _work_since(weeks: Mapping[date, tuple[int, ...]], since: date) -> Work:
    of_these = [counts for week, counts in weeks.items() if week >= since]
    visits, timed, minutes = (sum(counts[place] for counts in of_these) for place in (2, 3, 4))
    return Work(visits, timed, minutes, members=None)


def _members(session: Session, scope: Scope, place: Place, since: date) -> dict[str, int]:
    return {code: number for code, number in _MEMBERS.ask(session, scope, place, since=since)}  # noqa: C416 - no mapping


def _reached_by_week(within: Within, _code: Code) -> Asked:
    listed = case((Area.official_households.is_not(None), HamletWeek.first_reached), else_=0)
    return (
        select(HamletWeek.week, func.sum(listed))
        .join_from(HamletWeek, Area, Area.code == HamletWeek.hamlet_code)
        .where(*weeks_of_today(within))
        .group_by(HamletWeek.week)
    )


def _work(within: Within, code: Code) -> Asked:
    visits: ColumnElement[int] = sum(
        (getattr(HamletWeek, name) for name in OUTCOMES[1:]), start=getattr(HamletWeek, OUTCOMES[0])
    )
    return (
        select(code, func.sum(visits), func.sum(HamletWeek.timed), func.sum(HamletWeek.minutes))
        .join_from(HamletWeek, Area, Area.code == HamletWeek.hamlet_code)
        .where(*weeks_of_today(within), HamletWeek.week >= bindparam("since"))
        .group_by(code)
    )


def _members_since(within: Within, _code: Code) -> Asked:
    return (
        select(Area.code, func.count(MemberDay.member_id.distinct()))
        .join_from(Area, MemberDay, MemberDay.hamlet_code == Area.code)
        .where(*of_today(within), MemberDay.day >= bindparam("since"), MemberDay.visits > 0)
        .group_by(Area.code)
    )


_REACHED_BY_WEEK, _WORK, _MEMBERS = Question(_reached_by_week), Question(_work), Question(_members_since)
