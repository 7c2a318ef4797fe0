"""Putting households on their hamlets' lists."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from community_teams.domain.counting import Sum
from community_teams.domain.household_lists import HouseholdList, NewHousehold
from community_teams.domain.households import HouseholdSummary
from community_teams.models import Household
from community_teams.services import counters
from foundation.areas.domain.hamlet_lists import Fault
from foundation.areas.domain.kinds import Level
from foundation.areas.domain.naming import fold, sort_key
from foundation.areas.domain.scope import Scope
from foundation.areas.models import Area
from foundation.problems import Problem

_CHANGEABLE = ("lane", "label", "preferred_language")


class FaultyHouseholds(Problem):
    """Nothing of the list was stored. `faults` are in the order of the rows."""

    status = 422

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("faulty_households", faults=tuple(faults))
        self.faults = tuple(faults)


@dataclass(frozen=True)
class HouseholdsAdded:
    """Counts of households. unused: headings of the list that were not read."""

    added: int
    changed: int
    unchanged: int
    unused: tuple[str, ...] = ()


def import_households(session: Session, listed: HouseholdList, *, scope: Scope, now: datetime) -> HouseholdsAdded:
    """Add the households of a spreadsheet, all of them or none. The same list again changes nothing.

    listed: as read_households gives it. A household is known by its hamlet and code; for a known one an empty cell
    leaves what is known as it is. Households not listed stay untouched.
    Raises FaultyHouseholds naming every faulty row; hamlets unknown or outside `scope` are faults, and so are sample
    hamlets: real households never mix with sample ones.
    """
    hamlets = _hamlets(session, {household.hamlet_code for household in listed.households})
    faults = [*listed.faults, *_misplaced(listed.households, listed.rows, hamlets, scope)]
    if faults:
        raise FaultyHouseholds(sorted(faults, key=lambda fault: fault.row))
    numbers = counters.lock_hamlets(session, {code: hamlet.path for code, hamlet in hamlets.items()}, now=now)
    known = _known(session, hamlets)
    new, changed = [], 0
    for household in listed.households:
        current = known.get((household.hamlet_code, household.short_code))
        if current is None:
            new.append(household)
        elif _bring_up_to_date(current, household, numbers[household.hamlet_code]):
            changed += 1
    _insert(session, new, numbers, is_sample=False, now=now)
    unchanged = len(listed.households) - len(new) - changed
    return HouseholdsAdded(len(new), changed, unchanged, tuple(listed.unused))


def add_households(
    session: Session, new: Sequence[NewHousehold], *, is_sample: bool = False, now: datetime
) -> list[Household]:
    """Add households that are not there yet, and count them. Raises FaultyHouseholds, rows counting from 1, when one's
    hamlet is unknown, or when one of the two is sample data and the other is not."""
    hamlets = _hamlets(session, {household.hamlet_code for household in new})
    faults = list(_misplaced(new, range(1, len(new) + 1), hamlets, None, is_sample=is_sample))
    if faults:
        raise FaultyHouseholds(faults)
    numbers = counters.lock_hamlets(session, {code: hamlet.path for code, hamlet in hamlets.items()}, now=now)
    return _insert(session, new, numbers, is_sample=is_sample, now=now)


def _insert(
    session: Session, new: Sequence[NewHousehold], numbers: Mapping[str, int], *, is_sample: bool, now: datetime
) -> list[Household]:
    rows = [
        Household(**row_of(household, is_sample=is_sample, change=numbers[household.hamlet_code])) for household in new
    ]
    session.add_all(rows)
    session.flush()
    changes: defaultdict[str, Sum] = defaultdict(Sum)
    for row in rows:
        changes[row.hamlet_code].add_household(HouseholdSummary(), {})
    counters.add_all(session, changes, now=now, last_visit_on={})
    return rows


def row_of(new: NewHousehold, *, is_sample: bool, change: int) -> dict[str, Any]:
    """The columns of a household nobody has visited yet. change: as counters.lock_hamlets gives it."""
    return {
        # Made one after another, they begin alike: a list of them packs into half of what chance alone would make.
        "id": new.id or uuid7(),
        "short_code": new.short_code,
        "hamlet_code": new.hamlet_code,
        "lane": new.lane,
        "label": new.label,
        "preferred_language": new.preferred_language,
        "code_key": sort_key(new.short_code),
        "version": 1,
        "change": change,
        "is_sample": is_sample,
        **search_keys(new.short_code, new.lane, new.label),
        **vars(HouseholdSummary()),
    }


def search_keys(short_code: str, lane: str, label: str | None) -> dict[str, str]:
    """The columns a household is put in order and found by; its code_key is sort_key(short_code)."""
    return {"lane_key": _lane_key(lane), "folded": fold(f"{short_code} {lane} {label or ''}")[:200]}


@lru_cache(maxsize=1_000)
def _lane_key(lane: str) -> str:
    # A hamlet has hundreds of households and a handful of lanes.
    return sort_key(lane)


def _bring_up_to_date(current: Household, listed: NewHousehold, change: int) -> bool:
    changed = False
    for name in _CHANGEABLE:
        value = getattr(listed, name)
        if value and value != getattr(current, name):
            setattr(current, name, value)
            changed = True
    if changed:
        current.version += 1
        current.change = change
        for name, value in search_keys(current.short_code, current.lane, current.label).items():
            setattr(current, name, value)
    return changed


def _hamlets(session: Session, codes: set[str]) -> dict[str, Area]:
    wanted = sorted(codes)
    found: dict[str, Area] = {}
    # SQLite takes a limited number of values in one statement.
    for start in range(0, len(wanted), 500):
        some = select(Area).where(Area.code.in_(wanted[start : start + 500]), Area.level == Level.HAMLET)
        found |= {area.code: area for area in session.scalars(some)}
    return found


def _known(session: Session, hamlets: Iterable[str]) -> dict[tuple[str, str], Household]:
    found: dict[tuple[str, str], Household] = {}
    for code in hamlets:
        some = select(Household).where(Household.hamlet_code == code).execution_options(populate_existing=True)
        found |= {(code, household.short_code): household for household in session.scalars(some)}
    return found


def _misplaced(
    households: Sequence[NewHousehold],
    rows: Sequence[int],
    hamlets: dict[str, Area],
    scope: Scope | None,
    *,
    is_sample: bool = False,
) -> Iterator[Fault]:
    for household, row in zip(households, rows, strict=True):
        hamlet = hamlets.get(household.hamlet_code)
        if hamlet is None or (scope is not None and not scope.covers(hamlet.path)):
            yield Fault(row, "unknown_hamlet", household.hamlet_code)
        elif hamlet.is_sample != is_sample:
            yield Fault(row, "sample_hamlet", household.hamlet_code)
