"""How every query that takes a scope is called, about what is planted in one commune.

Each line gives the arguments after session and scope, one tuple (or Call, where some are named) for each call.
"""

import importlib
import inspect
import pkgutil
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from community_teams.area_pages.queries import area_page, wall
from community_teams.coverage.domain.layers import LAYERS
from community_teams.coverage.queries import coverage, layers
from community_teams.indicators.queries import indicators
from community_teams.indicators.queries import records as indicator_records
from community_teams.issues import queries as issues
from community_teams.list_changes import queries as hamlet_changes
from community_teams.models import HeldVisit
from community_teams.phones.domain.worklist_cursor import Position
from community_teams.phones.queries import devices, worklist_pages, worklists
from community_teams.pilots import queries as pilots
from community_teams.planning import queries as planning
from community_teams.queries import (
    counts,
    held_visits,
    household_codes,
    households,
    known,
    merged_households,
    places,
    visits,
)
from community_teams.reports import queries as report
from courses.domain.lesson import Course
from foundation.accounts import queries as accounts
from foundation.areas import queries as areas
from foundation.areas.domain.scope import NATION, Scope
from foundation.areas.models import Area
from learning.queries import assisting, classes, learning_report, ties
from tests.conftest import NOON
from tests.matrix.worlds import TODAY, World

PACKAGES = ("community_teams", "courses", "foundation", "learning", "translations")
MONDAY = date(2026, 11, 16)
MUCH_LATER = NOON + timedelta(days=30)
COUNTED = ["households", "reached", "knocked", "met_done", "issues_opened"]
WEEKLY = ["met_done", "issues_opened"]
SITEWIDE = indicator_records.Sitewide(letters=0, safety_letters=0, lessons=2, languages=1)


@dataclass
class Planted:
    """A world with what else there may be: a merged household, a published pilot and its copy, a hamlet that ended."""

    world: World
    merged: UUID
    pilot: int
    copied_pilot: int
    course: Course
    hamlet_area: Area
    held_row: HeldVisit
    communes: Sequence[Area]
    place_list: list[places.Place] = field(default_factory=list)
    figures: list[coverage.AreaCoverage] = field(default_factory=list)

    def look_up(self, session: Session) -> "Planted":
        """Read what arguments are made of, while it is there."""
        codes = (self.world.hamlet.code, self.world.commune, self.world.path.partition("/")[0])
        self.place_list = [places.place_of(session, code)[0] for code in codes] + [places.THE_NATION]
        self.figures = [coverage.inside_figures(session, NATION, code) for code in (*codes, None)]
        return self


class Call:
    def __init__(self, *args: Any, **named: Any) -> None:
        self.args, self.named = args, named


Arguments = Callable[[Planted], Sequence[Call | tuple[Any, ...]]]


def nothing(_: Planted) -> list[tuple[Any, ...]]:
    return [()]


def hamlet(planted: Planted) -> list[tuple[Any, ...]]:
    return [(planted.world.hamlet.code,)]


def code(planted: Planted) -> list[tuple[Any, ...]]:
    return [(place.code or None,) for place in planted.place_list]


def place(planted: Planted) -> list[tuple[Any, ...]]:
    return [(each,) for each in planted.place_list]


def place_today(planted: Planted) -> list[Call]:
    return [Call(each, today=TODAY) for each in planted.place_list]


def household(planted: Planted) -> list[tuple[Any, ...]]:
    return [(planted.world.household,)]


