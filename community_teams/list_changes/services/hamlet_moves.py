"""Merges a hamlet into another: no household is lost, and none is counted twice."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import cast
from uuid import UUID

from sqlalchemy import Table, delete, func, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from community_teams.domain.household_lists import LONGEST
from community_teams.list_changes.queries import double_codes
from community_teams.models import HeldVisit, Household, HouseholdGone, Issue, Visit
from community_teams.services import counters
from community_teams.services.base_counts import move_base
from community_teams.services.households import search_keys
from community_teams.services.recounting import recount
from foundation.accounts.models import RoleHolding
from foundation.accounts.services import audit
from foundation.areas.domain.kinds import Level
from foundation.areas.domain.naming import sort_key
from foundation.areas.domain.scope import Scope
from foundation.areas.models import Area
from foundation.bulk import insert_rows
from foundation.clock import day_in_vietnam
from foundation.problems import Conflict, NotFound

# How many duplicate codes a refusal names.
NAMED = 10


def merge_hamlet(
    session: Session, code: str, into: str, *, mark: str = "", by: str, scope: Scope, now: datetime
) -> Area:
    """End a hamlet today, move all of it into another hamlet of its commune, and return that one.

    Households, visits, issues and people move, with all weeks, so the sums of the commune and above do not change. The
    official lists are added up where both are known; else the new hamlet has none until one is imported. Pilot models
    stay with the old hamlet.

    mark: put before the codes of the old hamlet that the new one has too, such as "TR-". "" changes no code: the codes
    are written on doors.

    Raises NotFound("no_such_hamlet") for a code that is no hamlet of today within `scope`, and Conflict
    "same_hamlet", "another_commune", "sample_hamlet", or "short_codes_taken" (short_codes: the first NAMED of the codes
    that both hamlets have, with the mark or without). Then nothing is changed. Locks both hamlets.
    """
    old, new = current_hamlet(session, code, scope), current_hamlet(session, into, scope)
    if old.code == new.code:
        raise Conflict("same_hamlet")
    if old.parent_code != new.parent_code:
        raise Conflict("another_commune")
    if old.is_sample != new.is_sample:
        raise Conflict("sample_hamlet")
    numbers = counters.lock_hamlets(session, {area.code: area.path for area in (old, new)}, now=now)
    if mark:
        _mark_double_codes(session, old, new, mark)
    clashing = double_codes(session, old.code, new.code, limit=NAMED)
    if clashing:
        raise Conflict("short_codes_taken", short_codes=", ".join(clashing))
    move_households(session, old, new, numbers)
    for column in (Visit.hamlet_code, Issue.hamlet_code, HeldVisit.hamlet_code):
        _change_over(session, column, old, new)
    move_base(session, old.code, new.code)
    _move_people(session, old, new, now)
    _add_lists(old, new)
    old.valid_to = day_in_vietnam(now)
    session.flush()
    session.expire_all()
    recount(session, Scope((old.path, new.path)), now=now)
    what = {"hamlet": code, "into": into} | ({"mark": mark} if mark else {})
    audit.record(session, by, "merge_hamlet", what, now=now, area_path=new.path)
    return new


def current_hamlet(session: Session, code: str, scope: Scope) -> Area:
    """The hamlet of today with this code. Raises NotFound("no_such_hamlet") for any other, and outside `scope`."""
    found = session.scalar(select(Area).where(Area.code == code, Area.level == Level.HAMLET, Area.valid_to.is_(None)))
    if found is None or not scope.covers(found.path):
        raise NotFound("no_such_hamlet", to=code)
    return found


def _mark_double_codes(session: Session, old: Area, new: Area, mark: str) -> None:
    doubled = double_codes(session, old.code, new.code)
    households = session.scalars(
        select(Household).where(Household.hamlet_code == old.code, Household.short_code.in_(doubled))
    )
    taken = set(session.scalars(select(Household.short_code).where(Household.hamlet_code.in_([old.code, new.code]))))
    for household in households:
        marked = mark + household.short_code
        if marked in taken or len(marked) > LONGEST["short_code"]:
            raise Conflict("short_codes_taken", short_codes=marked)
        household.short_code, household.code_key = marked, sort_key(marked)
        household.folded = search_keys(marked, household.lane, household.label)["folded"]
    session.flush()


def move_households(
    session: Session, old: Area, new: Area, numbers: Mapping[str, int], only: Collection[UUID] | None = None
) -> None:
    """Move households to the list of another hamlet, without counting: all of them, or those with the ids in `only`.

    numbers: change numbers of both hamlets, from counters.lock_hamlets. Phones of the old hamlet learn with their next
    worklist page that the households are gone.
    """
    ids = select(Household.id).where(Household.hamlet_code == old.code)
    moving = sorted(set(session.scalars(ids)) & set(only)) if only is not None else session.scalars(ids).all()
    # SQLite takes a limited number of values in one statement.
    for start in range(0, len(moving), 500):
        some = moving[start : start + 500]
        both = HouseholdGone.hamlet_code.in_([old.code, new.code])
        session.execute(delete(HouseholdGone).where(both, HouseholdGone.household_id.in_(some)))
        gone = [{"hamlet_code": old.code, "household_id": id, "change": numbers[old.code]} for id in some]
        insert_rows(session.connection(), cast("Table", HouseholdGone.__table__), gone)
        session.execute(
            update(Household)
            .where(Household.id.in_(some))
            .values(hamlet_code=new.code, change=numbers[new.code], version=Household.version + 1)
            .execution_options(synchronize_session=False)
        )


def _change_over(session: Session, column: InstrumentedAttribute[str], old: Area, new: Area) -> None:
    session.execute(
        update(column.class_)
        .where(column == old.code)
        .values({column.key: new.code})
        .execution_options(synchronize_session=False)
    )


def _move_people(session: Session, old: Area, new: Area, now: datetime) -> None:
    today = day_in_vietnam(now)
    there = {(held.person_id, held.role, held.valid_to) for held in roles_in(session, new, today)}
    for held in roles_in(session, old, today):
        if (held.person_id, held.role, held.valid_to) not in there:
            session.add(held_in(new, held, today))
        held.valid_to = today - timedelta(days=1)


def held_in(hamlet: Area, held: RoleHolding, today: date) -> RoleHolding:
    """The same role of the same person in another hamlet, from today or from its own later start."""
    return RoleHolding(
        person_id=held.person_id,
        role=held.role,
        area_path=hamlet.path,
        valid_from=max(today, held.valid_from),
        valid_to=held.valid_to,
    )


def roles_in(session: Session, hamlet: Area, today: date) -> Sequence[RoleHolding]:
    """Roles held in a hamlet today or later."""
    return session.scalars(
        select(RoleHolding).where(
            RoleHolding.area_path == hamlet.path, func.coalesce(RoleHolding.valid_to, today) >= today
        )
    ).all()


def _add_lists(old: Area, new: Area) -> None:
    if old.official_households is None or new.official_households is None:
        new.official_households = new.households_source = new.households_as_of = None
        return
    new.official_households += old.official_households
    sources = dict.fromkeys(name for name in (new.households_source, old.households_source) if name)
    new.households_source = "; ".join(sources)[:300] or None
    days = [day for day in (new.households_as_of, old.households_as_of) if day is not None]
    new.households_as_of = min(days, default=None)
