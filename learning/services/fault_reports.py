"""Fault reports: sending and settling them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from courses.domain.lesson import Lesson
from foundation.accounts.services.audit import record
from foundation.areas.domain.scope import Scope
from foundation.problems import Conflict, NotAllowed, NotFound
from foundation.throttling.services import Bucket, take
from learning.domain.fault_reports import (
    ReportKind,
    ReportState,
    may_become,
    place_in,
)
from learning.models import FaultReportRow


def send_report(
    session: Session,
    *,
    form: UUID,
    lesson: Lesson,
    place: str,
    kind: ReportKind,
    note: str,
    library: str,
    buckets: Sequence[Bucket],
    now: datetime,
) -> UUID:
    """Save a report; returns its id. The same form sent again with the same words, also concurrently, is stored once.

    form: the id in the form; with other words it is a new report under a new id. place: an id the lesson does not have
    is stored as "". kind, note: as read_report returns them. library: the version of the library the reporter read.
    buckets: of the sender's address. Raises TooMany if one is full.
    """
    content = {"lesson": lesson.id, "place": place_in(lesson, place), "kind": kind, "note": note}
    if _already_stored(session, form, content):
        return form
    take(session, buckets, now=now)
    # The address is not stored any more; the version before this one still needs the column.
    values = {**content, "library": library, "state": ReportState.NEW, "sent_at": now, "address": ""}
    for id_ in (form, uuid7()):
        try:
            with session.begin_nested():
                session.execute(insert(FaultReportRow).values(id=id_, reply="", handled_by="", **values))
        except IntegrityError:
            if _already_stored(session, form, content):  # the same form was just stored by another request
                return form
            continue
        return id_
    raise AssertionError("two new ids in a row were taken")


def settle_report(
    session: Session, report: UUID, state: ReportState, *, reply: str, who: str, scope: Scope, now: datetime
) -> None:
    """Set a report's state and save the editor's answer; recorded in the audit log. The same again changes nothing.

    reply: as read_reply returns it; "" leaves an earlier answer unchanged. scope: where the editor may edit lessons.
    Lessons and their reports belong to the whole nation: raises NotAllowed("whole_nation_only") for a smaller scope.
    Raises NotFound; Conflict("already_settled") if somebody else was faster.
    """
    if not scope.is_nation:
        raise NotAllowed("whole_nation_only")
    row = session.scalar(select(FaultReportRow).where(FaultReportRow.id == report).with_for_update())
    if row is None:
        raise NotFound("no_such_report")
    if row.state is state and reply in {"", row.reply}:
        return
    if row.state is not state and not may_become(row.state, state):
        raise Conflict("already_settled")
    row.state, row.reply, row.handled_at, row.handled_by = state, reply or row.reply, now, who
    record(
        session,
        who,
        "settle_fault_report",
        {"lesson": row.lesson, "report": str(report), "state": state.value},
        now=now,
    )


def _already_stored(session: Session, form: UUID, content: Mapping[str, object]) -> bool:
    return session.scalar(select(FaultReportRow.id).filter_by(id=form, **content)) is not None
