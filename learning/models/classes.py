"""Tables of classes: the class, who attends, and what was done there together."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, String, false
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database import Base, UtcDateTime, bytewise


class ClassEvening(Base):
    """Lessons learned together on one big screen. lessons: ids, in the order they are shown."""

    __tablename__ = "class_evening"

    # Made with the form, so that sending it twice makes one class.
    id: Mapped[UUID] = mapped_column(primary_key=True)
    area_path: Mapped[str] = mapped_column(bytewise(60), index=True)
    course: Mapped[str] = mapped_column(String(64))
    lessons: Mapped[list[str]] = mapped_column(JSON)
    held_on: Mapped[date]
    # The teacher's name as printed on letters.
    teacher: Mapped[str] = mapped_column(String(80))
    made_by: Mapped[str] = mapped_column(String(40))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ClassLearner(Base):
    """A learner attends a class. name: for their letter, "" until somebody typed it."""

    __tablename__ = "class_learner"

    evening: Mapped[UUID] = mapped_column(ForeignKey("class_evening.id"), primary_key=True)
    learner: Mapped[UUID] = mapped_column(ForeignKey("learner.id"), primary_key=True, index=True)
    name: Mapped[str] = mapped_column(String(80), default="")
    joined_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # Added in this class by nickname, not by a card.
    made_here: Mapped[bool] = mapped_column(default=False, server_default=false())


class DoneTogether(Base):
    """The teacher marked that a learner did a lesson on the big screen. It is not an answer and never becomes one."""

    __tablename__ = "done_together"

    evening: Mapped[UUID] = mapped_column(ForeignKey("class_evening.id"), primary_key=True)
    learner: Mapped[UUID] = mapped_column(ForeignKey("learner.id"), primary_key=True, index=True)
    lesson: Mapped[str] = mapped_column(String(64), primary_key=True)
    # Renamed here only: the version before this one still reads and writes the columns.
    observed_by: Mapped[str] = mapped_column("seen_by", String(40))
    observed_at: Mapped[datetime] = mapped_column("seen_at", UtcDateTime)