CALLS: dict[Callable[..., Any], Arguments] = {
    accounts.areas_meant: lambda p: [(p.world.hamlet.code,), (p.world.hamlet.name,)],
    accounts.audit_entries: lambda _: [(accounts.AuditFilter(),)],
    accounts.people_within: lambda p: [(), (p.world.marks["member"],)],
    accounts.person_within: lambda p: [(p.world.member,)],
    area_page.rest_of: place,
    area_page.weeks_reached: place,
    area_page.work_in: place_today,
    areas.children: code,
    assisting.learners_assisted_in: nothing,
    classes.evening_in: lambda p: [(p.world.evening,)],
    classes.evenings_in: nothing,
    counts.counts_beneath: lambda p: [
        Call(each, names, week, listed=listed)
        for each in p.place_list
        for week in (None, MONDAY)
        for names, listed in ((COUNTED, False), (["reached"], True))
    ],
    counts.first_week: place,
    counts.level_beneath: place,
    counts.reached_by_week: place,
    counts.totals_of: lambda p: [(each, COUNTED) for each in p.place_list],
    counts.weeks_beneath: lambda p: [Call(each, WEEKLY, since=MONDAY - timedelta(weeks=4)) for each in p.place_list],
    coverage.inside_figures: code,
    coverage.public_figures: code,
    devices.answers_for: lambda p: [Call(p.world.device, now=NOON)],
    devices.carriers: lambda p: [(p.world.device,)],
    devices.held_visits: nothing,
    devices.held_within: lambda p: [([p.world.member],)],
    devices.phone_counts: nothing,
    devices.phones: lambda _: [(shown,) for shown in devices.PhoneFilter],
    hamlet_changes.belongings: lambda p: [Call(p.hamlet_area, today=TODAY)],
    hamlet_changes.communes_with_hamlets: lambda p: [(p.place_list[2].path,)],
    hamlet_changes.ended_hamlets: lambda p: [(p.world.commune,)],
    hamlet_changes.lanes_of: hamlet,
    merged_households.merged_within: hamlet,
    held_visits.beside: lambda p: [(p.held_row,)],
    held_visits.held_visit: lambda p: [(p.world.held,), (p.world.refused,)],
    held_visits.held_visits: nothing,
    held_visits.waiting: nothing,
    household_codes.by_code: lambda p: [(p.world.hamlet.code, f"{p.world.key}-001"), (p.world.hamlet.code, "1")],
    household_codes.following: lambda p: [(p.world.hamlet.code,), (p.world.hamlet.code, p.world.household)],
    household_codes.left_by_lane: hamlet,
    household_codes.listed_by_lane: hamlet,
    household_codes.merged_by_code: lambda p: [(p.world.hamlet.code, f"{p.world.key}-003")],
    households.filter_counts: hamlet,
    households.found: lambda p: [(p.world.hamlet.code, shown, "") for shown in households.Filter],
    households.hamlet: hamlet,
    households.hamlets: nothing,
    households.household: household,
    households.short_codes: lambda p: [([p.world.household, p.world.other_household],)],
    households.worklist: lambda p: [(p.world.hamlet.code, shown) for shown in households.Filter],
    indicator_records.recorded: lambda p: [
        Call(each, week, until=until, today=TODAY)
        for each in p.place_list
        for week, until in ((None, TODAY), (MONDAY, TODAY - timedelta(days=1)))
    ],
    indicators.indicators_of: lambda p: [
        Call(figures, SITEWIDE, week, today=TODAY)
        for figures in p.figures
        for week in (None, MONDAY - timedelta(days=7))
    ],
    issues.areas_with_issues: nothing,
    issues.issue: lambda p: [(p.world.issue, TODAY)],
    issues.issue_counts: lambda p: [Call(today=TODAY), Call(today=TODAY, area_code=p.world.commune)],
    issues.issues: lambda p: [
        Call(shown, today=TODAY, area_code=area) for shown in issues.IssueFilter for area in ("", p.world.hamlet.code)
    ],
    known.known_in: hamlet,
    known.known_of: household,
    layers.layer_figures: lambda p: [(figures, layer, None) for figures in p.figures for layer in LAYERS.values()],
    layers.lists_beneath: place,
    layers.stale_areas: lambda p: [Call(each, now=MUCH_LATER) for each in p.place_list],
    layers.weeks_of: place_today,
    pilots.count_published: nothing,
    pilots.hamlets_of_today: nothing,
    pilots.pilot_within: lambda p: [(p.pilot,), (p.world.pilot,)],
    pilots.pilots_within: nothing,
    pilots.provinces_with_pilots: nothing,
    pilots.published_copies: lambda p: [(p.pilot,)],
    pilots.published_pilot: lambda p: [(p.pilot,)],
    pilots.published_pilots: nothing,
    places.children_of: place,
    planning.pace_of: place_today,
    planning.progress_by_area: place_today,
    report.open_issues: lambda p: [(each.path,) for each in p.place_list],
    report.petitions: lambda p: [(each.path,) for each in p.place_list],
    visits.visit: lambda p: [(p.world.visit,)],
    visits.visits_of: household,
    visits.visits_on: lambda _: [(TODAY - timedelta(days=2),)],
    wall.today_in: place_today,
    worklist_pages.next_page: lambda p: [Call({p.world.path}, None, person=p.world.member, most=1000)],
    worklists.households_after: lambda p: [(p.world.hamlet.code, Position(0, own=True), 10**12, 1000)],
    worklists.listed_hamlets: nothing,
}

# Called in a way of their own: session, scope and what is planted.
OTHERWISE: dict[Callable[..., Any], Callable[[Session, Scope, Planted], Any]] = {
    areas.inside: lambda session, scope, _: session.scalars(select(Area.code).where(areas.inside(Area.path, scope))),
    # Sums of courses are of everybody; the scope is for those of areas.
    learning_report.sums_of_learning: lambda session, scope, p: (
        learning_report.sums_of_learning(session, scope, [p.course], p.communes).areas
    ),
    places.PreparedQuery.execute: lambda session, scope, p: [
        places.PreparedQuery(lambda within, code: select(code).where(*places.of_today(within))).execute(
            session, scope, each
        )
        for each in p.place_list
    ],
    places.within_reach: lambda session, scope, p: [
        session.scalars(select(Area.code).where(places.within_reach(scope, each)(Area.path))) for each in p.place_list
    ],
    ties.tied_within: lambda session, scope, p: ties.tied_within(session, p.world.learner, scope),
}

# What a scope does not limit, and why.
NOT_LIMITED: dict[Callable[..., Any], str] = {
    held_visits.area_of_member: "the scope is a preference: whatever a member sent is seen by somebody",
    worklists.gone_after: "ids that a phone outside the hamlet is to forget",
    worklists.once_in: "ids that a phone outside the hamlet is to forget",
}


def scoped_queries() -> Iterator[Callable[..., Any]]:
    """Every public function and method of a module or package named queries that takes a Scope.

    Private ones are reached through these.
    """
    for name in PACKAGES:
        package = importlib.import_module(name)
        for found in pkgutil.walk_packages(package.__path__, f"{name}."):
            if "queries" in found.name.split("."):
                module = importlib.import_module(found.name)
                yield from _taking_scope(module, found.name)
                for key, value in vars(module).items():
                    if inspect.isclass(value) and not key.startswith("_"):
                        yield from _taking_scope(value, found.name)


def _taking_scope(owner: object, module: str) -> Iterator[Callable[..., Any]]:
    for key, value in vars(owner).items():
        if key.startswith("_") or not inspect.isfunction(value) or value.__module__ != module:
            continue
        parameters = inspect.signature(value).parameters.values()
        if any(re.search(r"\bScope\b", str(parameter.annotation)) for parameter in parameters):
            yield value
