"""Sums of what layers and indicators are made of, kept as those of coverage are: today's, and those of a few weeks."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, case, func, select
from sqlalchemy.orm import Session

from community_teams.domain.counting import TOTALS
from community_teams.models import HamletTotal, HamletWeek
from community_teams.queries.kept_sums import InPlace, Sums, SumsOverHamlets, kept_sums
from foundation.areas.models import Area

# Counters of today and what weeks call what they add to them.
FIRST = {"reached": "first_reached", "knocked": "first_knocked"}
# Of hamlets with an official list only.
LISTED = "reached_listed"
# Sums until so many different weeks are kept: of one province under a megabyte each, of the nation some 15.
MOST_WEEKS = 4

_ADDED = tuple(name for name in TOTALS if name != "households")


def kept_counts(session: Session, path: str, week: date | None) -> Mapping[str, Sums] | None:
    """Every counter of the hamlets of today, and LISTED, of the areas right beneath the nation ("") or a province.

    By code; None for smaller areas. week: the Monday of the week at whose end things stood so, None for now; then
    households are left out, of which no week tells. An area without any counter is left out.
    """
    return kept_sums(session, _TODAY if week is None else _until(week), path)


@lru_cache(MOST_WEEKS)
def _until(week: date) -> SumsOverHamlets:
    def read(within: InPlace) -> Select[Any]:
        counters = {name: getattr(HamletWeek, FIRST.get(name, name)) for name in _ADDED}
        return (
            select(Area.parent_code.label("code"), *_sums(counters))
            .join_from(HamletWeek, Area, Area.code == HamletWeek.hamlet_code)
            .where(within(HamletWeek.path), HamletWeek.week <= week, Area.valid_to.is_(None))
            .group_by(Area.parent_code)
        )

    return SumsOverHamlets(read, _by_code, _merged)


def _read_today(within: InPlace) -> Select[Any]:
    return (
        select(Area.parent_code.label("code"), *_sums({name: getattr(HamletTotal, name) for name in TOTALS}))
        .join_from(HamletTotal, Area, Area.code == HamletTotal.hamlet_code)
        .where(within(HamletTotal.path), Area.valid_to.is_(None))
        .group_by(Area.parent_code)
    )


def _sums(counters: Mapping[str, Any]) -> list[ColumnElement[Any]]:
    listed = case((Area.official_households.is_not(None), counters["reached"]), else_=0)
    return [*(func.sum(counter).label(name) for name, counter in counters.items()), func.sum(listed).label(LISTED)]


def _by_code(rows: Iterable[Row[Any]]) -> dict[str, Sums]:
    return {row.code: {name: int(value) for name, value in row._mapping.items() if name != "code"} for row in rows}


def _merged(_name: str, many: Sequence[int]) -> int:
    return sum(many)


_TODAY = SumsOverHamlets(_read_today, _by_code, _merged)
