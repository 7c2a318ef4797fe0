"""Where a household stands: never written down by hand, always what the knocks on its door add up to."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from uuid import UUID

from community_teams.domain.codes import REACHED, HouseholdStatus, Outcome

# What an outcome says about who lives there; the others say nothing.
_SAYS = {
    Outcome.MET_DONE: HouseholdStatus.ACTIVE,
    Outcome.MET_PARTIAL: HouseholdStatus.ACTIVE,
    Outcome.MOVED: HouseholdStatus.MOVED,
    Outcome.VACANT: HouseholdStatus.VACANT,
}
_END_OF_DAY = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Knocked:
    """One knock that counts: not corrected by a later one.

    day: in Việt Nam. at: the moment, or None where only the day may be known; such a knock is taken for the day's last.
    said: the visit boiled down by domain/boiling_down.py; empty where nothing may be known. id: of the visit, where it
    may be known which one it was.
    """

    day: date
    outcome: Outcome
    at: datetime | None = None
    next_visit_on: date | None = None
    said: Mapping[str, int] = field(default_factory=dict)
    id: UUID | None = None


@dataclass(frozen=True)
class Standing:
    """Where a household stands. The fields are those of the household's row."""

    status: HouseholdStatus = HouseholdStatus.ACTIVE
    first_knocked_on: date | None = None
    first_reached_on: date | None = None
    last_outcome: Outcome | None = None
    last_visited_on: date | None = None
    next_visit_on: date | None = None

    def after(self, knock: Knocked) -> "Standing":
        """Where it stands after one later knock. The appointment is the latest knock's, or none."""
        met_on = knock.day if knock.outcome.reached else None
        return Standing(
            status=_SAYS.get(knock.outcome, self.status),
            first_knocked_on=self.first_knocked_on or knock.day,
            first_reached_on=self.first_reached_on or met_on,
            last_outcome=knock.outcome,
            last_visited_on=knock.day,
            next_visit_on=knock.next_visit_on,
        )


def in_order(knocks: Iterable[Knocked]) -> list[Knocked]:
    """The knocks as they were made, the earliest first; the same order for the same knocks, however they come.

    Of those that no time tells apart, such as two of a day of which only the day may be known, one where somebody was
    met comes after one where nobody was.
    """
    made = list(knocks)
    # Most doors were knocked on once.
    if len(made) > 1:
        made.sort(key=when)
    return made


def when(knock: Knocked) -> tuple[date, datetime, bool, str, date, int]:
    """What knocks are put in order by."""
    outcome, id = knock.outcome, knock.id
    at, again = knock.at or _END_OF_DAY, knock.next_visit_on or date.min
    return knock.day, at, outcome in REACHED, outcome, again, 0 if id is None else id.int


# One that was merged has no door any more: whatever is told of it stands with the household it was merged into.
MERGED = Standing(HouseholdStatus.MERGED)
