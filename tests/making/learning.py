"""Learners, what they have answered, and their letters."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from uuid_utils.compat import uuid7

from courses.domain.lesson import Course, Lesson
from learning.domain.learners import AboutLearner
from learning.domain.letters import Letter
from learning.services.answers import record_answer
from learning.services.learners import add_learner_and_phone, set_age_band
from learning.services.letters import issue_letter
from tests.making.maker import Maker

SOME_DAY = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)


@dataclass(frozen=True)
class MadeLearner:
    """token: what the cookie of their phone holds."""

    id: UUID
    token: str


class MakesLearning(Maker):
    def learner(self, *finished: Lesson) -> MadeLearner:
        """Somebody from 14 years who has answered everything in `finished` rightly."""
        learner, token = add_learner_and_phone(self.session, now=SOME_DAY)
        set_age_band(self.session, learner, AboutLearner("from_14"), now=SOME_DAY)
        self.session.commit()
        for lesson in finished:
            for step in lesson.graded:
                self.answer(learner, lesson, step)
        return MadeLearner(learner, token)

    def answer(self, learner: UUID, lesson: Lesson, step: str, *, right: bool = True, form: UUID | None = None) -> None:
        record_answer(
            self.session,
            form=form or uuid7(),
            learner=learner,
            lesson=lesson.id,
            step=step,
            given="",
            right=right,
            now=SOME_DAY,
        )
        self.session.commit()

    def letter(self, learner: UUID, course: Course, name: str = "Nguyễn Thị Mẫu") -> Letter:
        """The letter of a learner who has finished `course`."""
        letter = issue_letter(
            self.session,
            learner=learner,
            course=course,
            name=name,
            organisation="Xã Đoàn Mẫu",
            language="vi",
            now=SOME_DAY,
        )
        self.session.commit()
        return letter
