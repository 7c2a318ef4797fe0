"""The summary of a household: columns that always follow from its visits and are never typed in."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from uuid import UUID

from community_teams.domain.codes import REACHED, HouseholdStatus, Outcome

# The status that follows from an outcome; other outcomes leave the status as it was.
_STATUS_OF = {
    Outcome.MET_DONE: HouseholdStatus.ACTIVE,
    Outcome.MET_PARTIAL: HouseholdStatus.ACTIVE,
    Outcome.MOVED: HouseholdStatus.MOVED,
    Outcome.VACANT: HouseholdStatus.VACANT,
}
_END_OF_DAY = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class VisitEvent:
    """One visit that counts: no later visit corrects it.

    day: in Việt Nam. at: the moment; None for an anonymous visit, which is taken for the last of its day.
    summary_counts: as domain/visit_summary.py makes them; empty for an anonymous visit. id: of the visit; None for an
    anonymous one.
    """

    day: date
    outcome: Outcome
    at: datetime | None = None
    next_visit_on: date | None = None
    summary_counts: Mapping[str, int] = field(default_factory=dict)
    id: UUID | None = None


@dataclass(frozen=True)
class HouseholdSummary:
    """What lists and coverage show of a household. The fields are columns of the household's row."""

    status: HouseholdStatus = HouseholdStatus.ACTIVE
    first_knocked_on: date | None = None
    first_reached_on: date | None = None
    last_outcome: Outcome | None = None
    last_visited_on: date | None = None
    next_visit_on: date | None = None

    def after(self, visit: VisitEvent) -> "HouseholdSummary":
        """The summary after one later visit. The appointment is that of the latest visit, or none."""
        met_on = visit.day if visit.outcome.reached else None
        return HouseholdSummary(
            status=_STATUS_OF.get(visit.outcome, self.status),
            first_knocked_on=self.first_knocked_on or visit.day,
            first_reached_on=self.first_reached_on or met_on,
            last_outcome=visit.outcome,
            last_visited_on=visit.day,
            next_visit_on=visit.next_visit_on,
        )


def in_order(visits: Iterable[VisitEvent]) -> list[VisitEvent]:
    """The visits sorted by when they were made, the earliest first. The order of the input makes no difference.

    Of two with the same time, such as two anonymous ones of a day, the one where somebody was met comes last.
    """
    made = list(visits)
    # Most households were visited once.
    if len(made) > 1:
        made.sort(key=when)
    return made


def when(visit: VisitEvent) -> tuple[date, datetime, bool, str, date, int]:
    """The key that visits are sorted by."""
    outcome, id = visit.outcome, visit.id
    at, again = visit.at or _END_OF_DAY, visit.next_visit_on or date.min
    return visit.day, at, outcome in REACHED, outcome, again, 0 if id is None else id.int


# A merged household has no visits of its own: they count for the household it was merged into.
MERGED = HouseholdSummary(HouseholdStatus.MERGED)
