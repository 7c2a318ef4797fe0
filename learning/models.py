"""Tables of learning: anonymous learners, their answers, their letters of completion, and reports of faults."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Enum, ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database import Base, UtcDateTime
from learning.domain.fault_reports import LONGEST_NOTE, LONGEST_REPLY, FaultReport, Kind, State
from learning.domain.letters import Facts, Letter, Status


class Learner(Base):
    """Somebody who learns, known by nothing but a cookie on a phone."""

    __tablename__ = "learner"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    # SHA-256 of the cookie's token: who reads the database cannot be the learner.
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


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


class Certificate(Base):
    """A letter of completion as it was issued."""

    __tablename__ = "certificate"
    __table_args__ = (
        # One valid letter a course and learner, however many times the button is pressed.
        Index(
            "uq_certificate_learner_course_valid",
            "learner",
            "course",
            unique=True,
            sqlite_where=text("status = 'valid'"),
            postgresql_where=text("status = 'valid'"),
        ),
    )

    code: Mapped[str] = mapped_column(String(10), primary_key=True)
    learner: Mapped[UUID] = mapped_column(ForeignKey("learner.id"))
    course: Mapped[str] = mapped_column(String(64))
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
    status: Mapped[Status] = mapped_column(
        Enum(Status, native_enum=False, length=10, values_callable=lambda kinds: [kind.value for kind in kinds])
    )
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)

    def as_letter(self) -> Letter:
        return Letter(
            code=self.code,
            learner=self.learner,
            course=self.course,
            facts=Facts.from_json(self.facts),
            status=self.status,
            issued_at=self.issued_at,
        )


class FaultReportRow(Base):
    """What somebody found wrong in a lesson. Nothing in it says who, once the address has been emptied."""

    __tablename__ = "fault_report"
    __table_args__ = (Index(None, "state", "sent_at"),)

    # Made with the form, so that sending a form twice meets itself.
    id: Mapped[UUID] = mapped_column(primary_key=True)
    lesson: Mapped[str] = mapped_column(String(64), index=True)
    # A screen of a row of cards carries two ids of 60 signs.
    place: Mapped[str] = mapped_column(String(150))
    kind: Mapped[Kind] = mapped_column(
        Enum(Kind, native_enum=False, length=20, values_callable=lambda kinds: [kind.value for kind in kinds])
    )
    note: Mapped[str] = mapped_column(String(LONGEST_NOTE))
    library: Mapped[str] = mapped_column(String(16))
    state: Mapped[State] = mapped_column(
        Enum(State, native_enum=False, length=10, values_callable=lambda states: [state.value for state in states])
    )
    sent_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # Kept for an hour, against floods; then "".
    address: Mapped[str] = mapped_column(String(64), index=True)
    reply: Mapped[str] = mapped_column(String(LONGEST_REPLY), default="")
    handled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    handled_by: Mapped[str] = mapped_column(String(40), default="")

    def as_report(self) -> FaultReport:
        return FaultReport(
            id=self.id,
            lesson=self.lesson,
            place=self.place,
            kind=self.kind,
            note=self.note,
            library=self.library,
            state=self.state,
            sent_at=self.sent_at,
            reply=self.reply,
            handled_at=self.handled_at,
            handled_by=self.handled_by,
        )
