"""Cards given in class, only to learners who have none."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from foundation.problems import NotAllowed
from learning.models import Learner
from learning.queries.cards import card_of
from learning.queries.classes import Evening, may_have_card
from learning.services.cards import change_pictures, claim_card, make_card
from learning.services.class_audit import record_in_class


def give_card(
    session: Session,
    evening: Evening,
    learner: UUID,
    order: Sequence[str],
    *,
    code: str = "",
    key: str,
    who: str,
    now: datetime,
) -> None:
    """Give an attendee a card that opens with `order`: a new one, or the blank one with `code`.

    Only for learners who never had a card, or were added in this class and learn on no phone yet. Others who forgot
    their pictures change them on their own phone; otherwise a teacher who knows a code could take over the card. Raises
    NotAllowed("card_is_theirs"), and as claim_card.
    """
    # Two concurrent requests: the second one waits and sees what the first did.
    session.execute(select(Learner.id).where(Learner.id == learner).with_for_update())
    if not may_have_card(session, evening, learner):
        raise NotAllowed("card_is_theirs")
    if code:
        claim_card(session, code, learner, order, key=key, now=now)
    elif card_of(session, learner):
        change_pictures(session, learner, order, key=key)
    else:
        make_card(session, learner, order, key=key, made_by=who, area_path=evening.area_path, now=now)
    record_in_class(session, who, "give_card", evening, [learner], now=now)
