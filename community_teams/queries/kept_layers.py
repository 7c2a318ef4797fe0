"""Sums of what layers and indicators are made of, kept as those of coverage are: today's, and those of a few weeks."""

from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Row, case, func, select
from sqlalchemy.orm import Session

from community_teams.domain.counting import TOTALS
from community_teams.models import HamletWeek
from community_teams.queries.kept_sums import LISTED, TODAY, Sums, SumsOverHamlets, add_counts
from community_teams.queries.places import Asked, Code, Within
from foundation.areas.models import Area

# Counters of today and what weeks call what they add to them.
FIRST = {"reached": "first_reached", "knocked": "first_knocked"}
# Sums until so many different weeks are kept: of one province under a megabyte each, of the nation some 15.
MOST_WEEKS = 4

_ADDED = tuple(name for name in TOTALS if name != "households")


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
        counters = {name: getattr(HamletWeek, FIRST.get(name, name)) for name in _ADDED}
        return (
            select(code.label("code"), *_sums(counters))
            .join_from(HamletWeek, Area, Area.code == HamletWeek.hamlet_code)
            .where(within(HamletWeek.path), HamletWeek.week <= week, Area.valid_to.is_(None))
            .group_by(code)
        )

    return SumsOverHamlets(read, _by_code, add_counts, each=True)


def _sums(counters: Mapping[str, Any]) -> list[ColumnElement[Any]]:
    listed = case((Area.official_households.is_not(None), counters["reached"]), else_=0)
    return [*(func.sum(counter).label(name) for name, counter in counters.items()), func.sum(listed).label(LISTED)]


def _by_code(rows: Iterable[Row[Any]]) -> dict[str, Sums]:
    return {code: dict(zip(_NAMES, counts, strict=True)) for code, *counts in map(tuple, rows)}


_NAMES = (*_ADDED, LISTED)
