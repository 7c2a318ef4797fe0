"""Counting everything again from the visits, and setting right what differs."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from community_teams.domain.counting import DAYS, MEMBERS, TOTALS, WEEKS, Sum
from community_teams.domain.household_counts import states_alone
from community_teams.domain.household_state import HouseholdState, state_after
from community_teams.domain.households import MERGED
from community_teams.models import HamletDay, HamletTotal, HamletWeek, Household, Issue, MemberDay, Visit
from community_teams.queries.standings import knocks_in, standing_now
from community_teams.queries.visits import NOT_CORRECTED
from community_teams.services import counters
from community_teams.services.household_states import write_state
from foundation.areas.domain.scope import Scope
from foundation.areas.models import Area
from foundation.areas.queries import inside
from foundation.areas.services.versions import renew_counts_around


@dataclass(frozen=True)
class Difference:
    """Something that was not what the visits add up to, and now is.

    what: a household's id, "total", or a table of counters and the key of the row, such as "hamlet_day 2026-11-20".
    name: of the field or counter. was, became: None for no value.
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
    found = [difference for code in codes for difference in _recount_hamlet(session, code, paths[code], now)]
    renew_counts_around(session, {difference.hamlet for difference in found})
    return found


def _recount_hamlet(session: Session, code: str, path: str, now: datetime) -> Iterator[Difference]:
    counted = Sum()
    for household, visits in knocks_in(session, code):
        state, by_day = state_after(visits) if household.merged_into is None else (HouseholdState(MERGED), {})
        yield from _repair_household(household, state)
        counted.add_household(state.standing, by_day)
    last = _count_visits(session, code, counted)
    yield from _repair_total(session, code, path, counted, last, now)
    yield from _repair_rows(session, code, HamletDay, DAYS, {(day,): n for day, n in counted.days_changed()}, {})
    weeks = {(week,): n for week, n in counted.weeks_changed()}
    yield from _repair_rows(session, code, HamletWeek, WEEKS, weeks, {"path": path})
    yield from _repair_rows(session, code, MemberDay, MEMBERS, dict(counted.members_changed()), {})
    session.flush()


def _repair_household(household: Household, state: HouseholdState) -> Iterator[Difference]:
    written = vars(standing_now(household))
    for name, value in vars(state.standing).items():
        if written[name] != value:
            yield Difference(household.hamlet_code, str(household.id), name, written[name], value)
    # One that something else has changed since is only out of date; it is stored anew.
    stored = household.state if household.state_version == household.version else None
    if stored is not None and stored != state.to_json():
        yield Difference(household.hamlet_code, str(household.id), "state", stored, state.to_json())
    write_state(household, state)


def _count_visits(session: Session, code: str, counted: Sum) -> date | None:
    """Add the hamlet's visits to `counted`; returns the day of the last one."""
    visits = session.execute(
        select(Visit.visited_on, Visit.outcome, Visit.said, Visit.member_id, Visit.household_id).where(
            Visit.hamlet_code == code, NOT_CORRECTED
        )
    )
    last: date | None = None
    for day, outcome, said, member, household in visits:
        counted.add_visit(day, outcome, said, member=member)
        if household is None:
            counted.add_states(states_alone(day, said))
        last = max(last or day, day)
    closed = (
        select(Issue.closed_on, func.count())
        .join(Visit, Visit.id == Issue.visit_id)
        .where(Issue.hamlet_code == code, Issue.closed_on.is_not(None), NOT_CORRECTED)
        .group_by(Issue.closed_on)
    )
    for closed_on, number in session.execute(closed):
        assert closed_on is not None
        counted.add_closed_issues(closed_on, number)
    return last


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


def _repair_rows(
    session: Session,
    code: str,
    table: type[HamletDay | HamletWeek | MemberDay],
    names: Sequence[str],
    right: Mapping[tuple[Any, ...], Mapping[str, int]],
    more: Mapping[str, object],
) -> Iterator[Difference]:
    """Set one hamlet's counter rows right. right: by the rest of their key, what is not zero. more: other columns."""
    keys = [column.name for column in table.__table__.primary_key if column.name != "hamlet_code"]
    rows = session.scalars(
        select(table).where(table.hamlet_code == code).execution_options(populate_existing=True)
    ).all()
    written = {
        tuple(getattr(row, key) for key in keys): {name: n for name in names if (n := getattr(row, name))}
        for row in rows
    }
    for key in sorted(right.keys() | written.keys()):
        was, becomes = written.get(key, {}), dict(right.get(key, {}))
        if was == becomes:
            continue
        for name in names:
            if was.get(name, 0) != becomes.get(name, 0):
                what = " ".join(str(part) for part in key)
                yield Difference(code, f"{table.__tablename__} {what}", name, was.get(name, 0), becomes.get(name, 0))
        place = dict(zip(keys, key, strict=True))
        session.execute(delete(table).filter_by(hamlet_code=code, **place))
        if becomes:
            session.add(table(hamlet_code=code, **place, **more, **(dict.fromkeys(names, 0) | becomes)))
