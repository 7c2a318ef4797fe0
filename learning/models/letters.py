"""Tables of letters of completion, of their public status, and of the keys that sign them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Enum, ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database import Base, UtcDateTime, bytewise
from learning.domain.letters import CertificateStatus, Facts, Letter, Reason


class LetterStatus(Base):
    """A letter's position in the public status list. It is never deleted, so that a printed letter can be shown as
    void.
    """

    __tablename__ = "letter_status"

    # Chosen at random, so that neighbouring positions say nothing about whose letters they are.
    index: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    # True if replaced, revoked, or erased with its learner.
    void: Mapped[bool]


class AwardKey(Base):
    """A key that signs awards. Rows are never deleted, because letters signed long ago are still in use.

    The private half is not stored: it is derived from the server's secret key and `salt` when needed.
    """

    __tablename__ = "award_key"

    # The first four bytes of SHA-256 of the public key, in hexadecimal.
    id: Mapped[str] = mapped_column(String(8), primary_key=True)
    salt: Mapped[bytes] = mapped_column(LargeBinary(16))
    public: Mapped[bytes] = mapped_column(LargeBinary(32))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    retired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Somebody else may have had the key: its signatures prove nothing.
    distrusted: Mapped[bool] = mapped_column(default=False)


class Certificate(Base):
    """A letter of completion as it was issued."""

    __tablename__ = "certificate"
    __table_args__ = (
        # One valid letter per course and learner, however often the button is pressed.
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
    status: Mapped[CertificateStatus] = mapped_column(
        Enum(
            CertificateStatus,
            native_enum=False,
            length=10,
            values_callable=lambda kinds: [kind.value for kind in kinds],
        )
    )
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # The area of the class or team that is responsible for it; "" for the nation.
    area_path: Mapped[str] = mapped_column(bytewise(60), default="", server_default=text("''"))
    status_index: Mapped[int] = mapped_column(ForeignKey("letter_status.index"), unique=True)
    replaced_by: Mapped[str] = mapped_column(String(10), default="")
    revoked_for: Mapped[Reason | None] = mapped_column(
        Enum(Reason, native_enum=False, length=20, values_callable=lambda kinds: [kind.value for kind in kinds])
    )
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    def as_letter(self) -> Letter:
        return Letter(
            code=self.code,
            learner=self.learner,
            course=self.course,
            facts=Facts.from_json(self.facts),
            status=self.status,
            issued_at=self.issued_at,
            status_index=self.status_index,
            replaced_by=self.replaced_by,
            area_path=self.area_path,
            revoked_for=self.revoked_for,
            revoked_at=self.revoked_at,
        )
