"""Reading the knocks that a household's standing follows from."""

from collections import defaultdict
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from community_teams.domain.households import Knocked, Standing
from community_teams.models import Household, Knock, Visit
from community_teams.queries.heirs import merged_within, told_under
from community_teams.queries.visits import NOT_CORRECTED
from foundation.areas.domain.scope import NATION


def standing_now(household: Household) -> Standing:
    """The standing written on the household's row."""
    return Standing(
        status=household.status,
        first_knocked_on=household.first_knocked_on,
        first_reached_on=household.first_reached_on,
        last_outcome=household.last_outcome,
        last_visited_on=household.last_visited_on,
        next_visit_on=household.next_visit_on,
    )


def knocks_in(session: Session, hamlet_code: str) -> list[tuple[Household, list[Knocked]]]:
    """Every household of the hamlet, by id, with the visits and knocks that count for it, in any order: also those
    told under households that were merged into it. One that was merged itself has none."""
    merged = merged_within(session, NATION, hamlet_code)
    # By the household's hamlet, not the visit's: one that moved here brings its knocks along.
    counted = told_under(Household.hamlet_code == hamlet_code, merged)
    found: defaultdict[UUID, list[Knocked]] = defaultdict(list)
    visits = (
        select(
            Visit.household_id,
            Visit.id,
            Visit.visited_on,
            Visit.outcome,
            Visit.started_at,
            Visit.next_visit_on,
            Visit.said,
        )
        .join(Household, Household.id == Visit.household_id)
        .where(counted, NOT_CORRECTED)
    )
    for told, id, day, outcome, at, again, said in session.execute(visits):
        assert told is not None
        found[merged.get(told, told)].append(Knocked(day, outcome, at, again, said, id))
    knocks = (
        select(Knock.household_id, Knock.day, Knock.outcome, Knock.next_visit_on)
        .join(Household, Household.id == Knock.household_id)
        .where(counted)
    )
    for told, day, outcome, again in session.execute(knocks):
        found[merged.get(told, told)].append(Knocked(day, outcome, None, again))
    households = session.scalars(
        select(Household)
        .where(Household.hamlet_code == hamlet_code)
        .order_by(Household.id)
        .options(undefer(Household.state), undefer(Household.state_version))
        .execution_options(populate_existing=True)
    )
    return [(household, found[household.id]) for household in households]
