"""Cards that carry somebody's progress to another phone."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database import Base, UtcDateTime, bytewise


class Card(Base):
    """A learning card. Blank, with neither learner nor secret, until somebody makes it theirs."""

    __tablename__ = "card"
    __table_args__ = (
        # One card in use for each learner: whoever makes another has lost the one before.
        Index(
            "uq_card_learner_in_use",
            "learner",
            unique=True,
            sqlite_where=text("stopped_at IS NULL"),
            postgresql_where=text("stopped_at IS NULL"),
        ),
    )

    # As learning/domain/codes.py makes them; printed, so no secret.
    code: Mapped[str] = mapped_column(String(10), primary_key=True)
    learner: Mapped[UUID | None] = mapped_column(ForeignKey("learner.id"), index=True)
    # Argon2id over the four pictures bound to the server's key: learning/services/card_secret.py. "" while blank.
    secret_hash: Mapped[str] = mapped_column(String(200), default="")
    # Name of the account that made it for somebody; "" for one made at home.
    made_by: Mapped[str] = mapped_column(String(40), default="")
    # Where a team handed it out; "" for one made at home.
    area_path: Mapped[str] = mapped_column(bytewise(60), default="", server_default=text("''"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    stopped_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Wrong orders of pictures since the last right one, and until when no other is looked at.
    wrong_tries: Mapped[int] = mapped_column(default=0)
    paused_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # How often members of teams ended a rest since the last right order.
    wakes: Mapped[int] = mapped_column(default=0, server_default=text("0"))
