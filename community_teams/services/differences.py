"""What a recount finds: counters that are not what they should be."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import literal, select
from sqlalchemy.orm import Session

from community_teams.domain.counting import WEEKS
from community_teams.models import CommuneTotal, CommuneWeek, ProvinceWeek
from community_teams.queries.rollups import (
    FIRST_LISTED,
    LATEST_CLOSED,
    PROVINCE_NAMES,
    sums_of_provinces,
    totals_of_hamlets,
    weeks_of_hamlets,
)

# So many communes are held against their hamlets at once: a year of weeks of each is in memory meanwhile.
AT_ONCE = 50


@dataclass(frozen=True)
class Difference:
    """Something that was not what the answers add up to, and now is.

    hamlet: code of the hamlet, or of the commune where its own counters differed. what: the id of a household or visit,
    "total", or a table of counters and the key of the row, such as "hamlet_day 2026-11-20". name: of the field or
    counter. was, became: None for no value.
    """

    hamlet: str
    what: str
    name: str
    was: object
    became: object


def compare_communes(session: Session, communes: Collection[str]) -> Iterator[Difference]:
    """Where counters of communes are not the sums of their hamlets' as these are written. Changes nothing."""
    codes = sorted(communes)
    for start in range(0, len(codes), AT_ONCE):
        some = codes[start : start + AT_ONCE]
        totals = {
            row.commune_code: row for row in session.scalars(_anew(CommuneTotal, CommuneTotal.commune_code.in_(some)))
        }
        for code, right in totals_of_hamlets(session, some).items():
            row = totals.get(code)
            written = {} if row is None else {name: getattr(row, name) for name in right}
            yield from _differences(code, "commune_total", written, right)
        weeks = {
            (row.commune_code, row.week, row.known_in): {name: getattr(row, name) for name in (*WEEKS, FIRST_LISTED)}
            for row in session.scalars(_anew(CommuneWeek, CommuneWeek.commune_code.in_(some)))
        }
        right_weeks = weeks_of_hamlets(session, some)
        for key in sorted(weeks.keys() | right_weeks.keys()):
            code, week, known_in = key
            right = {name: int(n) for name, n in right_weeks.get(key, {}).items() if name != "path"}
            yield from _differences(code, f"commune_week {week} {known_in}", weeks.get(key, {}), right, missing=0)


def compare_provinces(session: Session, provinces: Collection[str]) -> Iterator[Difference]:
    """Where closed weeks of provinces, by codes, are not the sums of their communes' as these are written."""
    last = session.scalar(LATEST_CLOSED)
    right = {}
    if last is not None:
        rows = session.execute(sums_of_provinces(literal(date.min), literal(last)))
        right = {tuple(row)[:3]: tuple(map(int, row[3:])) for row in rows if row[0] in provinces}
    names = PROVINCE_NAMES[3:]
    written = {
        (row.province_code, row.week, row.known_in): tuple(getattr(row, name) for name in names)
        for row in session.scalars(_anew(ProvinceWeek, ProvinceWeek.province_code.in_(sorted(provinces))))
    }
    for key in sorted(written.keys() | right.keys()):
        code, week, known_in = key
        was, becomes = (dict(zip(names, rows.get(key, ()), strict=False)) for rows in (written, right))
        yield from _differences(code, f"province_week {week} {known_in}", was, becomes, missing=0)


def _anew(model: Any, condition: Any) -> Any:
    return select(model).where(condition).execution_options(populate_existing=True)


def _differences(
    code: str, what: str, written: Mapping[str, Any], right: Mapping[str, Any], *, missing: object = None
) -> Iterator[Difference]:
    for name in sorted(written.keys() | right.keys()):
        was, becomes = written.get(name, missing), right.get(name, missing)
        if was != becomes:
            yield Difference(code, what, name, was, becomes)
