"""Loads the whole sample, and clears it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from random import Random
from typing import Any, cast
from uuid import UUID

from sqlalchemy import CompoundSelect, CursorResult, Table, delete, func, select, union, update
from sqlalchemy.orm import Session

from community_teams.domain.counting import DAYS, MEMBERS, TOTALS, WEEKS, Sum
from community_teams.domain.household_counts import states_alone
from community_teams.domain.household_lists import NewHousehold
from community_teams.domain.household_state import state_after
from community_teams.models import (
    AnonymousVisit,
    HamletBase,
    HamletDay,
    HamletTotal,
    HamletWeek,
    HeldVisit,
    Household,
    HouseholdGone,
    Issue,
    MemberDay,
    Visit,
    VisitPerson,
)
from community_teams.models.issue_steps import IssueStep
from community_teams.pilots.models import Pilot
from community_teams.sample.accounts import VISITOR, accounts_for, add_accounts, add_members
from community_teams.sample.hamlets import PROVINCE, SOURCE, SampleHamlet, as_of, choose_communes, plan_hamlets
from community_teams.sample.phones import add_phones
from community_teams.sample.pilots import add_pilot, clear_pilots
from community_teams.sample.visits import Rows, make_visits, visits_each
from community_teams.services.counters import change_at
from community_teams.services.households import row_of
from community_teams.services.rollups import refresh_communes
from foundation.accounts.models import Person, RoleHolding
from foundation.areas.domain.hamlet_lists import NewHamlet
from foundation.areas.models import Area
from foundation.areas.services.hamlets import add_hamlets
from foundation.bulk import insert_rows
from foundation.clock import day_in_vietnam
from foundation.database import Base
from foundation.problems import Conflict

SEED = "bình dân học vụ số"
AT_ONCE = 20_000


@dataclass(frozen=True)
class Loaded:
    """Counts over the whole sample. made_now: False when it was already there. password: made just now, or None."""

    made_now: bool
    communes: int
    hamlets: int
    households: int
    visits: int
    password: str | None


def load_sample(
    session: Session,
    *,
    households: int,
    communes: int,
    password: str,
    now: datetime,
    visits_per_household: float | None = None,
) -> Loaded:
    """Load the sample: the same numbers give the same sample, but for its days, which lie before `now`.

    visits_per_household: on average over all of them, visited or not, and nobody more than visits.MOST times; None for
    a little fewer than one. Hamlets and their households are as many whatever it is, so that a province at the
    beginning of its campaign can be held against the same one in its middle.
    When one is already there it stays as it is, whatever its size; so does its password, unless another is given.
    Raises Conflict "areas_not_loaded", and Conflict and Invalid as add_accounts does; then nothing is written.
    """
    there = session.scalars(select(Area.code).where(Area.is_sample).order_by(Area.path)).all()
    planned = [] if there else _plan(session, households, communes)
    _add_hamlets(session, planned, day_in_vietnam(now))
    codes = [hamlet.code for hamlet in planned] or list(there)
    first = codes[0].split("-")[0]
    of_visitor = tuple(code for code in codes[:2] if code.startswith(first))
    made = add_accounts(session, accounts_for(of_visitor, first, PROVINCE), password, now=now)
    if planned:
        _fill(session, planned, of_visitor, visits_each(planned, visits_per_household), now)
        add_phones(session, now=now)
        add_pilot(session, codes[min(2, len(codes) - 1)], now=now)
    return Loaded(made_now=bool(planned), password=made, **_counts(session))


def _plan(session: Session, households: int, communes: int) -> list[SampleHamlet]:
    known = session.scalars(select(Area.code).where(Area.parent_code == PROVINCE)).all()
    if not known:
        raise Conflict("areas_not_loaded", province=PROVINCE)
    return plan_hamlets(choose_communes(known, communes), households, Random(SEED))  # noqa: S311 - made-up data


def _add_hamlets(session: Session, planned: list[SampleHamlet], today: date) -> None:
    add_hamlets(
        session,
        [
            NewHamlet(
                commune_code=hamlet.commune,
                name=hamlet.name,
                kind=hamlet.kind,
                code=hamlet.code,
                households=hamlet.official,
                source=SOURCE if hamlet.official is not None else None,
                as_of=as_of(today) if hamlet.official is not None else None,
            )
            for hamlet in planned
        ],
        is_sample=True,
    )


def _fill(
    session: Session, planned: list[SampleHamlet], of_visitor: tuple[str, ...], mean: float | None, now: datetime
) -> None:
    visitor = session.scalars(select(Person.id).where(Person.name == VISITOR)).one()
    communes = sorted({hamlet.commune for hamlet in planned})
    members = dict(zip(communes, add_members(session, len(communes), now=now), strict=True))
    paths = {code: path for code, path in session.execute(select(Area.code, Area.path).where(Area.is_sample))}  # noqa: C416
    writer = _Writer(session)
    for hamlet in planned:
        member = visitor if hamlet.code in of_visitor else members[hamlet.commune]
        _fill_hamlet(writer, hamlet, paths[hamlet.code], member, mean, now)
    writer.finish()
    refresh_communes(session, communes, weeks=True)


def _fill_hamlet(
    writer: "_Writer", hamlet: SampleHamlet, path: str, member: int, mean: float | None, now: datetime
) -> None:
    chance = Random(f"{SEED} {hamlet.code}")  # noqa: S311 - made-up data
    today = day_in_vietnam(now)
    order = chance.sample(range(hamlet.size), hamlet.size)
    reached = set(order[: hamlet.reached])
    tried = set(order[hamlet.reached :][: hamlet.tried])
    rows, counted, households = Rows(), Sum(), []
    for place in range(hamlet.size):
        new = NewHousehold(
            short_code=f"M{hamlet.number}-{place + 1:03}",
            hamlet_code=hamlet.code,
            lane=f"Ngõ Mẫu {place * 4 // hamlet.size + 1}",
            id=UUID(int=chance.getrandbits(128), version=4),
        )
        events = []
        if place in reached or place in tried:
            assert new.id is not None
            events = make_visits(
                rows,
                new.id,
                hamlet.code,
                member,
                reached=place in reached,
                mean=mean,
                today=today,
                now=now,
                chance=chance,
            )
        state, by_day = state_after(events)
        counted.add_household(state.summary, by_day)
        row = row_of(new, is_sample=True, change=change_at(now))
        households.append(row | vars(state.summary) | {"state": state.to_json(), "state_version": row["version"]})
    for visit in rows.visits:
        counted.add_visit(visit["visited_on"], visit["outcome"], visit["summary_counts"], member=member)
        if visit["household_id"] is None:
            counted.add_states(states_alone(visit["visited_on"], visit["summary_counts"]))
    last = max((visit["visited_on"] for visit in rows.visits), default=None)
    writer.add(Household, households)
    writer.add(Visit, rows.visits)
    writer.add(VisitPerson, rows.people)
    writer.add(Issue, rows.issues)
    writer.add(AnonymousVisit, rows.anonymous)
    total = {name: counted.total[name] for name in TOTALS}
    writer.add(
        HamletTotal,
        [
            {
                "hamlet_code": hamlet.code,
                "path": path,
                "last_visit_on": last,
                "updated_at": now,
                "change": change_at(now),
            }
            | total
        ],
    )
    writer.add(
        HamletDay,
        [
            {"hamlet_code": hamlet.code, "day": day} | dict.fromkeys(DAYS, 0) | names
            for day, names in counted.days_changed()
        ],
    )
    writer.add(
        HamletWeek,
        [
            {"hamlet_code": hamlet.code, "week": week, "known_in": week, "path": path} | dict.fromkeys(WEEKS, 0) | names
            for week, names in counted.weeks_changed()
        ],
    )
    writer.add(
        MemberDay,
        [
            {"hamlet_code": hamlet.code, "member_id": who, "day": day} | dict.fromkeys(MEMBERS, 0) | names
            for (who, day), names in counted.members_changed()
        ],
    )


class _Writer:
    """Writes rows in batches, tables in the order they were first added, so that parents come before children."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.waiting: dict[type[Base], list[dict[str, Any]]] = {}

    def add(self, table: type[Base], rows: Iterable[dict[str, Any]]) -> None:
        self.waiting.setdefault(table, []).extend(rows)
        if sum(map(len, self.waiting.values())) >= AT_ONCE:
            self.finish()

    def finish(self) -> None:
        for table, rows in self.waiting.items():
            if rows:
                insert_rows(self.session.connection(), cast(Table, table.__table__), rows)
                rows.clear()


