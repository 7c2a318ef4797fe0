"""Erasing somebody: nothing of theirs is left in any table."""

from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from foundation.accounts.models import Consent
from learning.domain.learners import consent_subject
from learning.models import (
    AnswerRow,
    AssistedSession,
    Card,
    ClassLearner,
    DoneTogether,
    Learner,
    LessonTally,
    PhoneLearner,
)
from learning.services.learners import forget_empty_phones
from learning.services.letters import forget_letters


def erase_learner(session: Session, learner: UUID) -> None:
    """Remove a learner with all answers, letters, cards and consents, from every phone and class. Again: nothing
    left to do.

    Printed letters count as void from then on, printed cards open nothing. Phones on which nobody else learns are
    forgotten as well.
    """
    phones = list(session.scalars(select(PhoneLearner.phone).where(PhoneLearner.learner == learner)))
    forget_letters(session, learner)
    for table in (AnswerRow, AssistedSession, Card, ClassLearner, DoneTogether, LessonTally, PhoneLearner):
        session.execute(delete(table).where(table.learner == learner))
    session.execute(delete(Consent).where(Consent.subject == consent_subject(learner)))
    session.execute(delete(Learner).where(Learner.id == learner))
    forget_empty_phones(session, phones)
    session.flush()
