"""The table of assisted sessions."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database import Base, UtcDateTime, bytewise


class AssistedSession(Base):
    """A time in which one learner's answers on one phone count as given with help.

    Has no phone and learner until its code is typed on the learner's phone.
    """

    __tablename__ = "assisted_session"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    # Account name of the helper. The learner sees it in their data export, nobody else does.
    helper: Mapped[str] = mapped_column(String(40))
    area_path: Mapped[str] = mapped_column(bytewise(60), index=True)
    # Hash of an unused code; None once it is used, and for a session started on the helper's phone.
    code_hash: Mapped[bytes | None] = mapped_column(LargeBinary(32), unique=True)
    phone: Mapped[UUID | None] = mapped_column(ForeignKey("phone.id", ondelete="SET NULL"), index=True)
    learner: Mapped[UUID | None] = mapped_column(ForeignKey("learner.id"), index=True)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Before the start: until when the code may be typed. After it: until when answers count as helped.
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
