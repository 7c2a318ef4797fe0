"""Recording one visit from a form: the rules of a batch, told to the person who is there."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from community_teams.domain.visit_batch import ResultStatus
from community_teams.domain.visits import VisitReport
from community_teams.services.recording import Submission, record_visits
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
) -> ResultStatus:
    """Keep one visit, as record_visits does. The same id with the same content again is ALREADY_STORED.

    scope: where that person may record visits, whatever the day. Raises Invalid {field: code} where it is refused;
    Conflict "visit_id_taken" when the id belongs to other content, "already_corrected" when another visit has
    superseded it before.
    """
    submission = Submission(member, lambda _day: scope, device, clock_offset)
    (result,) = record_visits(session, [report], submission=submission, now=now)
    if result.status is ResultStatus.REJECTED:
        raise Invalid(result.problems)
    if result.status is ResultStatus.CONFLICT:
        ((field, code),) = result.problems.items()
        raise Conflict(code, id=str(getattr(report, field)))
    return result.status
