"""What households and visits add to a hamlet's counters. One sum for keeping them up to date and for recounting."""

from collections import Counter, defaultdict
from datetime import date

from community_teams.domain.codes import HouseholdStatus, Outcome
from community_teams.domain.households import Standing

OUTCOMES = tuple(outcome.value for outcome in Outcome)
TOTALS = ("households", "knocked", "reached", *OUTCOMES)
DAYS = ("first_knocked", "first_reached", *OUTCOMES)


class Sum:
    """What to add to one hamlet's counters.

    total: by the names in TOTALS. days: by day in Việt Nam, then by the names in DAYS. Negative where taken away.
    """

    def __init__(self) -> None:
        self.total: Counter[str] = Counter()
        self.days: defaultdict[date, Counter[str]] = defaultdict(Counter)

    def add_household(self, household: Standing, times: int = 1) -> None:
        """Only an active household counts: one that moved away leaves every counter it was in."""
        if household.status is not HouseholdStatus.ACTIVE:
            return
        self.total["households"] += times
        if household.first_knocked_on is not None:
            self.total["knocked"] += times
            self.days[household.first_knocked_on]["first_knocked"] += times
        if household.first_reached_on is not None:
            self.total["reached"] += times
            self.days[household.first_reached_on]["first_reached"] += times

    def add_visit(self, day: date, outcome: Outcome, times: int = 1) -> None:
        self.total[outcome.value] += times
        self.days[day][outcome.value] += times

    def days_changed(self) -> list[tuple[date, dict[str, int]]]:
        """Days that anything is added to, in order, with what is not zero."""
        kept = ((day, {name: n for name, n in names.items() if n}) for day, names in sorted(self.days.items()))
        return [(day, names) for day, names in kept if names]
