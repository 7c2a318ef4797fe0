"""All stored data of one learner, for the learner's own export."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from foundation.accounts.models import ConsentRecord
from learning.domain.learners import consent_subject
from learning.models import (
    AnswerRow,
    AssistedSession,
    Card,
    Certificate,
    ClassEvening,
    ClassLearner,
    DoneTogether,
    Learner,
    PhoneLearner,
)


def learner_data(session: Session, learner: UUID) -> dict[str, Any]:
    """Plain JSON values. Contains everything stored, except tokens, hashes and ids that give access to something.

    Times are ISO 8601 in UTC. Answers are in the order they were given; the newest letters and cards come last.
    """
    person = session.get_one(Learner, learner)
    phones = select(func.count()).select_from(PhoneLearner).where(PhoneLearner.learner == learner)
    answers = select(AnswerRow).where(AnswerRow.learner == learner).order_by(AnswerRow.at, AnswerRow.id)
    cards = select(Card).where(Card.learner == learner).order_by(Card.made_at, Card.code)
    letters = select(Certificate).where(Certificate.learner == learner).order_by(Certificate.issued_at)
    helped = select(AssistedSession).where(AssistedSession.learner == learner).order_by(AssistedSession.made_at)
    classes = (
        select(ClassEvening, ClassLearner)
        .join(ClassLearner, ClassLearner.evening == ClassEvening.id)
        .where(ClassLearner.learner == learner)
        .order_by(ClassEvening.held_on, ClassEvening.id)
    )
    marked = select(DoneTogether).where(DoneTogether.learner == learner).order_by(DoneTogether.observed_at)
    together = [(row.evening, row.lesson, row.observed_by) for row in session.scalars(marked)]
    consents = select(ConsentRecord).where(ConsentRecord.subject == consent_subject(learner)).order_by(ConsentRecord.at)
    return {
        "learner": {
            "nickname": person.nickname,
            "picture": person.picture,
            "age_band": person.age_band.value if person.age_band else None,
            "since": _isoformat(person.created_at),
            "phones": session.scalar(phones),
        },
        "answers": [
            {
                "lesson": row.lesson,
                "step": row.step,
                "given": row.given,
                "right": row.right,
                "at": _isoformat(row.at),
                "assisted": row.assisted,
            }
            for row in session.scalars(answers)
        ],
        "cards": [
            {
                "code": row.code,
                "made_at": _isoformat(row.made_at),
                "made_by": row.made_by,
                "stopped_at": _isoformat(row.stopped_at),
                "wrong_tries": row.wrong_tries,
                "rests_until": _isoformat(row.paused_until),
            }
            for row in session.scalars(cards)
        ],
        "helped": [
            {"helper": row.helper, "from": _isoformat(row.started_at), "to": _isoformat(row.ends_at)}
            for row in session.scalars(helped)
        ],
        "classes": [
            {
                "course": evening.course,
                "held_on": evening.held_on.isoformat(),
                "teacher": evening.teacher,
                "name": there.name,
                "done_together": [
                    {"lesson": lesson, "seen_by": observed_by}
                    for where, lesson, observed_by in together
                    if where == evening.id
                ],
            }
            for evening, there in session.execute(classes)
        ],
        "letters": [
            {
                "code": row.code,
                "course": row.course,
                "status": row.status.value,
                "issued_at": _isoformat(row.issued_at),
                "replaced_by": row.replaced_by,
                "revoked_for": row.revoked_for.value if row.revoked_for else None,
                "revoked_at": _isoformat(row.revoked_at),
                **row.facts,
            }
            for row in session.scalars(letters)
        ],
        "consents": [
            {
                "purpose": row.purpose,
                "text_version": row.text_version,
                "how": row.how,
                "recorded_by": row.recorded_by,
                "at": _isoformat(row.at),
                "withdrawn_at": _isoformat(row.withdrawn_at),
            }
            for row in session.scalars(consents)
        ],
    }


def _isoformat(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds") if moment else None
