"""Fault reports."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from learning.domain.fault_reports import OPEN, FaultReport
from learning.models import FaultReportRow


def fault_report(session: Session, report: UUID) -> FaultReport | None:
    """One report by its id, which only the reporter's phone and editors know; None if there is none."""
    row = session.get(FaultReportRow, report)
    return row.as_report() if row else None


def open_fault_reports(session: Session, *, most: int) -> list[FaultReport]:
    """Open reports of all lessons, oldest first, at most `most`. For editors of any area."""
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
