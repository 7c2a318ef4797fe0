"""Moves a household to the list of another hamlet."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from community_teams.models import Household, HouseholdGone
from community_teams.queries.households import household as household_within
from community_teams.services import counters
from community_teams.services.recounting import recount
from foundation.accounts.services import audit
from foundation.areas.domain.kinds import Level
from foundation.areas.domain.scope import Scope
from foundation.areas.models import Area
from foundation.problems import Conflict, NotFound


def move_household(session: Session, household_id: UUID, to: str, *, by: str, scope: Scope, now: datetime) -> Household:
    """Put a household on the list of the hamlet with the code `to`. If it is there already, nothing changes.

    Its visits stay in the hamlet where they were made; the household is counted in the new hamlet from now on. Phones
    of the old hamlet learn with their next worklist page that it is gone. Households merged into it stay on their
    lists, and count where it is. Raises NotFound("no_such_household" | "no_such_hamlet") outside `scope`;
    Conflict("already_merged") where it is merged itself, ("short_code_taken") where the new hamlet has a household of
    that code, ("sample_hamlet") where only one of the two hamlets is a sample.
    """
    household, old = household_in_reach(session, household_id, scope)
    new = session.scalar(select(Area).where(Area.code == to, Area.level == Level.HAMLET, Area.valid_to.is_(None)))
    if new is None or not scope.covers(new.path):
        raise NotFound("no_such_hamlet")
    if new.code == old.code:
        return household
    if new.is_sample != old.is_sample:
        raise Conflict("sample_hamlet")
    numbers = counters.lock_hamlets(session, {area.code: area.path for area in (old, new)}, now=now)
    session.refresh(household)
    if household.merged_into is not None:
        raise Conflict("already_merged")
    taken = select(Household.id).where(Household.hamlet_code == to, Household.short_code == household.short_code)
    if session.scalar(taken) is not None:
        raise Conflict("short_code_taken", short_code=household.short_code)
    household.hamlet_code, household.change = new.code, numbers[new.code]
    household.version += 1
    session.execute(
        delete(HouseholdGone).where(
            HouseholdGone.household_id == household.id, HouseholdGone.hamlet_code.in_([old.code, new.code])
        )
    )
    session.add(HouseholdGone(hamlet_code=old.code, household_id=household.id, change=numbers[old.code]))
    session.flush()
    recount(session, Scope((old.path, new.path)), now=now)
    what = {"household": str(household.id), "from": old.code, "to": new.code}
    audit.record(session, by, "move_household", what, now=now, area_path=old.path)
    return household


def household_in_reach(session: Session, household_id: UUID, scope: Scope) -> tuple[Household, Area]:
    """The household and its hamlet. Raises NotFound("no_such_household") outside `scope`."""
    found = household_within(session, scope, household_id)
    if found is None:
        raise NotFound("no_such_household")
    return found
