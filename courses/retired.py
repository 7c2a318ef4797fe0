"""Ids that once stood for something else, from `retired_ids.toml`: answers and translations still hang on them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from courses.domain.lesson import Course, Lesson
from courses.faults import Amiss, Fault, amiss
from courses.reading import Faulty, fitted, parsed
from courses.written import WrittenRetired


@dataclass(frozen=True)
class Retired:
    """lessons: ids of lessons that are gone. parts: by lesson, ids of its former steps, questions and screens."""

    lessons: frozenset[str] = frozenset()
    parts: dict[str, frozenset[str]] = field(default_factory=dict)

    def reused_in(self, lesson: Lesson) -> Iterator[Amiss]:
        """What must be otherwise in `lesson`, once for each id used again."""
        if lesson.id in self.lessons:
            yield amiss("retired_lesson", id=lesson.id)
        ids = (
            *(step.id for step in lesson.steps),
            *(question.id for question in lesson.questions),
            *(screen.id for screen in lesson.practice.screens),
        )
        for id_ in ids:
            if id_ in self.parts.get(lesson.id, ()):
                yield amiss("retired_part", id=id_)


def read_retired(file: Path, named: str) -> tuple[Retired, tuple[Fault, ...]]:
    """The retired ids, and what is amiss in the file; with a fault in it none is retired, and all lessons serve.

    A library without the file has retired none.
    """
    if not file.exists():
        return Retired(), ()
    try:
        written = fitted(WrittenRetired, parsed(file, named), named)
    except Faulty as faulty:
        return Retired(), faulty.faults
    parts = {lesson_id: frozenset(ids) for lesson_id, ids in written.parts.items()}
    return Retired(frozenset(written.lessons), parts), ()


def without_reused(courses: Iterable[Course], retired: Retired, library: str) -> tuple[list[Course], tuple[Fault, ...]]:
    """`courses` without the lessons that use a retired id, and a fault for each such id."""
    kept, faults = [], []
    for course in courses:
        lessons = []
        for lesson in course.lessons:
            reused = list(retired.reused_in(lesson))
            file = f"{library}/{course.id}/{lesson.id}/lesson.toml"
            faults += [Fault(file, "id", says) for says in reused]
            if not reused:
                lessons.append(lesson)
        if lessons:
            kept.append(replace(course, lessons=tuple(lessons)))
    return kept, tuple(faults)
