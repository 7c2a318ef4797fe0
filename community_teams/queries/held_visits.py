"""Reading held visits, and the stored visit each is compared with."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import case, func, not_, select
from sqlalchemy.orm import Session, aliased

from community_teams.domain.raw_records import read_raw
from community_teams.models import HeldVisit, Household, Visit, WhyHeld
from community_teams.queries.visits import RecordedVisit, visit
from foundation.accounts.models import Person, RoleHolding
from foundation.areas.domain.scope import Scope
from foundation.areas.models import Area
from foundation.areas.queries import inside

PAGE = 50
NO_HOUSEHOLD = UUID(int=0)
CONFLICTS = (WhyHeld.VISIT_ID_TAKEN, WhyHeld.ALREADY_CORRECTED)
_HANDED_OVER = (WhyHeld.DEVICE_CUT_OFF, WhyHeld.DRAFT)


@dataclass(frozen=True)
class HeldVisitDetails:
    """A held visit, settled or not. member: display name of who sent it; settler: of who settled it, or None.

    household: the one it names, or None.
    """

    row: HeldVisit
    hamlet: Area
    member: str
    settler: str | None
    household: Household | None


def held_visits(session: Session, scope: Scope, *, page: int = 1) -> tuple[list[HeldVisitDetails], bool]:
    """Unsettled ones of `scope`, the oldest first, PAGE at a time; and whether there are more. page: from 1."""
    found = _held(session, scope, HeldVisit.settled_at.is_(None), (page - 1) * PAGE)
    return found[:PAGE], len(found) > PAGE


def held_visit(session: Session, scope: Scope, id: int) -> HeldVisitDetails | None:
    """One held visit, settled or not; None where its hamlet lies outside `scope`."""
    found = _held(session, scope, HeldVisit.id == id, 0)
    return found[0] if found else None


def waiting(session: Session, scope: Scope) -> int:
    """How many of `scope` are not settled."""
    return (
        session.scalar(
            select(func.count())
            .select_from(HeldVisit)
            .join(Area, Area.code == HeldVisit.hamlet_code)
            .where(inside(Area.path, scope), HeldVisit.settled_at.is_(None))
        )
        or 0
    )


def held_of(session: Session, device: UUID) -> int:
    """How many of one phone are not settled, in any area."""
    unsettled = select(func.count()).where(HeldVisit.device == device, HeldVisit.settled_at.is_(None))
    return session.scalar(unsettled) or 0


def held_among(session: Session, ids: Collection[UUID]) -> set[tuple[UUID, str]]:
    """Those of these visits that were held, settled or not, each with its content hash."""
    rows = session.execute(select(HeldVisit.visit_id, HeldVisit.content_hash).where(HeldVisit.visit_id.in_(ids)))
    return {(id, content_hash) for id, content_hash in rows}


def conflicts_among(session: Session, ids: Collection[UUID]) -> dict[tuple[UUID, str], tuple[WhyHeld, bool]]:
    """Those of these visits that were held as a conflict, by id and content hash: why, and whether it is settled."""
    rows = session.execute(
        select(HeldVisit.visit_id, HeldVisit.content_hash, HeldVisit.why, HeldVisit.settled_at).where(
            HeldVisit.visit_id.in_(ids), HeldVisit.why.in_(CONFLICTS)
        )
    )
    return {(id, content_hash): (why, settled_at is not None) for id, content_hash, why, settled_at in rows}


@dataclass(frozen=True)
class HandedOverCounts:
    """How much of one member's a phone handed over after it was cut off. waiting: how many are not settled."""

    visits: int = 0
    drafts: int = 0
    waiting: int = 0


def handed_over_by(session: Session, device: UUID, since: datetime) -> dict[int, HandedOverCounts]:
    """By id of the person. since: the moment the phone was cut off."""
    is_draft = HeldVisit.why == WhyHeld.DRAFT
    rows = session.execute(
        select(
            HeldVisit.member_id,
            func.sum(case((is_draft, 0), else_=1)),
            func.sum(case((is_draft, 1), else_=0)),
            func.sum(case((HeldVisit.settled_at.is_(None), 1), else_=0)),
        )
        .where(HeldVisit.device == device, HeldVisit.received_at >= since, HeldVisit.why.in_(_HANDED_OVER))
        .group_by(HeldVisit.member_id)
    )
    return {
        person: HandedOverCounts(int(visits), int(drafts), int(waiting)) for person, visits, drafts, waiting in rows
    }


def area_of_member(session: Session, person: int, within: Scope) -> str:
    """Code of the area whose officers settle this member's records that name no known household.

    It is where the member works or worked last: within `within` if possible, else anywhere. For somebody who never
    worked in an area it is the first area there is, so that somebody can see every record.
    """
    held = session.scalar(
        select(Area.code)
        .join(RoleHolding, RoleHolding.area_path == Area.path)
        .where(RoleHolding.person_id == person)
        .order_by(
            not_(inside(Area.path, within)),
            RoleHolding.valid_to.is_not(None),
            RoleHolding.valid_to.desc(),
            Area.path.desc(),
        )
        .limit(1)
    )
    return held or session.scalars(select(Area.code).order_by(Area.path).limit(1)).one()


def household_in(row: HeldVisit) -> UUID | None:
    """The household id that a held visit names, whether or not it exists; None where it names none."""
    record = row.record if row.raw is None else read_raw(row.raw)
    household = record.get("household") if isinstance(record, dict) else None
    try:
        return UUID(household) if isinstance(household, str) else None
    except ValueError:
        return None


def beside(session: Session, scope: Scope, row: HeldVisit) -> RecordedVisit | None:
    """The stored visit that counts instead: the one of the same id, or the one it corrects; its last correction.

    None where there is none, or where it lies outside `scope`.
    """
    last = counting_now(session, row)
    return visit(session, scope, last) if last else None


def counting_now(session: Session, row: HeldVisit) -> UUID | None:
    """The id of the stored visit that counts instead; None where there is none."""
    corrects = row.record.get("supersedes")
    last = session.scalar(select(Visit.id).where(Visit.id == row.visit_id))
    if last is None and isinstance(corrects, str):
        last = session.scalar(select(Visit.id).where(Visit.id == UUID(corrects)))
    while last is not None and (later := session.scalar(select(Visit.id).where(Visit.supersedes == last))):
        last = later
    return last


def _held(session: Session, scope: Scope, condition, start: int) -> list[HeldVisitDetails]:  # type: ignore[no-untyped-def]
    settler = aliased(Person)
    rows = session.execute(
        select(HeldVisit, Area, Person.display_name, settler.display_name)
        .join(Area, Area.code == HeldVisit.hamlet_code)
        .join(Person, Person.id == HeldVisit.member_id)
        .outerjoin(settler, settler.id == HeldVisit.settled_by)
        .where(inside(Area.path, scope), condition)
        .order_by(HeldVisit.received_at, HeldVisit.id)
        .offset(start)
        .limit(PAGE + 1)
    ).all()
    named = {row.id: household_in(row) for row, *_ in rows}
    ids = {id for id in named.values() if id is not None}
    doors = {door.id: door for door in session.scalars(select(Household).where(Household.id.in_(ids)))}
    return [
        HeldVisitDetails(row, hamlet, member, settled_by, doors.get(named[row.id] or NO_HOUSEHOLD))
        for row, hamlet, member, settled_by in rows
    ]
