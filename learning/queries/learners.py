"""The learners of a phone."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from learning.domain.learners import LearnerAgeBand, LearnerProfile
from learning.models import Learner, Phone, PhoneLearner


@dataclass(frozen=True)
class SharedPhone:
    """people: all learners of the phone, in the order they joined."""

    id: UUID
    people: tuple[LearnerProfile, ...]


# Built once: it runs for every page of a phone that has a learner.
_PHONE = (
    select(Phone.id, Learner.id, Learner.nickname, Learner.picture, Learner.age_band)
    .outerjoin(PhoneLearner, PhoneLearner.phone == Phone.id)
    .outerjoin(Learner, Learner.id == PhoneLearner.learner)
    .where(Phone.token_hash == bindparam("token_hash"))
    .order_by(PhoneLearner.position, Learner.id)
)


def phone_by_token(session: Session, token_hash: bytes) -> SharedPhone | None:
    """The phone whose cookie hashes to `token_hash` (SHA-256); None for an unknown or erased phone. One query."""
    rows = session.connection().execute(_PHONE, {"token_hash": token_hash}).all()
    if not rows:
        return None
    return SharedPhone(rows[0][0], tuple(_person(*row[1:]) for row in rows if row[1] is not None))


def people_on(session: Session, phone: UUID) -> tuple[LearnerProfile, ...]:
    """All learners of one phone, in the order they joined."""
    rows = session.execute(
        select(Learner.id, Learner.nickname, Learner.picture, Learner.age_band)
        .join(PhoneLearner, PhoneLearner.learner == Learner.id)
        .where(PhoneLearner.phone == phone)
        .order_by(PhoneLearner.position, Learner.id)
    )
    return tuple(_person(*row) for row in rows)


def _person(id_: UUID, nickname: str, picture: str, age_band: LearnerAgeBand | None) -> LearnerProfile:
    return LearnerProfile(id_, nickname, picture, age_band)
