"""Reads the visits that the summaries of households follow from."""

from collections import defaultdict
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from community_teams.domain.households import HouseholdSummary, VisitEvent
from community_teams.models import AnonymousVisit, Household, Visit
from community_teams.queries.merged_households import counted_under, merged_within
from community_teams.queries.visits import NOT_CORRECTED
from foundation.areas.domain.scope import NATION


def stored_summary(household: Household) -> HouseholdSummary:
    """The summary as the household's row holds it."""
    return HouseholdSummary(
        status=household.status,
        first_knocked_on=household.first_knocked_on,
        first_reached_on=household.first_reached_on,
        last_outcome=household.last_outcome,
        last_visited_on=household.last_visited_on,
        next_visit_on=household.next_visit_on,
    )


def visits_by_household(session: Session, hamlet_code: str) -> list[tuple[Household, list[VisitEvent]]]:
    """Every household of the hamlet in the order of ids, each with the visits that count for it, in any order.

    Visits to households that were merged into it are among them. A merged household has none.
    """
    merged = merged_within(session, NATION, hamlet_code)
    # By the household's hamlet, not the visit's: a household that moved here brings its visits along.
    counted = counted_under(Household.hamlet_code == hamlet_code, merged)
    found: defaultdict[UUID, list[VisitEvent]] = defaultdict(list)
    visits = (
        select(
            Visit.household_id,
            Visit.id,
            Visit.visited_on,
            Visit.outcome,
            Visit.started_at,
            Visit.next_visit_on,
            Visit.summary_counts,
        )
        .join(Household, Household.id == Visit.household_id)
        .where(counted, NOT_CORRECTED)
    )
    for household, id, day, outcome, at, again, summary_counts in session.execute(visits):
        assert household is not None
        found[merged.get(household, household)].append(VisitEvent(day, outcome, at, again, summary_counts, id))
    anonymous = (
        select(AnonymousVisit.household_id, AnonymousVisit.day, AnonymousVisit.outcome, AnonymousVisit.next_visit_on)
        .join(Household, Household.id == AnonymousVisit.household_id)
        .where(counted)
    )
    for household, day, outcome, again in session.execute(anonymous):
        found[merged.get(household, household)].append(VisitEvent(day, outcome, None, again))
    households = session.scalars(
        select(Household)
        .where(Household.hamlet_code == hamlet_code)
        .order_by(Household.id)
        .options(undefer(Household.state), undefer(Household.state_version))
        .execution_options(populate_existing=True)
    )
    return [(household, found[household.id]) for household in households]
