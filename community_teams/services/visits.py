"""Recording one visit from a form: the rules of a batch, told to the person who is there."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from community_teams.domain.recording import Receipt
from community_teams.domain.visits import VisitReport
from community_teams.services.recording import Sender, record_visits
from foundation.areas.domain.scope import Scope
from foundation.problems import Conflict, Invalid


def record_visit(
    session: Session,
    report: VisitReport,
    *,
    member: int,
    scope: Scope,
    now: datetime,
    device: UUID | None = None,
    clock_offset: int | None = None,
) -> Receipt:
    """Keep one visit, as record_visits does. The same id with the same content again is ALREADY_STORED.

    scope: where that person may record visits, whatever the day. Raises Invalid {field: code} where it is refused;
    Conflict "visit_id_taken" when the id belongs to other content, "already_corrected" when another visit has
    superseded it before.
    """
    sender = Sender(member, lambda _day: scope, device, clock_offset)
    (verdict,) = record_visits(session, [report], sender=sender, now=now)
    if verdict.receipt is Receipt.REJECTED:
        raise Invalid(verdict.problems)
    if verdict.receipt is Receipt.CONFLICT:
        ((field, code),) = verdict.problems.items()
        raise Conflict(code, id=str(getattr(report, field)))
    return verdict.receipt
