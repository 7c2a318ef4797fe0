"""Reports of faults."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from learning.domain.fault_reports import OPEN, FaultReport
from learning.models import FaultReportRow


def fault_report(session: Session, report: UUID) -> FaultReport | None:
    """One report, for whoever holds its id: the phone it was sent from, and editors."""
    row = session.get(FaultReportRow, report)
    return row.as_report() if row else None


def open_fault_reports(session: Session, *, most: int) -> list[FaultReport]:
    """Reports nobody has settled yet, of all lessons, oldest first, at most `most`. For editors of any area."""
    rows = session.scalars(
        select(FaultReportRow)
        .where(FaultReportRow.state.in_(OPEN))
        .order_by(FaultReportRow.sent_at, FaultReportRow.id)
        .limit(most)
    )
    return [row.as_report() for row in rows]


def fault_reports_of(session: Session, lesson: str, *, most: int) -> list[FaultReport]:
    """Reports of one lesson, settled ones too, newest first, at most `most`. For editors."""
    rows = session.scalars(
        select(FaultReportRow)
        .where(FaultReportRow.lesson == lesson)
        .order_by(FaultReportRow.sent_at.desc(), FaultReportRow.id)
        .limit(most)
    )
    return [row.as_report() for row in rows]
