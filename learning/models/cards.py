"""The table of learning cards."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database import Base, UtcDateTime, bytewise


class Card(Base):
    """A learning card. A blank one has no learner and no secret until somebody claims it."""

    __tablename__ = "card"
    __table_args__ = (
        # One card in use per learner: a new card replaces the one before.
        Index(
            "uq_card_learner_in_use",
            "learner",
            unique=True,
            sqlite_where=text("stopped_at IS NULL"),
            postgresql_where=text("stopped_at IS NULL"),
        ),
    )

    # As learning/domain/codes.py makes them. Printed on the card, so not secret.
    code: Mapped[str] = mapped_column(String(10), primary_key=True)
    learner: Mapped[UUID | None] = mapped_column(ForeignKey("learner.id"), index=True)
    # Argon2id over the four pictures combined with the server's key: learning/services/card_secret.py. "" while blank.
    secret_hash: Mapped[str] = mapped_column(String(200), default="")
    # Name of the account that made it for somebody; "" for a card made at home.
    made_by: Mapped[str] = mapped_column(String(40), default="")
    # Area where a team handed it out; "" for a card made at home.
    area_path: Mapped[str] = mapped_column(bytewise(60), default="", server_default=text("''"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    stopped_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Wrong orders of pictures since the last correct one, and until when no further order is checked.
    wrong_tries: Mapped[int] = mapped_column(default=0)
    paused_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # How often team members ended a rest since the last correct order.
    wakes: Mapped[int] = mapped_column(default=0, server_default=text("0"))
