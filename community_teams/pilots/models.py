"""Pilot models, and the figures of the day each was published."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, String, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from community_teams.models.columns import code
from community_teams.pilots.domain.pilots import TEXT_FIELDS, Contact, PilotText, State
from foundation.database import Base, UtcDateTime


class Pilot(Base):
    """One practice of one hamlet.

    form_id: made when the form was opened, so that sending it twice writes one row. version: rises by 1 with every
    change of the text. figures: PilotFigures.as_json(), {} until published. published_at: of the latest publishing.
    copied_from: the model this one is a copy of.
    """

    __tablename__ = "pilot"

    id: Mapped[int] = mapped_column(primary_key=True)
    form_id: Mapped[UUID] = mapped_column(Uuid, unique=True)
    hamlet_code: Mapped[str] = mapped_column(ForeignKey("area.code"), index=True)
    state: Mapped[State] = mapped_column(code(State))
    title: Mapped[str] = mapped_column(String(200))
    difficulty: Mapped[str] = mapped_column(Text, default="")
    steps: Mapped[str] = mapped_column(Text, default="")
    people: Mapped[str] = mapped_column(Text, default="")
    cost: Mapped[str] = mapped_column(Text, default="")
    change: Mapped[str] = mapped_column(Text, default="")
    shortfall: Mapped[str] = mapped_column(Text, default="")
    advice: Mapped[str] = mapped_column(Text, default="")
    contact: Mapped[Contact | None] = mapped_column(code(Contact))
    figures: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    version: Mapped[int] = mapped_column(default=1)
    copied_from: Mapped[int | None] = mapped_column(ForeignKey("pilot.id"), index=True)
    written_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    changed_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    def as_text(self) -> PilotText:
        # Validated before it was stored. Without validation a rule added later cannot make stored text unreadable.
        return PilotText.model_construct(**{name: getattr(self, name) for name in TEXT_FIELDS})
