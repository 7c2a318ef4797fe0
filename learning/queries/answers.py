"""What one learner has done."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from learning.domain.progress import Answer
from learning.models import AnswerRow


def right_answers(session: Session, learner: UUID, lesson: str | None = None) -> dict[str, list[Answer]]:
    """What `learner` has answered rightly, each step once, by lesson id; of one lesson only when `lesson` is given."""
    of_learner = (
        select(AnswerRow.lesson, AnswerRow.step)
        .distinct()
        .where(AnswerRow.learner == learner, AnswerRow.right.is_(True))
    )
    if lesson is not None:
        of_learner = of_learner.where(AnswerRow.lesson == lesson)
    answers: dict[str, list[Answer]] = {}
    for lesson_id, step in session.execute(of_learner):
        answers.setdefault(lesson_id, []).append(Answer(step, right=True))
    return answers
