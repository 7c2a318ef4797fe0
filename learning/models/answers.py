"""What was answered."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database import Base, UtcDateTime


class AnswerRow(Base):
    """One answer to one graded step. Rows are only ever added; erasing a learner takes all of theirs."""

    __tablename__ = "answer"
    __table_args__ = (
        Index(None, "learner", "lesson"),
        # Which questions are missed most often.
        Index(None, "lesson", "step", "right"),
    )

    # Made on the phone or with the form, so that what is sent twice meets itself.
    id: Mapped[UUID] = mapped_column(primary_key=True)
    learner: Mapped[UUID] = mapped_column(ForeignKey("learner.id"))
    lesson: Mapped[str] = mapped_column(String(64))
    step: Mapped[str] = mapped_column(String(64))
    # Ids of our own choices; "" for whatever was typed by hand.
    given: Mapped[str] = mapped_column(String(500))
    # None for what the server could not judge: the lesson or the step is no longer there.
    right: Mapped[bool | None]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    # Somebody of the team sat beside the learner.
    assisted: Mapped[bool] = mapped_column(default=False)


class LessonTally(Base):
    """How many steps of a lesson somebody has answered rightly; kept with the answers, so that reports are sums.

    Never what progress is told from: that is what the answers add up to.
    """

    __tablename__ = "lesson_tally"

    lesson: Mapped[str] = mapped_column(String(64), primary_key=True)
    learner: Mapped[UUID] = mapped_column(ForeignKey("learner.id"), primary_key=True, index=True)
    passed: Mapped[int] = mapped_column(default=0)
    # Those of them that were answered rightly without help.
    alone: Mapped[int] = mapped_column(default=0)
