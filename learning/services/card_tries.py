"""Opening a card with its four pictures. An attempt is counted before the pictures are checked, and reset if they are
right.

As with passwords, the slow check runs between two short transactions and holds no lock.
"""

import math
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from foundation.accounts.models import AuditEntry
from foundation.accounts.services.audit import record
from foundation.problems import Conflict, NotFound, TooMany
from foundation.throttling.services import Bucket, take
from learning.domain.cards import MOST_WAKES, MOST_WAKES_A_DAY, rest_after
from learning.models import Card
from learning.queries.cards import card_by_code
from learning.services.card_secret import is_right_order
from learning.services.class_audit import learner_pseudonym
from learning.services.learners import join_phone

_DAY = timedelta(days=1)


def begin_attempt(session: Session, code: str, buckets: Sequence[Bucket], *, now: datetime) -> None:
    """Count an attempt as wrong until it proves right. Commit before checking the pictures.

    buckets: of the phone or address. Raises NotFound("no_such_card"), Conflict("card_stopped" or "card_blank"),
    TooMany("card_rests") while the card rests, and TooMany("too_many") if a bucket is full; then nothing is counted.
    """
    card = session.scalar(select(Card).where(Card.code == code).with_for_update())
    if card is None:
        raise NotFound("no_such_card")
    if card.stopped_at is not None:
        raise Conflict("card_stopped")
    if card.learner is None:
        raise Conflict("card_blank")
    if card.paused_until is not None and now < card.paused_until:
        raise TooMany("card_rests", retry_after=max(1, math.ceil((card.paused_until - now).total_seconds())))
    take(session, buckets, now=now)
    card.wrong_tries += 1
    rest = rest_after(card.wrong_tries)
    card.paused_until = now + rest if rest else None
    session.flush()


def learner_of_card(session: Session, code: str, order: Sequence[str], *, key: str) -> UUID | None:
    """The learner whose card opens with the pictures of `order`; None if they are wrong. Only reads."""
    card = card_by_code(session, code)
    if card is None or card.learner is None or card.stopped:
        return None
    return card.learner if is_right_order(card.secret_hash, key, code, order) else None


def add_card_learner(session: Session, code: str, learner: UUID, phone: UUID) -> None:
    """The pictures were right: `learner` learns on `phone` from now on, and the card's wrong attempts are reset."""
    join_phone(session, phone, learner)
    reset_attempts(session, code, learner)


def reset_attempts(session: Session, code: str, learner: UUID) -> None:
    """The pictures were right: reset the wrong attempts and the number of ended rests of the learner's card."""
    session.execute(
        update(Card).where(Card.code == code, Card.learner == learner).values(wrong_tries=0, paused_until=None, wakes=0)
    )


def wake_card(session: Session, code: str, *, who: str, area_path: str, now: datetime) -> None:
    """End a card's rest early. who: sign-in name of the team member.

    Wrong attempts still count: after five more the next rest is longer. The audit log records who did it, when, and the
    learner's pseudonym. Raises NotFound("no_such_card"), Conflict("card_woken_often") if the card was woken MOST_WAKES
    times since it last opened, TooMany("woken_too_many") for a member who woke MOST_WAKES_A_DAY cards within a day. If
    the card does not rest, nothing changes and nothing is logged.
    """
    card = session.scalar(select(Card).where(Card.code == code).with_for_update())
    if card is None or card.learner is None or card.stopped_at is not None:
        raise NotFound("no_such_card")
    if card.paused_until is None or card.paused_until <= now:
        return
    if card.wakes >= MOST_WAKES:
        raise Conflict("card_woken_often")
    _refuse_many_wakings(session, who, now)
    card.paused_until, card.wakes = None, card.wakes + 1
    session.flush()
    record(session, who, "wake_card", {"learner": learner_pseudonym(card.learner)}, now=now, area_path=area_path)


def _refuse_many_wakings(session: Session, who: str, now: datetime) -> None:
    woken = (
        select(AuditEntry.at)
        .where(AuditEntry.who == who, AuditEntry.act == "wake_card", AuditEntry.at > now - _DAY)
        .order_by(AuditEntry.at.desc())
        .limit(MOST_WAKES_A_DAY)
    )
    moments = list(session.scalars(woken))
    if len(moments) >= MOST_WAKES_A_DAY:
        wait = moments[-1] + _DAY - now
        raise TooMany("woken_too_many", retry_after=max(1, math.ceil(wait.total_seconds())))
