"""Tables of answers."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database import Base, UtcDateTime


class AnswerRow(Base):
    """One answer to one graded step. Rows are only added, except that erasing a learner deletes all of theirs."""

    __tablename__ = "answer"
    __table_args__ = (
        Index(None, "learner", "lesson"),
        # Finds the questions missed most often.
        Index(None, "lesson", "step", "right"),
    )

    # Made on the phone or with the form, so that the same answer sent twice has the same id.
    id: Mapped[UUID] = mapped_column(primary_key=True)
    learner: Mapped[UUID] = mapped_column(ForeignKey("learner.id"))
    lesson: Mapped[str] = mapped_column(String(64))
    step: Mapped[str] = mapped_column(String(64))
    # Ids of our own choices; "" for typed text.
    given: Mapped[str] = mapped_column(String(500))
    # None if the server could not judge it: the lesson or the step does not exist any more.
    right: Mapped[bool | None]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    # Given in an assisted session.
    assisted: Mapped[bool] = mapped_column(default=False)


class LessonTally(Base):
    """How many steps of a lesson a learner has answered correctly. Updated with the answers, so that reports are sums.

    Progress is never read from here: it is computed from the answers.
    """

    __tablename__ = "lesson_tally"

    lesson: Mapped[str] = mapped_column(String(64), primary_key=True)
    learner: Mapped[UUID] = mapped_column(ForeignKey("learner.id"), primary_key=True, index=True)
    passed: Mapped[int] = mapped_column(default=0)
    # Those of them answered correctly without help.
    alone: Mapped[int] = mapped_column(default=0)
