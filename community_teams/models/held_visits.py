"""Held visits: they arrived but do not count until a person settles them."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from community_teams.models.columns import code
from foundation.database import Base, UtcDateTime


class WhyHeld(StrEnum):
    VISIT_ID_TAKEN = "visit_id_taken"  # a visit with its id is stored, with other content
    ALREADY_CORRECTED = "already_corrected"  # the visit it corrects has another correction
    DEVICE_CUT_OFF = "device_cut_off"  # sent by a phone that was reported lost
    DRAFT = "draft"  # was still being written on a phone that was reported lost
    FROM_FILE = "from_file"  # imported from a file, and refused by the rules
    NEWER_FORM = "newer_form"  # recorded with a newer form than this server knows


class Settlement(StrEnum):
    LEFT_OUT = "left_out"  # the stored visit goes on counting
    TAKEN_INSTEAD = "taken_instead"  # it corrects the stored visit
    TAKEN_AS_WELL = "taken_as_well"  # both happened
    MENDED = "mended"  # its faults were corrected by hand, and then it was recorded


class HeldVisit(Base):
    """One visit as a phone sent it, beside the stored one, until somebody settles it. Never deleted.

    visit_id: the id it was sent with; derived from its content where there is none.
    record: the fields of the valid report, complete. {} where `raw` is set.
    raw: JSON of a record that the rules refuse, as domain/raw_records.py writes it; None for one that can be read.
    problems: what was wrong with it when it arrived, {field: code}; {} where it can be read.
    hamlet_code: of the household it names, else the area its member works in: it decides who may look at it.
    settled_by: the person who decided; reason: why, in their words; taken_as: the id of the visit it was recorded as.
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
    raw: Mapped[str | None] = mapped_column(Text)
    problems: Mapped[dict[str, str]] = mapped_column(JSON, default=dict, server_default=text("'{}'"))
    member_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    device: Mapped[UUID | None]
    clock_offset: Mapped[int | None]
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    settlement: Mapped[Settlement | None] = mapped_column(code(Settlement))
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    settled_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str] = mapped_column(String(200), default="", server_default=text("''"))
    taken_as: Mapped[UUID | None] = mapped_column(ForeignKey("visit.id"))