def clear_sample(session: Session) -> dict[str, int]:
    """Remove the whole sample: accounts, hamlets, households, visits, counters. The second time nothing changes.

    Returns how many rows went, by table. Audit entries stay: what was done stays known. A sample account that has
    visits in real hamlets is deactivated instead, so that those visits keep their member.
    """
    hamlets = select(Area.code).where(Area.is_sample)
    visits = select(Visit.id).where(Visit.hamlet_code.in_(hamlets))
    households = select(Household.id).where(Household.hamlet_code.in_(hamlets))
    people = select(Person.id).where(Person.is_sample)
    held = HeldVisit.hamlet_code.not_in(hamlets)
    real: CompoundSelect[Any] = union(
        select(Visit.member_id).where(Visit.hamlet_code.not_in(hamlets)),
        select(HeldVisit.member_id).where(held),
        select(HeldVisit.settled_by).where(held, HeldVisit.settled_by.is_not(None)),
        select(Pilot.written_by).where(Pilot.hamlet_code.not_in(hamlets)),
        select(Pilot.changed_by).where(Pilot.hamlet_code.not_in(hamlets)),
    )
    communes = session.scalars(select(Area.parent_code).where(Area.is_sample).distinct()).all()
    gone = {"pilot": clear_pilots(session)}
    session.execute(
        update(Person).where(Person.is_sample, Person.id.in_(real)).values(is_active=False),
        execution_options={"synchronize_session": "fetch"},
    )
    for table, condition in (
        (IssueStep, IssueStep.issue_id.in_(select(Issue.id).where(Issue.hamlet_code.in_(hamlets)))),
        (HeldVisit, HeldVisit.hamlet_code.in_(hamlets)),
        (Issue, Issue.hamlet_code.in_(hamlets)),
        (VisitPerson, VisitPerson.visit_id.in_(visits)),
        (AnonymousVisit, AnonymousVisit.household_id.in_(households)),
        (Visit, Visit.hamlet_code.in_(hamlets)),
        (Household, Household.hamlet_code.in_(hamlets)),
        (HouseholdGone, HouseholdGone.hamlet_code.in_(hamlets)),
        (HamletDay, HamletDay.hamlet_code.in_(hamlets)),
        (HamletWeek, HamletWeek.hamlet_code.in_(hamlets)),
        (HamletBase, HamletBase.hamlet_code.in_(hamlets)),
        (MemberDay, MemberDay.hamlet_code.in_(hamlets)),
        (HamletTotal, HamletTotal.hamlet_code.in_(hamlets)),
        (RoleHolding, RoleHolding.area_path.in_(select(Area.path).where(Area.is_sample))),
        (RoleHolding, RoleHolding.person_id.in_(people)),
        (Person, Person.is_sample & Person.id.not_in(real)),
        (Area, Area.is_sample),
    ):
        found = cast(CursorResult[Any], session.execute(delete(cast(Table, table.__table__)).where(condition)))
        gone[table.__tablename__] = gone.get(table.__tablename__, 0) + found.rowcount
    refresh_communes(session, (code for code in communes if code is not None), weeks=True)
    session.expire_all()
    return gone


def _counts(session: Session) -> dict[str, int]:
    hamlets = select(Area.code).where(Area.is_sample)
    communes = select(func.count(func.distinct(Area.parent_code))).where(Area.is_sample)
    return {
        "communes": session.scalar(communes) or 0,
        "hamlets": session.scalar(select(func.count()).select_from(Area).where(Area.is_sample)) or 0,
        "households": session.scalar(
            select(func.count()).select_from(Household).where(Household.hamlet_code.in_(hamlets))
        )
        or 0,
        "visits": session.scalar(select(func.count()).select_from(Visit).where(Visit.hamlet_code.in_(hamlets))) or 0,
    }
