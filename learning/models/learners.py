"""Tables of learners and the phones they learn on."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Enum, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database import Base, UtcDateTime
from learning.domain.learners import LearnerAgeBand, LearnerProfile


class Phone(Base):
    """A phone people learn on, identified only by a cookie."""

    __tablename__ = "phone"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    # SHA-256 of the cookie's token, so that reading the database is not enough to act as the phone.
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Learner(Base):
    """A learner. No real name: an optional nickname and picture."""

    __tablename__ = "learner"

    # Made on the phone if the learner was added without network.
    id: Mapped[UUID] = mapped_column(primary_key=True)
    nickname: Mapped[str] = mapped_column(String(30), default="")
    picture: Mapped[str] = mapped_column(String(20), default="")
    age_band: Mapped[LearnerAgeBand | None] = mapped_column(
        Enum(LearnerAgeBand, native_enum=False, length=10, values_callable=lambda bands: [band.value for band in bands])
    )
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    def as_person(self) -> LearnerProfile:
        return LearnerProfile(self.id, self.nickname, self.picture, self.age_band)


class PhoneLearner(Base):
    """A learner learns on a phone. Several learners share a phone; a card brings a learner to several phones."""

    __tablename__ = "phone_learner"

    phone: Mapped[UUID] = mapped_column(ForeignKey("phone.id"), primary_key=True)
    learner: Mapped[UUID] = mapped_column(ForeignKey("learner.id"), primary_key=True, index=True)
    # In the order they joined; two who join at the same moment may get the same position.
    position: Mapped[int]
