"""Reads what only those responsible for an area see: its weeks, what is left and why, and the teams' work."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import bindparam, case, func, select
from sqlalchemy.orm import Session

from community_teams.domain.counting import OUTCOMES, week_of
from community_teams.domain.household_counts import LEFT
from community_teams.models import MemberDay
from community_teams.queries.counts import reached_by_week, totals_of, weeks_beneath
from community_teams.queries.places import Place, PreparedQuery, of_today
from foundation.areas.domain.kinds import Level
from foundation.areas.domain.scope import Scope
from foundation.areas.models import Area
from foundation.problems import NotAllowed

# How many weeks of the teams' work are shown.
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

    minutes: of the `timed` visits, those whose end was recorded. members: who made a visit; None above the commune,
    where only sums are shown.
    """

    visits: int
    timed: int
    minutes: int
    members: int | None


@dataclass(frozen=True)
class Rest:
    """What is left in an area. Counts are households, except the elders.

    left: outcome code of the last visit -> households visited and not met. untouched: written down and never visited.
    recovered: met after having been missed. elders: people of 60 and over in the households that answered how many
    (elders_households); elders_guided: those of them who were guided. no_smartphone: of phone_asked. problems: issues
    still open.
    """

    left: Mapping[str, int]
    untouched: int
    recovered: int
    elders: int
    elders_guided: int
    elders_households: int
    reached: int
    phone_asked: int
    no_smartphone: int
    problems: int


def weeks_reached(session: Session, scope: Scope, place: Place) -> list[Week]:
    """Every week from the first visit beneath a place to the last, also weeks without visits.

    This and the functions below raise NotAllowed unless `scope` covers the whole place.
    """
    _must_cover(scope, place)
    added = reached_by_week(session, scope, place)
    if not added:
        return []
    weeks, reached = [], 0
    first, last = min(added), max(added)
    for n in range((last - first).days // 7 + 1):
        monday = first + timedelta(weeks=n)
        reached += added.get(monday, 0)
        weeks.append(Week(monday, reached))
    return weeks


def _must_cover(scope: Scope, place: Place) -> None:
    if not scope.covers(place.path):
        raise NotAllowed("outside_your_area")


def rest_of(session: Session, scope: Scope, place: Place) -> Rest:
    _must_cover(scope, place)
    found = totals_of(session, scope, place, _NAMES)
    return Rest(
        left={outcome.value: found[f"left_{outcome.value}"] for outcome in LEFT if found[f"left_{outcome.value}"]},
        untouched=max(0, found["households"] - found["knocked"]),
        recovered=found["recovered"],
        elders=found["aged_60plus"],
        elders_guided=found["helped_60plus"],
        elders_households=found["households_aged_known"],
        reached=found["reached"],
        phone_asked=found["phone_asked"],
        no_smartphone=found["no_smartphone"],
        problems=found["issues_opened"] - found["issues_closed"],
    )


def work_in(session: Session, scope: Scope, place: Place, *, today: date) -> dict[str, Work]:
    """The teams' work in each area right beneath a place, by code; of a hamlet, itself. Areas without are left out."""
    _must_cover(scope, place)
    since = week_of(today) - timedelta(weeks=WORK_WEEKS - 1)
    if place.level in {Level.COMMUNE, Level.HAMLET}:
        beneath = _WORK_OF_HAMLETS.execute(session, scope, place, since=since)
        return {code: Work(*map(int, counts)) for code, *counts in beneath if counts[0]}
    names = (*OUTCOMES, "timed", "minutes")
    found = {}
    for area, counts in weeks_beneath(session, scope, place, names, since=since).items():
        visits = sum(counts[name] for name in OUTCOMES)
        if visits:
            found[area] = Work(visits, counts["timed"], counts["minutes"], members=None)
    return found


# The days of the members add up to the weeks of the hamlet.
_WORK_OF_HAMLETS = PreparedQuery(
    lambda within, code: (
        select(
            code,
            *(func.sum(counter) for counter in (MemberDay.visits, MemberDay.timed, MemberDay.minutes)),
            func.count(case((MemberDay.visits > 0, MemberDay.member_id)).distinct()),
        )
        .join_from(Area, MemberDay, MemberDay.hamlet_code == Area.code)
        .where(*of_today(within), MemberDay.day >= bindparam("since"))
        .group_by(code)
    )
)
