"""The table of fault reports."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Enum, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database import Base, UtcDateTime
from learning.domain.fault_reports import LONGEST_NOTE, LONGEST_REPLY, FaultReport, ReportKind, ReportState


class FaultReportRow(Base):
    """A fault somebody found in a lesson. Contains nothing about the reporter."""

    __tablename__ = "fault_report"
    __table_args__ = (Index(None, "state", "sent_at"),)

    # Made with the form, so that the same form sent twice has the same id.
    id: Mapped[UUID] = mapped_column(primary_key=True)
    lesson: Mapped[str] = mapped_column(String(64), index=True)
    # The id of a screen made from cards contains two ids of 60 characters.
    place: Mapped[str] = mapped_column(String(150))
    kind: Mapped[ReportKind] = mapped_column(
        Enum(ReportKind, native_enum=False, length=20, values_callable=lambda kinds: [kind.value for kind in kinds])
    )
    note: Mapped[str] = mapped_column(String(LONGEST_NOTE))
    library: Mapped[str] = mapped_column(String(16))
    state: Mapped[ReportState] = mapped_column(
        Enum(
            ReportState, native_enum=False, length=10, values_callable=lambda states: [state.value for state in states]
        )
    )
    sent_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # Not written any more, always "". An earlier version stored the sender's address here for an hour.
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
