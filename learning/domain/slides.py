"""A lesson as slides for a big screen: one thing per slide, in letters as large as fit."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from math import ceil

from courses.domain.lesson import Lesson, Question, Step
from courses.domain.practice import Look, Screen, ScreenKind


class SlideKind(StrEnum):
    OPENING = "opening"
    STORY = "story"
    STEP = "step"
    REMEMBER = "remember"
    SCREEN = "screen"
    QUESTION = "question"
    ANSWER = "answer"  # the correct option and the reason, after the question


@dataclass(frozen=True)
class Slide:
    """number: position among slides of its kind, from 1. of: how many there are."""

    what: SlideKind
    number: int = 1
    of: int = 1
    step: Step | None = None
    question: Question | None = None
    screen: Screen | None = None
    # How much text there is, which sets the size of the letters: 1 (little, largest) to 3. Sizes: present.css.
    room: int = 1


def slides_of(lesson: Lesson) -> tuple[Slide, ...]:
    """Opening, story, steps, what to remember, practice screens to pass, then each question and its answer."""
    slides = [Slide(SlideKind.OPENING, room=_room(_letters(lesson.title, lesson.goal), 160, 240))]
    if lesson.story:
        slides.append(Slide(SlideKind.STORY, room=_room(_letters(lesson.story), 200, 320)))
    slides += [
        Slide(SlideKind.STEP, n, len(lesson.steps), step=step, room=_step_room(step))
        for n, step in enumerate(lesson.steps, 1)
    ]
    slides.append(Slide(SlideKind.REMEMBER, room=_room(_letters(lesson.remember, lesson.safety), 220, 340)))
    screens = [screen for screen in lesson.practice.screens if screen.kind is not ScreenKind.END]
    screens = [screen for screen in screens if screen.id in lesson.practice.must_pass]
    slides += [
        Slide(SlideKind.SCREEN, n, len(screens), screen=screen, room=_room(_height(screen), 22, 29))
        for n, screen in enumerate(screens, 1)
    ]
    for n, question in enumerate(lesson.questions, 1):
        texts = (question.text, *(option.text for option in question.options), question.because)
        room = _room(_letters(*texts), 190, 300)
        slides.append(Slide(SlideKind.QUESTION, n, len(lesson.questions), question=question, room=room))
        slides.append(Slide(SlideKind.ANSWER, n, len(lesson.questions), question=question, room=room))
    return tuple(slides)


def _room(much: float, fair: float, full: float) -> int:
    return 1 if much <= fair else 2 if much <= full else 3


def _letters(*texts: str) -> int:
    return sum(map(len, texts))


def _step_room(step: Step) -> int:
    letters = _letters(step.text, step.tip)
    return _room(letters, 90, 140) if step.picture else _room(letters, 200, 320)


def _height(screen: Screen) -> float:
    """The height of an imitation screen on a slide, in lines of its own letters, ± 2. Measured in a browser with the
    sizes of present.css over all lessons. A slide has room for 26 lines.
    """
    pairs = len(screen.targets) > 2 or screen.look is Look.HOME or all(each.picture for each in screen.targets)
    beside = 2 if pairs and screen.look is not Look.SETTINGS else 1
    rows = [screen.targets[at : at + beside] for at in range(0, len(screen.targets), beside)]
    high = 5.5 + (2.3 if screen.title else 0) + (10 if screen.picture else 0)
    high += 2.5 * len(screen.says) + 1.2 * _lines(screen.says, 42) + 2.1 * _lines(screen.placed, 45)
    high += sum(3.6 + (4.7 if any(target.picture for target in row) else 0) for row in rows)
    high += 4.8 if screen.look in (Look.HOME, Look.STORE, Look.CALL, Look.VIDEO_CALL, Look.ALARM) else 0
    high += 5.3 if screen.kind in (ScreenKind.TYPE, ScreenKind.SECRET) else 0
    high += 2 * len(screen.rules)
    return high + (0 if screen.kind is ScreenKind.TAP else 3.7)


def _lines(texts: Iterable[str], wide: int) -> int:
    return sum(ceil(len(text) / wide) for text in texts)
