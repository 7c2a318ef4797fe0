"""Week by week what was done in the hamlets of today, kept as kept_sums.py says."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, bindparam, case, func, literal_column, select
from sqlalchemy.orm import Session

from community_teams.domain.counting import OUTCOMES
from community_teams.models import HamletWeek
from community_teams.queries.kept_counters import COUNTERS
from community_teams.queries.kept_sums import Sums, SumsOverHamlets
from community_teams.queries.places import Asked, Code, Within
from foundation.areas.models import Area
from foundation.areas.queries import bounds, inside_one

_VISITS: ColumnElement[int] = sum(
    (getattr(HamletWeek, name) for name in OUTCOMES[1:]), start=getattr(HamletWeek, OUTCOMES[0])
)


def _of_weeks(reached: ColumnElement[int]) -> list[ColumnElement[Any]]:
    """reached: households of a list met for the first time, of one hamlet in one week."""
    return [func.count(), *map(func.sum, (reached, _VISITS, HamletWeek.timed, HamletWeek.minutes))]


def _read_weeks(within: Within, code: Code) -> Asked:
    reached = case((Area.official_households.is_not(None), HamletWeek.first_reached), else_=0)
    return (
        select(code.label("code"), HamletWeek.week, *_of_weeks(reached))
        .join_from(HamletWeek, Area, Area.code == HamletWeek.hamlet_code)
        .where(within(HamletWeek.path), Area.valid_to.is_(None))
        .group_by(code, HamletWeek.week)
    )


# Joined with the areas, PostgreSQL reads all of them for the nineteen hamlets of a commune.
_WEEKS_OF_ONE = (
    select(
        literal_column("''"),
        HamletWeek.week,
        *_of_weeks(
            case((HamletWeek.hamlet_code.in_(bindparam("unlisted", expanding=True)), 0), else_=HamletWeek.first_reached)
        ),
    )
    .where(inside_one(HamletWeek.path), HamletWeek.hamlet_code.not_in(bindparam("ended", expanding=True)))
    .group_by(HamletWeek.week)
)


def _weeks_of_commune(session: Session, path: str) -> Sums:
    hamlets = COUNTERS.beneath(session, path) or {}
    listed = {code: parts["level"]["households"] is not None for code, parts in hamlets.items() if "level" in parts}
    but = {
        "unlisted": [code for code, is_listed in listed.items() if not is_listed],
        "ended": [code for code in hamlets if code not in listed],
    }
    return _gather_weeks(session.execute(_WEEKS_OF_ONE, bounds(path) | but)).get("", {})


def _gather_weeks(rows: Iterable[Row[Any]]) -> dict[str, Sums]:
    found: dict[str, Sums] = {}
    for row in rows:
        code, week, *counts = tuple(row)
        found.setdefault(code, {})[week] = tuple(map(int, counts))
    return found


def _add_weeks(many: Sequence[Sums]) -> Sums:
    # Gathered first: added two by two, the communes of a province took twice as long.
    gathered: defaultdict[date, list[tuple[int, ...]]] = defaultdict(list)
    for weeks in many:
        for week, counts in weeks.items():
            gathered[week].append(counts)
    return {week: tuple(map(sum, zip(*counts, strict=True))) for week, counts in gathered.items()}


# By Monday, of the hamlets of today: how many tell of the week, households of a list met for the first time, visits,
# timed visits and minutes.
BY_WEEK = SumsOverHamlets(_read_weeks, _gather_weeks, _add_weeks, of_one=_weeks_of_commune)
