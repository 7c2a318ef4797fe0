"""The correct answers of one learner."""

from functools import lru_cache
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from learning.domain.progress import StepAnswer
from learning.models import AnswerRow

# Built once: building the statement takes as long as executing it.
_RIGHT = (
    select(AnswerRow.lesson, AnswerRow.step)
    .distinct()
    .where(AnswerRow.learner == bindparam("learner"), AnswerRow.right.is_(True))
)
_RIGHT_IN_LESSON = _RIGHT.where(AnswerRow.lesson == bindparam("lesson"))


def right_answers(session: Session, learner: UUID, lesson: str | None = None) -> dict[str, list[StepAnswer]]:
    """The steps `learner` has answered correctly, each once, by lesson id; only of `lesson` if given."""
    statement = _RIGHT if lesson is None else _RIGHT_IN_LESSON
    parameters = {"learner": learner} if lesson is None else {"learner": learner, "lesson": lesson}
    answers: dict[str, list[StepAnswer]] = {}
    for lesson_id, step in session.connection().execute(statement, parameters).all():
        answers.setdefault(lesson_id, []).append(_right(step))
    return answers


@lru_cache(maxsize=4096)
def _right(step: str) -> StepAnswer:
    """Shares one object per step in a process, because most learners answer the same steps."""
    return StepAnswer(step, right=True)
