"""Learning cards by code and by learner."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from learning.models import Card


@dataclass(frozen=True)
class CardRecord:
    """learner: None for a blank card. paused_until: until when no pictures are checked; may be in the past."""

    code: str
    learner: UUID | None
    secret_hash: str = field(repr=False)
    stopped: bool
    wrong_tries: int
    paused_until: datetime | None
    made_at: datetime

    def rests(self, now: datetime) -> bool:
        return self.paused_until is not None and now < self.paused_until


def card_by_code(session: Session, code: str) -> CardRecord | None:
    """The card with this code, also a blank or stopped one."""
    row = session.scalar(select(Card).where(Card.code == code).execution_options(populate_existing=True))
    return _card_record(row) if row else None


def card_of(session: Session, learner: UUID) -> CardRecord | None:
    """The card `learner` uses now; None if there is none."""
    return next(iter(cards_of(session, [learner])), None)


def cards_of(session: Session, learners: Sequence[UUID]) -> list[CardRecord]:
    """The cards these learners use now, in the order of the learners. Learners without a card are left out."""
    rows = session.scalars(
        select(Card)
        .where(Card.learner.in_(learners), Card.stopped_at.is_(None))
        .execution_options(populate_existing=True)
    )
    found = {row.learner: _card_record(row) for row in rows}
    return [found[learner] for learner in learners if learner in found]


def _card_record(row: Card) -> CardRecord:
    return CardRecord(
        code=row.code,
        learner=row.learner,
        secret_hash=row.secret_hash,
        stopped=row.stopped_at is not None,
        wrong_tries=row.wrong_tries,
        paused_until=row.paused_until,
        made_at=row.made_at,
    )
