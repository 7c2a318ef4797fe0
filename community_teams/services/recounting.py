"""Counting everything again from the visits, and setting right what differs."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from community_teams.domain.counting import DAYS, TOTALS, Sum
from community_teams.models import HamletDay, HamletTotal, Household, Visit
from community_teams.queries.standings import standing_now, standings_in
from community_teams.queries.visits import NOT_CORRECTED
from community_teams.services import counters
from community_teams.services.standings import write_standing
from foundation.areas.domain.scope import Scope
from foundation.areas.models import Area
from foundation.areas.queries import inside


@dataclass(frozen=True)
class Difference:
    """Something that was not what the visits add up to, and now is.

    what: a household's id, a day, or "total". name: of the field or counter. was, became: None for no value.
    """

    hamlet: str
    what: str
    name: str
    was: object
    became: object


def recount(session: Session, scope: Scope, *, now: datetime) -> list[Difference]:
    """Recount every hamlet within `scope` and repair it. Empty when everything agreed; so is a second recount at once.

    Locks all hamlets of the scope until the transaction ends: visits sent meanwhile wait.
    """
    hamlets = session.execute(
        select(Area.code, Area.path).where(
            inside(Area.path, scope),
            Area.code.in_(select(Household.hamlet_code))
            | Area.code.in_(select(Visit.hamlet_code))
            | Area.code.in_(select(HamletTotal.hamlet_code)),
        )
    )
    paths = {code: path for code, path in hamlets}  # noqa: C416 - a result is no mapping
    codes = sorted(paths)
    for start in range(0, len(codes), 500):
        counters.lock_hamlets(session, {code: paths[code] for code in codes[start : start + 500]}, now=now)
    return [difference for code in codes for difference in _recount_hamlet(session, code, paths[code], now)]


def _recount_hamlet(session: Session, code: str, path: str, now: datetime) -> Iterator[Difference]:
    counted = Sum()
    for household, standing in standings_in(session, code):
        written = vars(standing_now(household))
        for name, value in vars(standing).items():
            if written[name] != value:
                yield Difference(code, str(household.id), name, written[name], value)
        write_standing(household, standing)
        counted.add_household(standing)
    visits = session.execute(
        select(Visit.visited_on, Visit.outcome, func.count())
        .where(Visit.hamlet_code == code, NOT_CORRECTED)
        .group_by(Visit.visited_on, Visit.outcome)
    )
    last: date | None = None
    for day, outcome, times in visits:
        counted.add_visit(day, outcome, times)
        last = max(last or day, day)
    yield from _repair_total(session, code, path, counted, last, now)
    yield from _repair_days(session, code, counted)
    session.flush()


def _repair_total(
    session: Session, code: str, path: str, counted: Sum, last: date | None, now: datetime
) -> Iterator[Difference]:
    row = session.get_one(HamletTotal, code, populate_existing=True)
    right: dict[str, object] = {name: counted.total[name] for name in TOTALS}
    right |= {"last_visit_on": last, "path": path}
    for name, value in right.items():
        if getattr(row, name) != value:
            yield Difference(code, "total", name, getattr(row, name), value)
            setattr(row, name, value)
            row.updated_at = now


def _repair_days(session: Session, code: str, counted: Sum) -> Iterator[Difference]:
    right = dict(counted.days_changed())
    rows = session.scalars(
        select(HamletDay).where(HamletDay.hamlet_code == code).execution_options(populate_existing=True)
    ).all()
    written = {row.day: {name: n for name in DAYS if (n := getattr(row, name))} for row in rows}
    for day in sorted(right.keys() | written.keys()):
        was, becomes = written.get(day, {}), right.get(day, {})
        if was == becomes:
            continue
        for name in DAYS:
            if was.get(name, 0) != becomes.get(name, 0):
                yield Difference(code, day.isoformat(), name, was.get(name, 0), becomes.get(name, 0))
        session.execute(delete(HamletDay).where(HamletDay.hamlet_code == code, HamletDay.day == day))
        if becomes:
            session.add(HamletDay(hamlet_code=code, day=day, **(dict.fromkeys(DAYS, 0) | becomes)))
