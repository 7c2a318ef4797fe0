"""The phones of the teams: who uses them, when they last sent something, and how many visits wait on them."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from community_teams.models.columns import code
from foundation.database import Base, UtcDateTime


class Storage(StrEnum):
    """Whether the phone's browser granted persistent storage."""

    PERSISTED = "persisted"
    BEST_EFFORT = "best_effort"


class Device(Base):
    """One member on one phone; a phone that several members share has a row for each.

    id: made by the app on the phone. pending_reported: unsent visits of this member at its last request; None where it
    never reported them. cut_off_at: since when nothing it sends counts; set in all rows of the phone.
    """

    __tablename__ = "device"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, index=True)
    first_seen: Mapped[datetime] = mapped_column(UtcDateTime)
    last_seen: Mapped[datetime] = mapped_column(UtcDateTime)
    pending_reported: Mapped[int | None]
    app_version: Mapped[str | None] = mapped_column(String(20))
    storage: Mapped[Storage | None] = mapped_column(code(Storage))
    cut_off_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
