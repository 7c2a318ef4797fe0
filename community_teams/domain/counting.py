"""What households and visits add to a hamlet's counters. Used for updating them and for recounting."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import date, timedelta
from typing import TypeVar

from community_teams.domain.codes import HouseholdStatus, Outcome
from community_teams.domain.household_counts import EVENTS, LATER, STATES, events_of
from community_teams.domain.households import HouseholdSummary

OUTCOMES = tuple(outcome.value for outcome in Outcome)
LAYERS = (*STATES, *EVENTS, *LATER)
TOTALS = ("households", "knocked", "reached", *OUTCOMES, *LAYERS)
DAYS = ("first_knocked", "first_reached", *OUTCOMES)
WEEKS = (*DAYS, *LAYERS)
# What a member did in a hamlet on one day.
MEMBERS = ("visits", "timed", "minutes")

ByDay = Mapping[date, Mapping[str, int]]
_Key = TypeVar("_Key", date, tuple[int, date])


def week_of(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def week_end(monday: date) -> date:
    """The Sunday of the week that begins on `monday`."""
    return monday + timedelta(days=6)


class Sum:
    """What to add to one hamlet's counters.

    total: by the names in TOTALS. days: by day in Việt Nam, then by the names in DAYS. weeks: by Monday, then by the
    names in WEEKS. members: by member and day, then by the names in MEMBERS. Negative where taken away.
    """

    def __init__(self) -> None:
        self.total: Counter[str] = Counter()
        self.days: defaultdict[date, Counter[str]] = defaultdict(Counter)
        self.weeks: defaultdict[date, Counter[str]] = defaultdict(Counter)
        self.members: defaultdict[tuple[int, date], Counter[str]] = defaultdict(Counter)

    def add_household(self, household: HouseholdSummary, states: ByDay, times: int = 1) -> None:
        """Only an active household counts: one that moved away leaves every counter it was in.

        states: as household_counts.states_by_day has them.
        """
        if household.status is not HouseholdStatus.ACTIVE:
            return
        self.total["households"] += times
        if household.first_knocked_on is not None:
            self.total["knocked"] += times
            self._add_day(household.first_knocked_on, "first_knocked", times)
        if household.first_reached_on is not None:
            self.total["reached"] += times
            self._add_day(household.first_reached_on, "first_reached", times)
        self.add_states(states, times)

    def add_states(self, states: ByDay, times: int = 1) -> None:
        for day, counts in states.items():
            week = self.weeks[week_of(day)]
            for name, count in counts.items():
                self.total[name] += times * count
                week[name] += times * count

    def add_visit(
        self, day: date, outcome: Outcome, summary_counts: Mapping[str, int], *, member: int, times: int = 1
    ) -> None:
        """summary_counts: as visit_summary.summarise has it."""
        self.total[outcome.value] += times
        self._add_day(day, outcome.value, times)
        week = self.weeks[week_of(day)]
        for name, count in events_of(summary_counts).items():
            self.total[name] += times * count
            week[name] += times * count
        did = self.members[member, day]
        did["visits"] += times
        did["timed"] += times * summary_counts.get("timed", 0)
        did["minutes"] += times * summary_counts.get("minutes", 0)

    def add_closed_issues(self, day: date, number: int) -> None:
        """Issues settled on `day`; negative where they were opened again."""
        self.total["issues_closed"] += number
        self.weeks[week_of(day)]["issues_closed"] += number

    def days_changed(self) -> list[tuple[date, dict[str, int]]]:
        """Days that anything is added to, in order, with what is not zero."""
        return _changed(self.days)

    def weeks_changed(self) -> list[tuple[date, dict[str, int]]]:
        """Weeks that anything is added to, by their Mondays in order, with what is not zero."""
        return _changed(self.weeks)

    def members_changed(self) -> list[tuple[tuple[int, date], dict[str, int]]]:
        """Members and days that anything is added to, in order, with what is not zero."""
        return _changed(self.members)

    def _add_day(self, day: date, name: str, times: int) -> None:
        self.days[day][name] += times
        self.weeks[week_of(day)][name] += times


def _changed(counts: Mapping[_Key, Mapping[str, int]]) -> list[tuple[_Key, dict[str, int]]]:
    changed = ((key, {name: n for name, n in names.items() if n}) for key, names in sorted(counts.items()))
    return [(key, names) for key, names in changed if names]
