"""Where a household stands: never written down by hand, always what the knocks on its door add up to."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from community_teams.domain.codes import HouseholdStatus, Outcome

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
    said: the visit boiled down by domain/boiling_down.py; empty where nothing may be known.
    """

    day: date
    outcome: Outcome
    at: datetime | None = None
    next_visit_on: date | None = None
    said: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Standing:
    """Where a household stands. The fields are those of the household's row."""

    status: HouseholdStatus = HouseholdStatus.ACTIVE
    first_knocked_on: date | None = None
    first_reached_on: date | None = None
    last_outcome: Outcome | None = None
    last_visited_on: date | None = None
    next_visit_on: date | None = None


def in_order(knocks: Iterable[Knocked]) -> list[Knocked]:
    """The knocks as they were made, the earliest first."""
    return sorted(knocks, key=lambda knock: (knock.day, knock.at or _END_OF_DAY))


def standing(knocks: Iterable[Knocked], *, merged: bool = False) -> Standing:
    """Fold the knocks on one door, in any order, into where the household stands.

    An appointment is the latest knock's, or none. merged: the household was joined to another and stays so.
    """
    knocked = in_order(knocks)
    if not knocked:
        return Standing(HouseholdStatus.MERGED if merged else HouseholdStatus.ACTIVE)
    status = HouseholdStatus.ACTIVE
    for knock in knocked:
        status = _SAYS.get(knock.outcome, status)
    latest = knocked[-1]
    return Standing(
        status=HouseholdStatus.MERGED if merged else status,
        first_knocked_on=knocked[0].day,
        first_reached_on=next((knock.day for knock in knocked if knock.outcome.reached), None),
        last_outcome=latest.outcome,
        last_visited_on=latest.day,
        next_visit_on=latest.next_visit_on,
    )
