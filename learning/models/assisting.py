"""When somebody of a team sits beside somebody who learns."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database import Base, UtcDateTime, bytewise


class AssistedSession(Base):
    """A time during which what one learner answers on one phone was answered with help.

    Waits without phone and learner until its code is typed on the resident's phone.
    """

    __tablename__ = "assisted_session"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    # Name of the account that sits beside. The learner may see it in what they take along, nobody else.
    helper: Mapped[str] = mapped_column(String(40))
    area_path: Mapped[str] = mapped_column(bytewise(60), index=True)
    # Of a code not used yet; None once it was, and for one begun on the helper's own phone.
    code_hash: Mapped[bytes | None] = mapped_column(LargeBinary(32), unique=True)
    phone: Mapped[UUID | None] = mapped_column(ForeignKey("phone.id", ondelete="SET NULL"), index=True)
    learner: Mapped[UUID | None] = mapped_column(ForeignKey("learner.id"), index=True)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Until when the code may be typed; once begun, until when answers count as helped.
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
