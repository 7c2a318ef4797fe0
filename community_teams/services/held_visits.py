"""Holding visits until a person settles them, and settling them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from community_teams.domain.visit_batch import NewVisit
from community_teams.domain.visit_columns import column_values
from community_teams.domain.visit_summary import summarise
from community_teams.domain.visits import VisitReport, read_visit, visited_on
from community_teams.models import HeldVisit, Issue, Settlement, Visit, VisitPerson, WhyHeld
from community_teams.queries.held_visits import counting_now
from community_teams.queries.recording import household_places
from community_teams.services.recording import Submission, record_visit
from community_teams.services.visit_rows import issue_rows, people_rows, visit_row
from foundation.accounts.models import Person
from foundation.accounts.services import audit
from foundation.areas.domain.scope import Scope
from foundation.areas.models import Area
from foundation.problems import Conflict, Invalid, NotFound


def hold(
    session: Session, reports: Sequence[tuple[VisitReport, WhyHeld]], *, submission: Submission, now: datetime
) -> list[bool]:
    """Hold visits for a person. Holding the same visit again changes nothing.

    Returns for each whether a person has settled it already. A visit whose household does not exist is not stored, and
    counts as settled.
    """
    if not reports:
        return []
    places = household_places(session, {report.household for report, _ in reports})
    rows = [
        {
            "visit_id": report.id,
            "content_hash": report.content_hash(),
            "hamlet_code": places[report.household].code,
            "why": why,
            "record": report.model_dump(mode="json", exclude_defaults=True),
            "member_id": submission.member,
            "device": submission.device,
            "clock_offset": submission.clock_offset,
            "received_at": now,
        }
        for report, why in reports
        if report.household in places
    ]
    insert_held(session, rows)
    waiting = set(
        session.execute(
            select(HeldVisit.visit_id, HeldVisit.content_hash).where(
                HeldVisit.visit_id.in_([report.id for report, _ in reports]), HeldVisit.settled_at.is_(None)
            )
        )
    )
    return [(report.id, report.content_hash()) not in waiting for report, _ in reports]


def insert_held(session: Session, rows: Sequence[Mapping[str, object]]) -> None:
    """Insert rows of held visits. A row with the same visit id and content stays as it is."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    for row in rows:
        session.execute(insert(HeldVisit).values(row).on_conflict_do_nothing())


def settle(session: Session, id: int, settlement: Settlement, *, by: Person, scope: Scope, now: datetime) -> HeldVisit:
    """Settle a held visit. Nothing is deleted: neither the stored visit nor the held one.

    LEFT_OUT: it is not recorded. TAKEN_INSTEAD: it is recorded under a new id and corrects the stored visit.
    TAKEN_AS_WELL: it is recorded besides that one; under its own id where that is free.
    scope: where `by` may settle visits. Raises as waiting_row does; Invalid {"settlement": "nothing_to_correct"} where
    there is no stored visit of the same household to correct; and what record_visit raises where the rules have become
    stricter since.
    """
    row, path = waiting_row(session, id, scope=scope)
    if row.raw is not None:
        raise Invalid({"settlement": "needs_mending"})
    if settlement is not Settlement.LEFT_OUT:
        row.taken_as = _take(session, row, settlement, scope=scope, now=now)
    write_settlement(session, row, settlement, by=by, path=path, now=now)
    return row


def waiting_row(session: Session, id: int, *, scope: Scope) -> tuple[HeldVisit, str]:
    """An unsettled held visit, locked for this transaction, and the path of its area.

    Raises NotFound("no_such_held_visit"), also outside `scope`; Conflict("already_settled").
    """
    row = session.scalar(
        select(HeldVisit).where(HeldVisit.id == id).with_for_update().execution_options(populate_existing=True)
    )
    if row is None:
        raise NotFound("no_such_held_visit")
    path = session.scalars(select(Area.path).where(Area.code == row.hamlet_code)).one()
    if not scope.covers(path):
        raise NotFound("no_such_held_visit")
    if row.settled_at is not None:
        raise Conflict("already_settled")
    return row, path


def write_settlement(
    session: Session, row: HeldVisit, settlement: Settlement, *, by: Person, path: str, now: datetime
) -> None:
    row.settlement, row.settled_at, row.settled_by = settlement, now, by.id
    what = {"visit": str(row.visit_id), "why": row.why.value, "settlement": settlement.value}
    audit.record(session, by.name, "settle_visit", what, now=now, area_path=path)
    session.flush()


def _take(session: Session, row: HeldVisit, settlement: Settlement, *, scope: Scope, now: datetime) -> UUID:
    record: dict[str, object] = {**row.record, "supersedes": None}
    counting = counting_now(session, row)
    if settlement is Settlement.TAKEN_INSTEAD:
        if counting is None:
            raise Invalid({"settlement": "nothing_to_correct"})
        record["supersedes"] = str(counting)
    if session.get(Visit, row.visit_id) is not None:
        record["id"] = str(uuid7())
    report = read_visit(record, now=row.received_at, clock_offset=row.clock_offset)
    try:
        record_visit(
            session,
            report,
            member=row.member_id,
            scope=scope,
            now=now,
            device=row.device,
            clock_offset=row.clock_offset,
        )
    except Invalid as problem:
        # The other visit was to another household.
        elsewhere = "supersedes" in problem.fields
        raise Invalid({"settlement": "nothing_to_correct"} if elsewhere else problem.fields) from None
    return report.id


def as_visit(row: HeldVisit) -> Visit:
    """The visit it would be, to be shown beside others; not part of the session. Raises Invalid as read_visit does."""
    report = read_visit(row.record, now=row.received_at, clock_offset=row.clock_offset)
    day = visited_on(report, row.clock_offset)
    answers = report.to_json()
    visit = NewVisit(report, answers, report.household, row.hamlet_code, day, row.content_hash, summarise(report))
    values = visit_row(
        visit, member=row.member_id, device=row.device, clock_offset=row.clock_offset, now=row.received_at
    )
    # A page reads members of enumerations, as it does from stored rows.
    return Visit(
        **values | column_values(report),
        people=[
            VisitPerson(**row | vars(person)) for row, person in zip(people_rows(visit), report.people, strict=True)
        ],
        issues=[Issue(**row | vars(issue)) for row, issue in zip(issue_rows(visit), report.issues, strict=True)],
    )
