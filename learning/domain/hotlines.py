"""The telephone numbers that a printed lesson repeats in large type: those named in its own text."""

import re
from collections.abc import Iterable, Mapping

from courses.domain.facts import Fact, FactKind
from courses.domain.lesson import Lesson


def hotlines(lessons: Iterable[Lesson], facts: Mapping[str, Fact]) -> tuple[Fact, ...]:
    """Shared telephone numbers in the printed text of `lessons`, each number once, in the order of the facts.

    A value with several numbers, "156 hoặc 5656", covers them all: none of them is listed again. Practice and questions
    are left out: a number in them may be part of a trap.
    """
    text = "\n".join(sentence for lesson in lessons for sentence in _printed(lesson))
    phones = {name: fact for name, fact in facts.items() if fact.about is FactKind.PHONE}
    found: list[Fact] = []
    for fact in sorted(phones.values(), key=lambda fact: -len(fact.value)):
        if _named(fact.value, text) and not any(fact.value in known.value for known in found):
            found.append(fact)
    order = list(phones)
    return tuple(sorted(found, key=lambda fact: order.index(fact.name)))


def _named(number: str, text: str) -> bool:
    """Whether `text` has this number by itself: 113 is not in 113.000 or 0113."""
    return re.search(rf"(?<![\w.,]){re.escape(number)}(?!\w|[.,]\d)", text) is not None


def _printed(lesson: Lesson) -> Iterable[str]:
    yield from (lesson.goal, lesson.remember, lesson.safety, *lesson.prepare, *lesson.if_stuck)
    for step in lesson.steps:
        yield from (step.text, step.tip)
