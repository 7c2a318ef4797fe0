"""What one learner has done."""

from functools import lru_cache
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from learning.domain.progress import StepAnswer
from learning.models import AnswerRow

# Built once: putting a statement together takes as long as asking it.
_RIGHT = (
    select(AnswerRow.lesson, AnswerRow.step)
    .distinct()
    .where(AnswerRow.learner == bindparam("learner"), AnswerRow.right.is_(True))
)
_RIGHT_IN_LESSON = _RIGHT.where(AnswerRow.lesson == bindparam("lesson"))


def right_answers(session: Session, learner: UUID, lesson: str | None = None) -> dict[str, list[StepAnswer]]:
    """What `learner` has answered rightly, each step once, by lesson id; of one lesson only when `lesson` is given."""
    asked = _RIGHT if lesson is None else _RIGHT_IN_LESSON
    named = {"learner": learner} if lesson is None else {"learner": learner, "lesson": lesson}
    answers: dict[str, list[StepAnswer]] = {}
    for lesson_id, step in session.connection().execute(asked, named).all():
        answers.setdefault(lesson_id, []).append(_right(step))
    return answers


@lru_cache(maxsize=4096)
def _right(step: str) -> StepAnswer:
    """The same for everybody: of most steps there is one right answer object in a process."""
    return StepAnswer(step, right=True)
