"""What those who answer for an area see of it beside the map: its weeks, what is left and why, and who did how much."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import bindparam, case, func, select
from sqlalchemy.orm import Session

from community_teams.domain.counting import week_of
from community_teams.domain.household_counts import LEFT
from community_teams.models import HamletWeek, MemberDay
from community_teams.queries.keeping import kept
from community_teams.queries.kept_counters import LEVEL, counted_ever
from community_teams.queries.kept_weeks import BY_WEEK
from community_teams.queries.places import Asked, Code, Place, Question, Within, weeks_of_today
from foundation.areas.domain.scope import Scope
from foundation.areas.models import Area
from foundation.problems import NotAllowed

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
    """Week by week from the first visit beneath a place to the last, weeks without any included.

    Here and below `scope` covers the whole place; else NotAllowed.
    """
    _must_cover(scope, place)
    return kept(session, scope, place.path, "weeks reached", lambda: _weeks_reached(session, scope, place))


def _must_cover(scope: Scope, place: Place) -> None:
    if not scope.covers(place.path):
        raise NotAllowed("outside_your_area")


def _weeks_reached(session: Session, scope: Scope, place: Place) -> list[Week]:
    whole = BY_WEEK.total(session, place.path)
    if whole is not None:
        added = {week: counts[1] for week, counts in sorted(whole.items())}
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
    _must_cover(scope, place)
    return kept(session, scope, place.path, "rest", lambda: _rest_of(session, place))


def _rest_of(session: Session, place: Place) -> Rest:
    whole = counted_ever(session, place.path)
    found = {name: int(whole.get(name, 0)) for name in _NAMES}
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
    _must_cover(scope, place)
    since = week_of(today) - timedelta(weeks=WORK_WEEKS - 1)
    return kept(session, scope, place.path, ("work", since), lambda: _work_in(session, place, since))


def _work_in(session: Session, place: Place, since: date) -> dict[str, Work]:
    by_week = BY_WEEK.beneath(session, place.path)
    if by_week is not None:
        return {area: work for area, weeks in by_week.items() if (work := _work_since(weeks, since)).visits}
    hamlets = list(LEVEL.beneath(session, place.path))
    rows = session.execute(_WORK_OF_HAMLETS, {"hamlets": hamlets, "since": since})
    return {code: Work(*map(int, counts)) for code, *counts in rows if counts[0]}


def _work_since(weeks: Mapping[date, tuple[int, ...]], since: date) -> Work:
    of_these = [counts for week, counts in weeks.items() if week >= since]
    visits, timed, minutes = (sum(counts[place] for counts in of_these) for place in (2, 3, 4))
    return Work(visits, timed, minutes, members=None)


def _reached_by_week(within: Within, _code: Code) -> Asked:
    listed = case((Area.official_households.is_not(None), HamletWeek.first_reached), else_=0)
    return (
        select(HamletWeek.week, func.sum(listed))
        .join_from(HamletWeek, Area, Area.code == HamletWeek.hamlet_code)
        .where(*weeks_of_today(within))
        .group_by(HamletWeek.week)
    )


# The days of the members add up to the weeks of the hamlet.
_WORK_OF_HAMLETS = (
    select(
        MemberDay.hamlet_code,
        *(func.sum(counter) for counter in (MemberDay.visits, MemberDay.timed, MemberDay.minutes)),
        func.count(case((MemberDay.visits > 0, MemberDay.member_id)).distinct()),
    )
    .where(MemberDay.hamlet_code.in_(bindparam("hamlets", expanding=True)), MemberDay.day >= bindparam("since"))
    .group_by(MemberDay.hamlet_code)
)
_REACHED_BY_WEEK = Question(_reached_by_week)
