"""Reads what one learner has done, letters by their code, and reports of faults."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from learning.domain.fault_reports import OPEN, FaultReport
from learning.domain.letters import Letter, Status
from learning.domain.progress import Answer
from learning.models import AnswerRow, Certificate, FaultReportRow, Learner


def learner_by_token(session: Session, token_hash: bytes) -> UUID | None:
    """The learner whose cookie hashes to `token_hash` (SHA-256), or None for an unknown or erased one."""
    return session.scalar(select(Learner.id).where(Learner.token_hash == token_hash))


def right_answers(session: Session, learner: UUID, lesson: str | None = None) -> dict[str, list[Answer]]:
    """What `learner` has answered rightly, each step once, by lesson id; of one lesson only when `lesson` is given."""
    of_learner = (
        select(AnswerRow.lesson, AnswerRow.step).distinct().where(AnswerRow.learner == learner, AnswerRow.right)
    )
    if lesson is not None:
        of_learner = of_learner.where(AnswerRow.lesson == lesson)
    answers: dict[str, list[Answer]] = {}
    for lesson_id, step in session.execute(of_learner):
        answers.setdefault(lesson_id, []).append(Answer(step, right=True))
    return answers


def letters_of(session: Session, learner: UUID) -> list[Letter]:
    """The valid letters of one learner, newest first."""
    rows = session.scalars(
        select(Certificate)
        .where(Certificate.learner == learner, Certificate.status == Status.VALID)
        .order_by(Certificate.issued_at.desc(), Certificate.code)
    )
    return [row.as_letter() for row in rows]


def letter_for_course(session: Session, learner: UUID, course: str) -> Letter | None:
    """The learner's valid letter for one course, if it was issued."""
    return next((letter for letter in letters_of(session, learner) if letter.course == course), None)


def letter_by_code(session: Session, code: str) -> Letter | None:
    """A letter of any status, for whoever holds its code."""
    row = session.get(Certificate, code)
    return row.as_letter() if row else None


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
