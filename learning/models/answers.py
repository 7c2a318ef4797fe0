"""What was answered."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database import Base, UtcDateTime


class AnswerRow(Base):
    """One answer to one graded step. Rows are only ever added; erasing a learner takes all of theirs."""

    __tablename__ = "answer"
    __table_args__ = (Index(None, "learner", "lesson"),)

    # Made with the form, so that sending a form twice meets itself.
    id: Mapped[UUID] = mapped_column(primary_key=True)
    learner: Mapped[UUID] = mapped_column(ForeignKey("learner.id"))
    lesson: Mapped[str] = mapped_column(String(64))
    step: Mapped[str] = mapped_column(String(64))
    # Ids of our own choices; "" for whatever was typed by hand.
    given: Mapped[str] = mapped_column(String(500))
    right: Mapped[bool]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
