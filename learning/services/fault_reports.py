"""Reports of what is wrong in a lesson: sending one, and settling it."""

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
    """Keep a report; returns its id. The same form sent again with the same words counts once, also at one moment.

    form: the id the page was drawn with; with other words it is a new report under a new id. place: an id the lesson
    does not have is kept as "". kind, note: as read_report gives them. library: the version of the library the
    reporter read. buckets: of the address it comes from. Raises TooMany where one is full.
    """
    kept = {"lesson": lesson.id, "place": place_in(lesson, place), "kind": kind, "note": note}
    if _already_stored(session, form, kept):
        return form
    take(session, buckets, now=now)
    # No address is written down any more; the column is the version before's.
    values = {**kept, "library": library, "state": ReportState.NEW, "sent_at": now, "address": ""}
    for id_ in (form, uuid7()):
        try:
            with session.begin_nested():
                session.execute(insert(FaultReportRow).values(id=id_, reply="", handled_by="", **values))
        except IntegrityError:
            if _already_stored(session, form, kept):  # the same tap, a moment earlier
                return form
            continue
        return id_
    raise AssertionError("two new ids in a row were taken")


def settle_report(
    session: Session, report: UUID, state: ReportState, *, reply: str, who: str, scope: Scope, now: datetime
) -> None:
    """Bring a report to `state` and keep what is answered; noted in the audit log. The same again changes nothing.

    reply: as read_reply gives it; "" leaves an earlier answer as it is. scope: where the editor answers for lessons.
    Lessons, and what is said of them, belong to the whole nation: raises NotAllowed("whole_nation_only") for an editor
    of less. Raises NotFound; Conflict("already_settled") when somebody else was quicker.
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


def _already_stored(session: Session, form: UUID, kept: Mapping[str, object]) -> bool:
    return session.scalar(select(FaultReportRow.id).filter_by(id=form, **kept)) is not None
