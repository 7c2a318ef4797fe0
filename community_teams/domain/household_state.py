"""The state of a household: what all its counted visits add up to, stored so that the next visit can go on from it.

The state is always the fold of the visits in the order they were made. A visit later than all others is added to the
stored state; a correction, a merge or a visit that arrives late folds the whole history again
(docs/decisions/the-state-is-stored.md).
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Self
from uuid import UUID

from community_teams.domain.codes import HouseholdStatus
from community_teams.domain.household_counts import answered, counts_of_outcome
from community_teams.domain.households import HouseholdSummary, VisitEvent, in_order, when

ByDay = dict[date, Counter[str]]


@dataclass(frozen=True)
class HouseholdState:
    """What the visits to one household add up to.

    summary: the columns of its row that lists and coverage read. counts: what it adds to the counters named in
    household_counts.STATES, without zeros. first_score: of the first visit that asked about skills, in percent; None
    before. last_at, last_id: moment and id of the latest visit; None where the visit may not name the household.
    """

    summary: HouseholdSummary = field(default_factory=HouseholdSummary)
    counts: Mapping[str, int] = field(default_factory=dict)
    first_score: int | None = None
    last_at: datetime | None = None
    last_id: UUID | None = None

    @property
    def visited(self) -> bool:
        return self.summary.first_knocked_on is not None

    def precedes(self, visit: VisitEvent) -> bool:
        """Whether every visit so far was made before this one, or no order tells the two apart."""
        summary = self.summary
        if summary.last_visited_on is None or summary.last_outcome is None:
            return True
        if summary.last_visited_on < visit.day:
            return True
        latest = VisitEvent(
            summary.last_visited_on, summary.last_outcome, self.last_at, summary.next_visit_on, id=self.last_id
        )
        return when(latest) <= when(visit)

    def after(self, visit: VisitEvent) -> "HouseholdState":
        """The state after one more visit, which every visit so far precedes."""
        counts, first_score = answered(self.counts, self.first_score, visit.summary_counts)
        met_before = self.summary.first_reached_on is not None
        counts = counts_of_outcome(counts, visit.outcome, missed_before=self.visited, met_before=met_before)
        return HouseholdState(self.summary.after(visit), counts, first_score, visit.at, visit.id)

    def to_json(self) -> dict[str, Any]:
        """What is stored beside the summary: short, for it is written with every visit."""
        return {
            "counts": dict(self.counts),
            "first_score": self.first_score,
            "last_at": self.last_at and self.last_at.astimezone(UTC).isoformat(),
            "last_id": self.last_id and str(self.last_id),
        }

    @classmethod
    def from_json(cls, summary: HouseholdSummary, stored: Mapping[str, Any]) -> Self:
        """The state as to_json wrote it. Raises KeyError, TypeError or ValueError for anything else."""
        at, id = stored["last_at"], stored["last_id"]
        return cls(
            summary,
            stored["counts"],
            stored["first_score"],
            at and datetime.fromisoformat(at),
            id and UUID(id),
        )


def stored_state(summary: HouseholdSummary, stored: Mapping[str, Any] | None, *, valid: bool) -> HouseholdState | None:
    """The state of a household whose row holds these; None where only its history can tell.

    valid: whether nothing has changed the row since the state was stored. A household never visited needs none stored.
    """
    if summary.first_knocked_on is None:
        return HouseholdState(summary)
    if stored is None or not valid:
        return None
    try:
        return HouseholdState.from_json(summary, stored)
    except (KeyError, TypeError, ValueError):
        return None


def state_after(visits: Iterable[VisitEvent], state: HouseholdState | None = None) -> tuple[HouseholdState, ByDay]:
    """Add visits, in any order, to a state that precedes them all; without one, to a household never visited.

    Returns the new state, and what it adds on each day to the counters of STATES beside the old one. A later answer
    replaces the earlier one on its own day, so that the sum over all days is what holds now.
    """
    state = state or HouseholdState()
    added: dict[date, Counter[str]] = defaultdict(Counter)
    for visit in in_order(visits):
        new = state.after(visit)
        before, day = state.counts, added[visit.day]
        for name, count in new.counts.items():
            if before.get(name) != count:
                day[name] += count - before.get(name, 0)
        for name in before.keys() - new.counts.keys():
            day[name] -= before[name]
        state = new
    return state, {day: counts for day, counts in added.items() if any(counts.values())}


def states_by_day(visits: Iterable[VisitEvent]) -> ByDay:
    """What a household's visits, in any order, add to the counters of STATES on each day."""
    return state_after(visits)[1]


def needs_history(state: HouseholdState | None, visits: Sequence[VisitEvent]) -> bool:
    """Whether the state after these visits does not follow from the stored one. None: nothing valid is stored.

    That is so where one of them was made before the latest so far, and where the household starts or stops being
    counted: then what it added in all the weeks before is added or taken away.
    """
    if state is None or not all(map(state.precedes, visits)):
        return True
    summary = state.summary
    for visit in in_order(visits):
        summary = summary.after(visit)
    return state.visited and _is_counted(state.summary) != _is_counted(summary)


def _is_counted(summary: HouseholdSummary) -> bool:
    return summary.status is HouseholdStatus.ACTIVE


def counts_alike(before: HouseholdSummary, after: HouseholdSummary) -> bool:
    """Whether a counted household adds the same to its hamlet's counters as before, but for its STATES."""
    same = (before.first_knocked_on, before.first_reached_on) == (after.first_knocked_on, after.first_reached_on)
    return same and _is_counted(before) and _is_counted(after)
