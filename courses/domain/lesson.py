"""Lessons, courses and learning paths as frozen values, with facts substituted."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from courses.domain.picture import Picture
from courses.domain.practice import Practice


class Reliability(StrEnum):
    """How reliable a source is: read by us, second-hand, or from memory and still to be checked."""

    READ = "read"
    SECONDARY = "secondary"
    MEMORY = "memory"


@dataclass(frozen=True)
class Citation:
    text: str
    reliability: Reliability


@dataclass(frozen=True)
class Step:
    """One screen of reading: one thing to do or to know.

    id: stable name, never reused; also the anchor of the step on its page.
    text: may hold **bold**; one or two short sentences.
    tip: a smaller remark under the text, or "".
    picture: shown above the text, or None.
    """

    id: str
    text: str
    tip: str = ""
    picture: Picture | None = None


@dataclass(frozen=True)
class Option:
    id: str
    text: str
    right: bool


@dataclass(frozen=True)
class Question:
    """One question with 2 to 4 options, exactly one of them right.

    because: the reason, shown after a right and after a wrong answer.
    """

    id: str
    text: str
    options: tuple[Option, ...]
    because: str

    @property
    def right(self) -> Option:
        return next(option for option in self.options if option.right)


@dataclass(frozen=True)
class Lesson:
    """One micro-lesson of 2 to 5 minutes.

    id: its address, /bai-hoc/<id>; never reused.
    number: its place in the curriculum, such as "2.4".
    draft: True while a source is from memory or nobody has tried it on a real phone; pages show this.
    helper_tips: for the team member sitting beside the learner.
    """

    id: str
    number: str
    course: str
    title: str
    minutes: int
    goal: str
    prepare: tuple[str, ...]
    story: str
    steps: tuple[Step, ...]
    remember: str
    practice: Practice
    questions: tuple[Question, ...]
    mistakes: tuple[str, ...]
    safety: str
    if_stuck: tuple[str, ...]
    helper_tips: tuple[str, ...]
    sources: tuple[Citation, ...]
    checked_on: date
    volatile: bool
    draft: bool

    @property
    def graded(self) -> tuple[str, ...]:
        """Ids of what must be answered rightly once: the practice screens to pass, then the questions."""
        return (*self.practice.must_pass, *(question.id for question in self.questions))

    def question(self, question_id: str) -> Question | None:
        return next((q for q in self.questions if q.id == question_id), None)


@dataclass(frozen=True)
class Course:
    """Lessons in teaching order.

    id: its address, /khoa-hoc/<id>. number: as in the curriculum, from 1.
    audience: for whom, in a few words. optional: for those who want more; the curriculum marks courses 9 and 10 so.
    """

    id: str
    number: int
    title: str
    audience: str
    about: str
    lessons: tuple[Lesson, ...]
    optional: bool = False

    @property
    def minutes(self) -> int:
        return sum(lesson.minutes for lesson in self.lessons)


@dataclass(frozen=True)
class LearningPath:
    """Lessons of several courses for one need, in the best order.

    id: its address, /lo-trinh/<id>. audience: for whom, in a few words. about: one warm sentence.
    urgent: for somebody who needs help now. lessons: at least one, each once.
    """

    id: str
    title: str
    audience: str
    about: str
    urgent: bool
    lessons: tuple[Lesson, ...]

    @property
    def minutes(self) -> int:
        return sum(lesson.minutes for lesson in self.lessons)
