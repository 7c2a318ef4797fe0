"""A lesson for a big screen: one thing on each slide."""

from dataclasses import dataclass
from enum import StrEnum

from courses.domain.lesson import Lesson, Question, Step
from courses.domain.practice import Kind, Screen


class What(StrEnum):
    OPENING = "opening"
    STORY = "story"
    STEP = "step"
    REMEMBER = "remember"
    SCREEN = "screen"
    QUESTION = "question"
    ANSWER = "answer"  # the right option and why, after the question alone


@dataclass(frozen=True)
class Slide:
    """number: among those of its kind, from 1; of: how many there are."""

    what: What
    number: int = 1
    of: int = 1
    step: Step | None = None
    question: Question | None = None
    screen: Screen | None = None


def slides_of(lesson: Lesson) -> tuple[Slide, ...]:
    """Opening, story, steps, what to remember, practice screens to pass, then each question and its answer."""
    slides = [Slide(What.OPENING)]
    if lesson.story:
        slides.append(Slide(What.STORY))
    slides += [Slide(What.STEP, n, len(lesson.steps), step=step) for n, step in enumerate(lesson.steps, 1)]
    slides.append(Slide(What.REMEMBER))
    screens = [screen for screen in lesson.practice.screens if screen.kind is not Kind.END]
    screens = [screen for screen in screens if screen.id in lesson.practice.must_pass]
    slides += [Slide(What.SCREEN, n, len(screens), screen=screen) for n, screen in enumerate(screens, 1)]
    for n, question in enumerate(lesson.questions, 1):
        slides.append(Slide(What.QUESTION, n, len(lesson.questions), question=question))
        slides.append(Slide(What.ANSWER, n, len(lesson.questions), question=question))
    return tuple(slides)
