"""Counting everything again from the answers, and setting right what differs."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from community_teams.domain.counting import DAYS, MEMBERS, TOTALS, WEEKS, Sum
from community_teams.domain.household_counts import states_alone
from community_teams.domain.household_state import HouseholdState, state_after
from community_teams.domain.households import MERGED
from community_teams.models import CommuneTotal, HamletDay, HamletTotal, HamletWeek, Household, Issue, MemberDay, Visit
from community_teams.queries.household_visits import stored_summary, visits_by_household
from community_teams.queries.visit_summaries import summaries_in
from community_teams.queries.visits import NOT_CORRECTED
from community_teams.services import base_counts, counters, rollups
from community_teams.services.differences import Difference as Difference
from community_teams.services.differences import compare_communes, compare_provinces
from community_teams.services.household_states import write_state
from community_teams.services.rollups import refresh_communes
from foundation.areas.domain.scope import Scope
from foundation.areas.models import Area
from foundation.areas.queries import inside


def recount(session: Session, scope: Scope, *, now: datetime) -> list[Difference]:
    """Recount every hamlet within `scope` from its answers, and their communes from the hamlets; repair what differs.

    Empty when everything agreed; so is a second recount at once. Weeks are set right by a row of this week's known_in:
    what was known before stays as it was. Locks all hamlets of the scope and their communes until the transaction ends:
    visits sent meanwhile wait.
    """
    hamlets = session.execute(
        select(Area.code, Area.path, Area.parent_code).where(
            inside(Area.path, scope),
            Area.code.in_(select(Household.hamlet_code))
            | Area.code.in_(select(Visit.hamlet_code))
            | Area.code.in_(select(HamletTotal.hamlet_code)),
        )
    ).all()
    paths = {code: path for code, path, _ in hamlets}
    codes = sorted(paths)
    for start in range(0, len(codes), 500):
        counters.lock_hamlets(session, {code: paths[code] for code in codes[start : start + 500]}, now=now)
    # Before their hamlets are repaired, or each fault would be reported twice.
    communes = {commune for _, _, commune in hamlets if commune is not None} | _communes_in(session, scope)
    rollups.lock_every_commune(session, communes)
    found = [*compare_communes(session, communes), *compare_provinces(session, _provinces_in(session, scope))]
    # All visits first: a visit of one hamlet may belong to a household that is on another hamlet's list by now.
    found += [difference for code in codes for difference in _repair_summaries(session, code)]
    found += [difference for code in codes for difference in _recount_hamlet(session, code, paths[code], now)]
    if found:
        refresh_communes(session, communes, weeks=True)
    return found


def _communes_in(session: Session, scope: Scope) -> set[str]:
    return set(session.scalars(select(CommuneTotal.commune_code).where(inside(CommuneTotal.path, scope))))


def _provinces_in(session: Session, scope: Scope) -> list[str]:
    return list(session.scalars(select(Area.code).where(Area.parent_code.is_(None), inside(Area.path, scope))))


def _repair_summaries(session: Session, code: str) -> Iterator[Difference]:
    for id, summary in sorted(summaries_in(session, code).items()):
        if summary.written != summary.answered:
            yield Difference(code, str(id), "summary_counts", summary.written, summary.answered)
            session.execute(
                update(Visit)
                .where(Visit.id == id)
                .values(summary_counts=summary.answered)
                .execution_options(synchronize_session=False)
            )


def _recount_hamlet(session: Session, code: str, path: str, now: datetime) -> Iterator[Difference]:
    counted = Sum()
    for household, visits in visits_by_household(session, code):
        state, by_day = state_after(visits) if household.merged_into is None else (HouseholdState(MERGED), {})
        yield from _repair_household(household, state)
        counted.add_household(state.summary, by_day)
    last = _count_visits(session, code, counted)
    days = {(day,): n for day, n in counted.days_changed()}
    members = dict(counted.members_changed())
    erased_last = base_counts.add_base(session, code, counted)
    last = max(filter(None, (last, erased_last)), default=None)
    yield from _repair_total(session, code, path, counted, last, now)
    yield from _repair_rows(session, code, HamletDay, DAYS, days)
    yield from _repair_weeks(session, code, counted, now)
    yield from _repair_rows(session, code, MemberDay, MEMBERS, members)
    session.flush()


def _repair_household(household: Household, state: HouseholdState) -> Iterator[Difference]:
    written = vars(stored_summary(household))
    for name, value in vars(state.summary).items():
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
        select(Visit.visited_on, Visit.outcome, Visit.summary_counts, Visit.member_id, Visit.household_id).where(
            Visit.hamlet_code == code, NOT_CORRECTED
        )
    )
    last: date | None = None
    for day, outcome, summary_counts, member, household in visits:
        counted.add_visit(day, outcome, summary_counts, member=member)
        if household is None:
            counted.add_states(states_alone(day, summary_counts))
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


def _repair_weeks(session: Session, code: str, counted: Sum, now: datetime) -> Iterator[Difference]:
    sums = session.execute(
        select(HamletWeek.week, *(func.sum(getattr(HamletWeek, name)) for name in WEEKS))
        .where(HamletWeek.hamlet_code == code)
        .group_by(HamletWeek.week)
    )
    written = {week: dict(zip(WEEKS, map(int, counts), strict=True)) for week, *counts in sums}
    right = dict(counted.weeks_changed())
    revision = Sum()
    for week in sorted(right.keys() | written.keys()):
        was, becomes = written.get(week, {}), right.get(week, {})
        for name in WEEKS:
            before, after = was.get(name, 0), becomes.get(name, 0)
            if before != after:
                yield Difference(code, f"hamlet_week {week}", name, before, after)
                revision.weeks[week][name] = after - before
    counters.revise_weeks(session, code, revision, now=now)


def _repair_rows(
    session: Session,
    code: str,
    table: type[HamletDay | MemberDay],
    names: Sequence[str],
    right: Mapping[tuple[Any, ...], Mapping[str, int]],
) -> Iterator[Difference]:
    """Set one hamlet's counter rows right. right: by the rest of their key, what is not zero."""
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
            session.add(table(hamlet_code=code, **place, **(dict.fromkeys(names, 0) | becomes)))
