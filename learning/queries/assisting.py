"""Assisted sessions, and which courses were finished with help."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from courses.domain.lesson import Course
from foundation.areas.domain.scope import Scope
from foundation.areas.queries import inside
from learning.domain.learners import LearnerProfile
from learning.models import AnswerRow, AssistedSession, Learner


@dataclass(frozen=True)
class OngoingSession:
    """person: the learner who is helped. ends_at: when the session ends by itself."""

    id: UUID
    helper: str
    person: LearnerProfile
    ends_at: datetime


def sessions_on_phone(session: Session, phone: UUID, now: datetime) -> list[OngoingSession]:
    """The ongoing sessions on one phone, newest first."""
    return _going_on(session, AssistedSession.phone == phone, now)


def sessions_of_helper(session: Session, helper: str, now: datetime) -> list[OngoingSession]:
    """The ongoing sessions of an account on any phone, newest first."""
    return _going_on(session, AssistedSession.helper == helper, now)


def assisted_periods(session: Session, phone: UUID) -> list[tuple[UUID, datetime, datetime]]:
    """All sessions on one phone as (learner, start, end), to judge answers that were given earlier."""
    rows = session.execute(
        select(AssistedSession.learner, AssistedSession.started_at, AssistedSession.ends_at).where(
            AssistedSession.phone == phone,
            AssistedSession.learner.is_not(None),
            AssistedSession.started_at.is_not(None),
        )
    )
    return [(learner, start, end) for learner, start, end in rows if learner and start]


def is_assisted(session: Session, phone: UUID, learner: UUID, now: datetime) -> bool:
    """Whether this learner on this phone is in an assisted session now."""
    going_on = select(AssistedSession.id).where(
        AssistedSession.phone == phone,
        AssistedSession.learner == learner,
        AssistedSession.started_at <= now,
        AssistedSession.ends_at > now,
    )
    return session.scalar(going_on.limit(1)) is not None


def needed_help(session: Session, learner: UUID, course: Course) -> bool:
    """Whether a step of the course was answered correctly with help and never without."""
    rows = session.execute(
        select(AnswerRow.lesson, AnswerRow.step, AnswerRow.assisted)
        .distinct()
        .where(
            AnswerRow.learner == learner,
            AnswerRow.right.is_(True),
            AnswerRow.lesson.in_([lesson.id for lesson in course.lessons]),
        )
    ).all()
    alone = {(lesson, step) for lesson, step, assisted in rows if not assisted}
    graded = {(lesson.id, step) for lesson in course.lessons for step in lesson.graded}
    return any(assisted and (lesson, step) in graded - alone for lesson, step, assisted in rows)


def learners_assisted_in(session: Session, scope: Scope) -> list[UUID]:
    """Learners in assisted sessions of teams within `scope`."""
    rows = select(AssistedSession.learner).distinct().where(inside(AssistedSession.area_path, scope))
    return [learner for learner in session.scalars(rows) if learner]


def _going_on(session: Session, which: ColumnElement[bool], now: datetime) -> list[OngoingSession]:
    rows = session.execute(
        select(AssistedSession, Learner)
        .join(Learner, Learner.id == AssistedSession.learner)
        .where(which, AssistedSession.ends_at > now)
        .order_by(AssistedSession.started_at.desc(), AssistedSession.id)
    )
    return [OngoingSession(row.id, row.helper, learner.as_person(), row.ends_at) for row, learner in rows]
