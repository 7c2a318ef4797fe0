"""Merges households that were listed twice, and undoes a merge that was a mistake.

No visit is rewritten. It stays with the household it was recorded for, and counts for the canonical household
(docs/decisions/a-merged-household-keeps-its-visits.md).
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
    """Merge a household into another of its hamlet, which stays. The same merge again changes nothing.

    The merged household leaves every list and count. Its visits, earlier and later ones, count for the one that stays;
    it keeps its code, lane and name. Raises NotFound("no_such_household"); Conflict("same_household" |
    "another_hamlet"), ("already_merged") where the one that should stay is merged itself, and ("merged_elsewhere",
    short_code) where the first is merged into another household, the one with that code.
    """
    household, hamlet = household_in_reach(session, household_id, scope)
    stays, other = household_in_reach(session, into, scope)
    if household.id == stays.id:
        raise Conflict("same_household")
    if hamlet.code != other.code:
        raise Conflict("another_hamlet")
    counters.lock_hamlets(session, {hamlet.code: hamlet.path}, now=now)
    # With the hamlet locked nobody else merges, moves or takes out either of them: no cycle of merges can arise.
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
    _recount_households(session, before, [stays.id], merged=[household.id], now=now)
    what = {"household": str(household.id), "into": str(stays.id)}
    audit.record(session, by, "merge_household", what, now=now, area_path=hamlet.path)
    return stays


def take_out_household(session: Session, household_id: UUID, *, by: str, scope: Scope, now: datetime) -> Household:
    """Undo a merge: the household is on its hamlet's list again, with all visits recorded for it before and since.

    Households that were merged into it come with it. The other household keeps its own visits. Raises
    NotFound("no_such_household"); Conflict("not_merged"), and ("canonical_elsewhere") where the canonical household
    has moved to a hamlet outside `scope`.
    """
    household, hamlet = household_in_reach(session, household_id, scope)
    canonical_id = canonical_ids(session, [household.id]).get(household.id)
    if canonical_id is None:
        raise Conflict("not_merged")
    found = household_within(session, scope, canonical_id)
    if found is None:
        raise Conflict("canonical_elsewhere")
    _, its_hamlet = found
    counters.lock_hamlets(session, {area.code: area.path for area in (hamlet, its_hamlet)}, now=now)
    session.refresh(household)
    before = _with_histories(session, [canonical_id])
    meanwhile = canonical_ids(session, [household.id]).get(household.id)
    ((canonical, _),) = before
    if meanwhile != canonical_id or canonical.hamlet != its_hamlet.code or household.hamlet_code != hamlet.code:
        # Somebody else changed it before we had the lock: start again.
        return take_out_household(session, household_id, by=by, scope=scope, now=now)
    what = {"household": str(household.id), "from": str(household.merged_into)}
    household.merged_into = None
    _recount_households(session, before, [household.id, canonical_id], now=now)
    audit.record(session, by, "take_out_household", what, now=now, area_path=hamlet.path)
    return household


def _recount_households(
    session: Session,
    before: Iterable[tuple[VisitedHousehold, VisitHistory]],
    after: Collection[UUID],
    *,
    merged: Collection[UUID] = (),
    now: datetime,
) -> None:
    """Subtract the counts of the households `before`, and add those of the households `after`. Hamlets are locked."""
    sums: defaultdict[str, Sum] = defaultdict(Sum)
    for household, history in before:
        sums[household.hamlet].add_household(household.summary, states_by_day(history.visits()), -1)
    # Write merged_into first: the queries below read it.
    session.flush()
    states = dict.fromkeys(merged, HouseholdState(MERGED))
    histories = histories_of(session, after)
    for id, household in visited_households(session, after).items():
        states[id], by_day = state_after(histories[id].visits())
        sums[household.hamlet].add_household(states[id].summary, by_day)
    write_states(session, states)
    counters.add_all(session, sums, now=now, last_visit_on={})


def _with_histories(session: Session, households: Collection[UUID]) -> list[tuple[VisitedHousehold, VisitHistory]]:
    histories = histories_of(session, households)
    return [(household, histories[id]) for id, household in visited_households(session, households).items()]
