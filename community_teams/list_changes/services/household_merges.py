"""Households that were listed twice: one is merged into the other, and taken out again where that was a mistake.

Nothing of a visit is rewritten. It stays told under the household it was told of, and counts for the one that stands
for it (docs/decisions/a-merged-household-keeps-its-visits.md).
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from community_teams.domain.counting import Sum
from community_teams.domain.household_state import HouseholdState, state_after, states_by_day
from community_teams.domain.households import MERGED
from community_teams.domain.visit_batch import VisitedHousehold, VisitHistory
from community_teams.list_changes.services.household_moves import household_in_reach
from community_teams.models import Household
from community_teams.queries.households import household as household_within
from community_teams.queries.merged_households import canonical_ids
from community_teams.queries.recording import histories_of, visited_households
from community_teams.services import counters
from community_teams.services.household_states import write_states
from foundation.accounts.services import audit
from foundation.areas.domain.scope import Scope
from foundation.problems import Conflict


def merge_household(
    session: Session, household_id: UUID, into: UUID, *, by: str, scope: Scope, now: datetime
) -> Household:
    """Say that a household is the same as another of its hamlet, which stays. Merged into it already: nothing changes.

    The merged one leaves every list and count. All that was told of it, and whatever is told of it later, counts for
    the one that stays; its code, lane and name stay its own. Raises NotFound("no_such_household");
    Conflict("same_household" | "another_hamlet"), ("already_merged") where the one that should stay was merged itself,
    and ("merged_elsewhere", short_code) where the first was merged into another, the one with that code.
    """
    household, hamlet = household_in_reach(session, household_id, scope)
    stays, other = household_in_reach(session, into, scope)
    if household.id == stays.id:
        raise Conflict("same_household")
    if hamlet.code != other.code:
        raise Conflict("another_hamlet")
    counters.lock_hamlets(session, {hamlet.code: hamlet.path}, now=now)
    # From here on nobody merges, moves or takes out either of them, so a household never comes to stand for itself
    # through others.
    session.refresh(household)
    session.refresh(stays)
    if household.merged_into is not None:
        canonical_id = canonical_ids(session, [household.id])[household.id]
        if stays.id in {household.merged_into, canonical_id}:
            return stays
        raise Conflict("merged_elsewhere", short_code=session.get_one(Household, canonical_id).short_code)
    if stays.merged_into is not None:
        raise Conflict("already_merged")
    if not household.hamlet_code == stays.hamlet_code == hamlet.code:
        raise Conflict("another_hamlet")
    before = _with_histories(session, [household.id, stays.id])
    household.merged_into = stays.id
    _count_anew(session, before, [stays.id], merged=[household.id], now=now)
    what = {"household": str(household.id), "into": str(stays.id)}
    audit.record(session, by, "merge_household", what, now=now, area_path=hamlet.path)
    return stays


def take_out_household(session: Session, household_id: UUID, *, by: str, scope: Scope, now: datetime) -> Household:
    """Undo a merge: the household is back on its hamlet's list, with all that was told under it, before and since.

    Those that were merged into it before come along. What it was merged into is left with what is its own. Raises
    NotFound("no_such_household"); Conflict("not_merged"), and ("heir_elsewhere") where the one that stands for it has
    moved to a hamlet outside `scope`.
    """
    household, hamlet = household_in_reach(session, household_id, scope)
    canonical_id = canonical_ids(session, [household.id]).get(household.id)
    if canonical_id is None:
        raise Conflict("not_merged")
    found = household_within(session, scope, canonical_id)
    if found is None:
        raise Conflict("heir_elsewhere")
    _, its_hamlet = found
    counters.lock_hamlets(session, {area.code: area.path for area in (hamlet, its_hamlet)}, now=now)
    session.refresh(household)
    before = _with_histories(session, [canonical_id])
    meanwhile = canonical_ids(session, [household.id]).get(household.id)
    ((door, _),) = before
    if meanwhile != canonical_id or door.hamlet != its_hamlet.code or household.hamlet_code != hamlet.code:
        # Somebody else put it right before the lock was ours.
        return take_out_household(session, household_id, by=by, scope=scope, now=now)
    what = {"household": str(household.id), "from": str(household.merged_into)}
    household.merged_into = None
    _count_anew(session, before, [household.id, canonical_id], now=now)
    audit.record(session, by, "take_out_household", what, now=now, area_path=hamlet.path)
    return household


def _count_anew(
    session: Session,
    before: Iterable[tuple[VisitedHousehold, VisitHistory]],
    after: Collection[UUID],
    *,
    merged: Collection[UUID] = (),
    now: datetime,
) -> None:
    """Count the households `after` for what they stand for now, in place of those before; the locks are held."""
    sums: defaultdict[str, Sum] = defaultdict(Sum)
    for door, history in before:
        sums[door.hamlet].add_household(door.summary, states_by_day(history.visits()), -1)
    # The link has to be there before what follows from it is read.
    session.flush()
    states = dict.fromkeys(merged, HouseholdState(MERGED))
    histories = histories_of(session, after)
    for id, door in visited_households(session, after).items():
        states[id], by_day = state_after(histories[id].visits())
        sums[door.hamlet].add_household(states[id].summary, by_day)
    write_states(session, states)
    counters.add_all(session, sums, now=now, last_visit_on={})


def _with_histories(session: Session, households: Collection[UUID]) -> list[tuple[VisitedHousehold, VisitHistory]]:
    histories = histories_of(session, households)
    return [(door, histories[id]) for id, door in visited_households(session, households).items()]
