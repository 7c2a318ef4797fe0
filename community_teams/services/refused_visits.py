"""Records that the rules refuse and that no phone has any more: held as they were sent, then corrected or left out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field, ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from community_teams.domain.faults import codes_by_field
from community_teams.domain.raw_records import RawRecord
from community_teams.domain.visits import VisitReport, read_visit
from community_teams.models import HeldVisit, Settlement, Visit, WhyHeld
from community_teams.queries.held_visits import area_of_member, counting_now
from community_teams.queries.recording import household_places
from community_teams.services.held_visits import insert_held, waiting_row, write_settlement
from community_teams.services.recording import Submission, record_visit
from foundation.accounts.models import Person
from foundation.areas.domain.scope import Scope
from foundation.clock import day_in_vietnam
from foundation.free_text import Text200
from foundation.problems import Invalid


@dataclass(frozen=True)
class Refused:
    """A record as it was sent, its stored text, and its faults: {field: code}."""

    record: object
    raw: RawRecord
    problems: Mapping[str, str]
    why: WhyHeld


def hold_refused(session: Session, refused: Sequence[Refused], *, submission: Submission, now: datetime) -> list[bool]:
    """Hold these records for a person, as they were sent. Holding the same record again changes nothing.

    Its area is the hamlet of the household, where the member may visit that today; else the area the member works in.
    Returns for each whether a person has settled it already.
    """
    if not refused:
        return []
    households = {id for each in refused if (id := _household(each.record)) is not None}
    today = day_in_vietnam(now)
    hamlets = {
        id: place.code
        for id, place in household_places(session, households).items()
        if submission.may_record(place.paths, today)
    }
    own_area = area_of_member(session, submission.member, submission.scope_on(today))
    settled = []
    for each in refused:
        raw = each.raw
        visit_id, content_hash = raw.visit_id(each.record), raw.content_hash()
        household = _household(each.record)
        row = {
            "visit_id": visit_id,
            "content_hash": content_hash,
            "hamlet_code": hamlets.get(household, own_area) if household else own_area,
            "why": each.why,
            "record": {},
            "raw": raw.text,
            "problems": {**each.problems, **({"record": "too_large"} if raw.is_cut else {})},
            "member_id": submission.member,
            "device": submission.device,
            "clock_offset": submission.clock_offset,
            "received_at": now,
        }
        insert_held(session, [row])
        same = (HeldVisit.visit_id == visit_id, HeldVisit.content_hash == content_hash)
        settled.append(session.scalar(select(HeldVisit.settled_at).where(*same)) is not None)
    return settled


def read_mended(session: Session, row: HeldVisit, record: Mapping[str, object], *, now: datetime) -> VisitReport:
    """The visit of a held record after a person corrected it. Call it before anything is written.

    record: in the shape of read_visit, its times by the server's clock. If a visit with its id is stored, this one
    supersedes it. Raises as read_visit does.
    """
    whole: dict[str, object] = {**record, "id": str(row.visit_id)}
    if session.get(Visit, row.visit_id) is not None:
        whole |= {"id": str(uuid7()), "supersedes": str(counting_now(session, row))}
    return read_visit(whole, now=now)


def mend(session: Session, id: int, report: VisitReport, *, by: Person, scope: Scope, now: datetime) -> None:
    """Record a corrected record as a visit of the member who made it.

    report: as read_mended gives it. Raises as waiting_row and record_visit do; then nothing is stored.
    """
    row, path = waiting_row(session, id, scope=scope)
    if row.raw is None:
        raise Invalid({"settlement": "nothing_to_mend"})
    record_visit(session, report, member=row.member_id, scope=scope, now=now, device=row.device)
    row.taken_as = report.id
    write_settlement(session, row, Settlement.MENDED, by=by, path=path, now=now)


class _Reason(BaseModel):
    reason: Annotated[Text200, Field(min_length=1)]


def read_reason(text: str) -> str:
    """The reason why a record is left out. Raises Invalid {"reason": code}."""
    try:
        return _Reason(reason=text.strip()).reason
    except ValidationError as error:
        raise Invalid(codes_by_field(error)) from None


def set_aside(session: Session, id: int, reason: str, *, by: Person, scope: Scope, now: datetime) -> None:
    """Settle a record as left out: it is no visit. It stays in the table. Raises as waiting_row.

    reason: as read_reason gives it.
    """
    row, path = waiting_row(session, id, scope=scope)
    row.reason = reason
    write_settlement(session, row, Settlement.LEFT_OUT, by=by, path=path, now=now)


def _household(record: object) -> UUID | None:
    household = record.get("household") if isinstance(record, Mapping) else None
    try:
        return UUID(household) if isinstance(household, str) else None
    except ValueError:
        return None
