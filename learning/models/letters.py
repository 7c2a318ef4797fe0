"""Letters of completion."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Enum, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database import Base, UtcDateTime
from learning.domain.letters import Facts, Letter, Status


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
