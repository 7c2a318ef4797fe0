"""Finding the household of a visitor of the desk, or adding it to its hamlet's list."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from community_teams.domain.household_lists import NewHousehold, read_households
from community_teams.models import Household
from community_teams.queries.household_codes import LONGEST_TYPED, by_code, merged_by_code
from community_teams.services import counters
from community_teams.services.households import add_households
from foundation.areas.domain.scope import Scope
from foundation.areas.models import Area
from foundation.problems import Invalid


def new_household(typed: str, hamlet: Area, id: UUID) -> NewHousehold:
    """A household for the hamlet's list, by its code as household_named took it.

    Raises Invalid {"household_code": "not_a_code" | "identity_number"}.
    """
    typed = typed.strip()
    listed = read_households([["mã hộ", "mã thôn"], [typed, hamlet.code]])
    if listed.faults:
        held = any(fault.code == "identity_number" for fault in listed.faults)
        raise Invalid({"household_code": "identity_number" if held else "not_a_code"})
    return NewHousehold(typed, hamlet.code, id=id)


def household_named(
    session: Session, hamlet: Area, typed: str, *, scope: Scope, add: NewHousehold | None = None, now: datetime
) -> Household:
    """The household of the hamlet that `typed` means; put on the list under that code where there is none.

    The code of a merged household, as on older sheets, gives the canonical one.
    add: as new_household gives it; None where nothing may be added. The same call again finds what the first one added.
    Raises Invalid {"household_code": "missing" | "no_such_household" | "several_households" | "not_a_code"}.
    """
    typed = typed.strip()
    if not typed:
        raise Invalid({"household_code": "missing"})
    if len(typed) > LONGEST_TYPED:
        raise Invalid({"household_code": "not_a_code"})
    if add is not None:
        # Two who add the same household at once: the second one finds it.
        counters.lock_hamlets(session, {hamlet.code: hamlet.path}, now=now)
    found = by_code(session, scope, hamlet.code, typed)
    if len(found) > 1:
        raise Invalid({"household_code": "several_households"})
    if found:
        return found[0]
    merged = merged_by_code(session, scope, hamlet.code, typed)
    if merged is not None:
        return merged
    if add is None:
        raise Invalid({"household_code": "no_such_household"})
    return add_households(session, [add], is_sample=hamlet.is_sample, now=now)[0]
