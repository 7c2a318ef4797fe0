"""Who learns."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database import Base, UtcDateTime


class Learner(Base):
    """Somebody who learns, known by nothing but a cookie on a phone."""

    __tablename__ = "learner"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    # SHA-256 of the cookie's token: who reads the database cannot be the learner.
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
