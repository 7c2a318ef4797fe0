"""Erasing a learner from all tables."""

from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from foundation.accounts.models import ConsentRecord
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
    """Delete a learner with all answers, letters, cards and consents, from every phone and class. Again: nothing
    changes.

    Printed letters become void, printed cards stop opening. Phones without other learners are deleted as well.
    """
    phones = list(session.scalars(select(PhoneLearner.phone).where(PhoneLearner.learner == learner)))
    forget_letters(session, learner)
    for table in (AnswerRow, AssistedSession, Card, ClassLearner, DoneTogether, LessonTally, PhoneLearner):
        session.execute(delete(table).where(table.learner == learner))
    session.execute(delete(ConsentRecord).where(ConsentRecord.subject == consent_subject(learner)))
    session.execute(delete(Learner).where(Learner.id == learner))
    forget_empty_phones(session, phones)
    session.flush()
