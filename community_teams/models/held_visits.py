"""Visits that arrived but do not count until a person has looked at them."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from community_teams.models.columns import code
from foundation.database import Base, UtcDateTime


class WhyHeld(StrEnum):
    VISIT_ID_TAKEN = "visit_id_taken"  # its id is kept already, with other content
    ALREADY_CORRECTED = "already_corrected"  # what it corrects has another correction
    DEVICE_CUT_OFF = "device_cut_off"  # sent by a phone that was reported lost


class Settlement(StrEnum):
    LEFT_OUT = "left_out"  # what was kept goes on counting
    TAKEN_INSTEAD = "taken_instead"  # it corrects what was kept
    TAKEN_AS_WELL = "taken_as_well"  # both happened


class HeldVisit(Base):
    """One visit as a phone sent it, beside the one that was kept, until somebody settles it. Never deleted.

    visit_id: the id it was sent with. record: the report's fields, read and found right; nothing was cut.
    hamlet_code: of the household it names, which decides who may look at it.
    settled_by: the person who decided; taken_as: the id of the visit it was kept as, if it was.
    """

    __tablename__ = "held_visit"
    __table_args__ = (
        # The same content sent again meets itself.
        UniqueConstraint("visit_id", "content_hash"),
        Index("ix_held_visit_hamlet_code_settled_at", "hamlet_code", "settled_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[UUID]
    content_hash: Mapped[str] = mapped_column(String(64))
    hamlet_code: Mapped[str] = mapped_column(ForeignKey("area.code"))
    why: Mapped[WhyHeld] = mapped_column(code(WhyHeld))
    record: Mapped[dict[str, object]] = mapped_column(JSON)
    member_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    device: Mapped[UUID | None]
    clock_offset: Mapped[int | None]
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    settlement: Mapped[Settlement | None] = mapped_column(code(Settlement))
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    settled_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    taken_as: Mapped[UUID | None] = mapped_column(ForeignKey("visit.id"))
