"""Sums of what layers and indicators are made of, kept as those of coverage are: today's, and those of a few weeks."""

from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import Row, bindparam, case, func, select
from sqlalchemy.orm import Session

from community_teams.domain.counting import TOTALS
from community_teams.models import HamletWeek
from community_teams.queries.kept_counters import LEVEL, LISTED, TODAY, add_counts
from community_teams.queries.kept_sums import Sums, SumsOverHamlets
from community_teams.queries.places import Asked, Code, Within
from foundation.areas.models import Area
from foundation.areas.queries import bounds, inside_one

# Counters of today and what weeks call what they add to them.
FIRST = {"reached": "first_reached", "knocked": "first_knocked"}
# Sums until so many different weeks are kept: of one province under a megabyte each, of the nation some 15.
MOST_WEEKS = 4

# What weeks add, by the names of today.
_ADDED = {name: getattr(HamletWeek, FIRST.get(name, name)) for name in TOTALS if name != "households"}


def kept_counts(session: Session, path: str, week: date | None) -> Mapping[str, Sums]:
    """Every counter of the hamlets of today, and LISTED, by area right beneath the one at `path` ("": the nation).

    For a hamlet, of itself. week: the Monday of the week at whose end things stood so, None for now; then households
    are left out, of which no week tells. An area without any counter is left out.
    """
    if week is None:
        return TODAY.beneath(session, path)
    return {area: counts for area, counts in (_until(week).beneath(session, path) or {}).items() if counts}


@lru_cache(MOST_WEEKS)
def _until(week: date) -> SumsOverHamlets:
    def read(within: Within, code: Code) -> Asked:
        listed = case((Area.official_households.is_not(None), _ADDED["reached"]), else_=0)
        return (
            select(code.label("code"), *map(func.sum, _ADDED.values()), func.sum(listed))
            .join_from(HamletWeek, Area, Area.code == HamletWeek.hamlet_code)
            .where(within(HamletWeek.path), HamletWeek.week <= week, Area.valid_to.is_(None))
            .group_by(code)
        )

    def of_hamlets(session: Session, path: str) -> Mapping[str, Sums]:
        # Joined with the areas it takes three times as long; which hamlets count is known by then.
        found = {}
        hamlets = LEVEL.beneath(session, path)
        for code, *counts in session.execute(_OF_HAMLETS, bounds(path) | {"week": week}):
            if code in hamlets:
                of = dict(zip(_ADDED, counts, strict=True))
                found[code] = of | {LISTED: 0 if hamlets[code]["households"] is None else of["reached"]}
        return found

    return SumsOverHamlets(read, _by_code, add_counts, of_hamlets=of_hamlets)


_OF_HAMLETS = (
    select(HamletWeek.hamlet_code, *map(func.sum, _ADDED.values()))
    .where(inside_one(HamletWeek.path), HamletWeek.week <= bindparam("week"))
    .group_by(HamletWeek.hamlet_code)
)


def _by_code(rows: Iterable[Row[Any]]) -> dict[str, Sums]:
    return {code: dict(zip((*_ADDED, LISTED), counts, strict=True)) for code, *counts in map(tuple, rows)}
