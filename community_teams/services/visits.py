"""Recording a visit: kept once, whole or not at all, and counted in the same transaction."""

from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from community_teams.domain.counting import Sum
from community_teams.domain.households import Standing
from community_teams.domain.visits import Devices, Size, VisitReport
from community_teams.models import Household, Issue, Knock, Visit, VisitPerson
from community_teams.queries.standings import standing_now, standing_of
from community_teams.services import counters
from foundation.areas.domain.scope import Scope
from foundation.areas.models import Area
from foundation.clock import day_in_vietnam
from foundation.problems import Conflict, Invalid


class Kept(StrEnum):
    STORED = "stored"
    ALREADY_STORED = "already_stored"


def record_visit(
    session: Session,
    report: VisitReport,
    *,
    member: int,
    scope: Scope,
    now: datetime,
    device: UUID | None = None,
    clock_offset: int | None = None,
) -> Kept:
    """Keep one visit. The same id with the same content again changes nothing and is ALREADY_STORED.

    member: id of the person who made the visit. scope: where that person may record visits. clock_offset: seconds the
    phone's clock was ahead of ours; the visit counts on the day it really was.
    A visit that supersedes another leaves it in place and takes its part in the counters.
    Raises Invalid {"household": "not_in_your_area"}; {"supersedes": "not_found" | "another_household"};
    Conflict "visit_id_taken" when the id belongs to other content, "already_corrected" when another visit has
    superseded it before.
    """
    household, hamlet = _household_within(session, report.household, scope)
    # From here on this hamlet is ours alone, so that reading, folding and counting see one truth.
    counters.lock_hamlets(session, {hamlet.code: hamlet.path}, now=now)
    session.refresh(household)

    known = session.scalar(select(Visit).where(Visit.id == report.id).execution_options(populate_existing=True))
    content_hash = report.content_hash()
    if known is not None:
        if known.content_hash != content_hash:
            raise Conflict("visit_id_taken", id=str(report.id))
        return Kept.ALREADY_STORED
    corrected = _corrected(session, report, household) if report.supersedes else None

    before = standing_now(household)
    visit = _as_row(report, hamlet, member=member, now=now, clock_offset=clock_offset or 0)
    visit.device, visit.clock_offset, visit.content_hash = device, clock_offset, content_hash
    _add(session, visit)
    if not report.names_household:
        session.add(
            Knock(
                household_id=household.id,
                day=visit.visited_on,
                outcome=report.outcome,
                next_visit_on=report.next_visit_on,
            )
        )
        session.flush()

    after = standing_of(session, household)
    write_standing(household, after)
    change = Sum()
    change.add_household(before, -1)
    change.add_household(after)
    change.add_visit(visit.visited_on, visit.outcome)
    if corrected is not None:
        change.add_visit(corrected.visited_on, corrected.outcome, -1)
    counters.add(session, hamlet.code, change, now=now, last_visit_on=visit.visited_on)
    if corrected is not None:
        counters.set_last_visit(session, hamlet.code)
    session.flush()
    return Kept.STORED


def write_standing(household: Household, new: Standing) -> None:
    """Write where a household stands on its row; its version counts up if that changes anything."""
    changed = {name: value for name, value in vars(new).items() if getattr(household, name) != value}
    for name, value in changed.items():
        setattr(household, name, value)
    if changed:
        household.version += 1


def _household_within(session: Session, household_id: UUID, scope: Scope) -> tuple[Household, Area]:
    row = session.execute(
        select(Household, Area).join(Area, Area.code == Household.hamlet_code).where(Household.id == household_id)
    ).one_or_none()
    # Unknown and out of reach get one answer: nobody learns which ids exist elsewhere.
    if row is None or not scope.covers(row[1].path):
        raise Invalid({"household": "not_in_your_area"})
    return row[0], row[1]


def _corrected(session: Session, report: VisitReport, household: Household) -> Visit:
    visit = session.get(Visit, report.supersedes)
    if visit is None or visit.hamlet_code != household.hamlet_code:
        raise Invalid({"supersedes": "not_found"})
    if visit.household_id != household.id:
        raise Invalid({"supersedes": "another_household"})
    if session.scalar(select(Visit.id).where(Visit.supersedes == visit.id)) is not None:
        raise Conflict("already_corrected", id=str(visit.id))
    return visit


def _add(session: Session, visit: Visit) -> None:
    try:
        with session.begin_nested():
            session.add(visit)
    except IntegrityError:
        # The id is in use in another hamlet, whose lock we do not hold.
        raise Conflict("visit_id_taken", id=str(visit.id)) from None


def _as_row(report: VisitReport, hamlet: Area, *, member: int, now: datetime, clock_offset: int) -> Visit:
    size, devices = report.size or Size(), report.devices or Devices()
    visited_on = day_in_vietnam(report.started_at - timedelta(seconds=clock_offset))
    household_id = report.household if report.names_household else None
    return Visit(
        id=report.id,
        hamlet_code=hamlet.code,
        household_id=household_id,
        member_id=member,
        started_at=report.started_at,
        ended_at=report.ended_at,
        visited_on=visited_on,
        received_at=now,
        outcome=report.outcome,
        reason=report.reason,
        consent_level=report.consent and report.consent.level,
        consent_text_version=report.consent and report.consent.text_version,
        consent_how=report.consent and report.consent.how,
        language_used=report.language_used,
        form_version=report.form_version,
        app_version=report.app_version,
        input_type=report.input_type,
        visit_type=report.visit_type,
        adults=size.adults,
        aged_60plus=size.aged_60plus,
        children_under_6=size.children_under_6,
        children_6_13=size.children_6_13,
        newborn_pending=report.newborn_pending,
        needs_support=report.needs_support,
        phones_smart=devices.smart,
        phones_basic=devices.basic,
        phones_shared=devices.shared,
        phone_problems=devices.problems,
        network=report.network,
        fixed_internet=report.fixed_internet,
        wifi=report.wifi,
        power=report.power,
        support_given=report.support_given,
        trip_saved_km=report.trip_saved_km,
        satisfaction=report.satisfaction,
        next_visit_on=report.next_visit_on,
        next_goal=report.next_goal,
        note=report.note,
        supersedes=report.supersedes,
        people=[
            VisitPerson(position=position, **person.model_dump()) for position, person in enumerate(report.people, 1)
        ],
        issues=[
            Issue(**issue.model_dump(), household_id=household_id, hamlet_code=hamlet.code, opened_on=visited_on)
            for issue in report.issues
        ],
    )
