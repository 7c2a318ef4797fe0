"""Reading the knocks that a household's standing follows from."""

from collections import defaultdict
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from community_teams.domain.households import Knocked, Standing, in_order
from community_teams.models import Household, Knock, Visit
from community_teams.queries.visits import NOT_CORRECTED


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
    """Every household of the hamlet, by id, with the visits and knocks that count, as they were made."""
    found: defaultdict[UUID, list[Knocked]] = defaultdict(list)
    # By the household's hamlet, not the visit's: one that moved here brings its knocks along.
    visits = (
        select(Visit.household_id, Visit.visited_on, Visit.outcome, Visit.started_at, Visit.next_visit_on, Visit.said)
        .join(Household, Household.id == Visit.household_id)
        .where(Household.hamlet_code == hamlet_code, NOT_CORRECTED)
    )
    for household_id, day, outcome, at, again, said in session.execute(visits):
        assert household_id is not None
        found[household_id].append(Knocked(day, outcome, at, again, said))
    knocks = (
        select(Knock.household_id, Knock.day, Knock.outcome, Knock.next_visit_on)
        .join(Household, Household.id == Knock.household_id)
        .where(Household.hamlet_code == hamlet_code)
    )
    for household_id, day, outcome, again in session.execute(knocks):
        found[household_id].append(Knocked(day, outcome, None, again))
    households = session.scalars(
        select(Household)
        .where(Household.hamlet_code == hamlet_code)
        .order_by(Household.id)
        .execution_options(populate_existing=True)
    )
    return [(household, in_order(found[household.id])) for household in households]
