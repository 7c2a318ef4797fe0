"""Retired ids, from `retired_ids.toml`: answers and translations still refer to them, so they must not be reused."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from courses.domain.lesson import Course, Lesson
from courses.faults import ErrorDetail, LibraryFault, error_detail
from courses.reading import InvalidFile, parse_toml, validate
from courses.schema import RetiredIdsSchema


@dataclass(frozen=True)
class RetiredIds:
    """lessons: ids of removed lessons. parts: by lesson, ids of its removed steps, questions and screens."""

    lessons: frozenset[str] = frozenset()
    parts: dict[str, frozenset[str]] = field(default_factory=dict)

    def reused_ids(self, lesson: Lesson) -> Iterator[ErrorDetail]:
        """One error for each retired id that `lesson` uses."""
        if lesson.id in self.lessons:
            yield error_detail("retired_lesson", id=lesson.id)
        ids = (
            *(step.id for step in lesson.steps),
            *(question.id for question in lesson.questions),
            *(screen.id for screen in lesson.practice.screens),
        )
        for id_ in ids:
            if id_ in self.parts.get(lesson.id, ()):
                yield error_detail("retired_part", id=id_)


def read_retired(file: Path, label: str) -> tuple[RetiredIds, tuple[LibraryFault, ...]]:
    """The retired ids and the faults of the file. With a fault, no id counts as retired and all lessons are served.

    A library without the file has no retired ids.
    """
    if not file.exists():
        return RetiredIds(), ()
    try:
        source = validate(RetiredIdsSchema, parse_toml(file, label), label)
    except InvalidFile as invalid:
        return RetiredIds(), invalid.faults
    parts = {lesson_id: frozenset(ids) for lesson_id, ids in source.parts.items()}
    return RetiredIds(frozenset(source.lessons), parts), ()


def remove_reused_ids(
    courses: Iterable[Course], retired: RetiredIds, library: str
) -> tuple[list[Course], tuple[LibraryFault, ...]]:
    """`courses` without the lessons that use a retired id, and a fault for each such id."""
    remaining, faults = [], []
    for course in courses:
        lessons = []
        for lesson in course.lessons:
            reused = list(retired.reused_ids(lesson))
            file = f"{library}/{course.id}/{lesson.id}/lesson.toml"
            faults += [LibraryFault(file, "id", detail) for detail in reused]
            if not reused:
                lessons.append(lesson)
        if lessons:
            remaining.append(replace(course, lessons=tuple(lessons)))
    return remaining, tuple(faults)
