"""Learning cards: making, claiming, changing and stopping them."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from foundation.problems import Conflict, NotFound
from learning.domain.cards import MOST_BLANK_AT_ONCE
from learning.domain.codes import RANDOM_BITS, code_from
from learning.models import Card
from learning.queries.cards import card_of
from learning.services.card_secret import hash_of_order


def make_card(
    session: Session,
    learner: UUID,
    order: Sequence[str],
    *,
    key: str,
    made_by: str = "",
    area_path: str = "",
    now: datetime,
) -> str:
    """Make a card for `learner`, protected by the pictures of `order`; returns its code. An earlier card stops opening.

    order: as read_order returns it. key: the server's secret. made_by: name of the account that made it for somebody;
    area_path: where. Two concurrent requests make one card: the first one's.
    """
    code = code_from(secrets.randbits(RANDOM_BITS))
    secret_hash = hash_of_order(key, code, order)
    try:
        with session.begin_nested():
            stop_card(session, learner, now=now)
            session.execute(
                insert(Card).values(
                    code=code,
                    learner=learner,
                    secret_hash=secret_hash,
                    made_by=made_by,
                    area_path=area_path,
                    made_at=now,
                    wrong_tries=0,
                )
            )
    except IntegrityError:
        quicker = card_of(session, learner)
        if quicker is None:
            raise
        return quicker.code
    return code


def prepare_blank_cards(session: Session, count: int, *, made_by: str, area_path: str = "", now: datetime) -> list[str]:
    """Codes of new blank cards to print and hand out in class, 1 to MOST_BLANK_AT_ONCE of them.

    The first person to scan one claims it and chooses the pictures: claim_card. area_path: where they are handed out.
    """
    if not 1 <= count <= MOST_BLANK_AT_ONCE:
        raise ValueError(count)
    codes = [code_from(secrets.randbits(RANDOM_BITS)) for _ in range(count)]
    blank = {"secret_hash": "", "made_by": made_by, "area_path": area_path, "made_at": now, "wrong_tries": 0}
    session.execute(insert(Card), [{"code": code, **blank} for code in codes])
    return codes


def claim_card(session: Session, code: str, learner: UUID, order: Sequence[str], *, key: str, now: datetime) -> None:
    """Give a blank card to `learner`; their earlier card stops opening.

    Raises NotFound("no_such_card"), and Conflict("card_taken") if somebody else has claimed it. Again by the same
    learner: nothing changes, and the first pictures stay.
    """
    secret_hash = hash_of_order(key, code, order)
    card = session.scalar(select(Card).where(Card.code == code).with_for_update())
    if card is None:
        raise NotFound("no_such_card")
    if card.learner == learner:
        return
    if card.learner is not None or card.stopped_at is not None:
        raise Conflict("card_taken")
    stop_card(session, learner, now=now)
    card.learner, card.secret_hash = learner, secret_hash
    session.flush()


def change_pictures(session: Session, learner: UUID, order: Sequence[str], *, key: str) -> None:
    """Protect the learner's card by other pictures and end its rest. Raises NotFound("no_such_card")."""
    card = card_of(session, learner)
    if card is None:
        raise NotFound("no_such_card")
    session.execute(
        update(Card)
        .where(Card.code == card.code)
        .values(secret_hash=hash_of_order(key, card.code, order), wrong_tries=0, paused_until=None, wakes=0)
    )


def stop_card(session: Session, learner: UUID, *, now: datetime) -> None:
    """Stop the learner's card from opening. Their phones are not affected. Without a card: nothing changes."""
    session.execute(update(Card).where(Card.learner == learner, Card.stopped_at.is_(None)).values(stopped_at=now))
