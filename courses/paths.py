"""Reads learning paths from `paths.toml`: for one need, the lessons to take in order."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Set
from pathlib import Path

from courses.domain.facts import Fact
from courses.domain.lesson import LearningPath, Lesson
from courses.faults import ErrorDetail, LibraryFault, error_detail
from courses.reading import InvalidFile, parse_toml, validate
from courses.schema import ID, PathSchema
from courses.texts import substitute_facts, text_faults


def read_paths(
    file: Path, label: str, facts: Mapping[str, Fact], served: Mapping[str, Lesson], known_ids: Set[str]
) -> tuple[tuple[LearningPath, ...], tuple[LibraryFault, ...]]:
    """The paths in the order of the file, and the faults of the file. A library without the file has no paths.

    served: lessons by id. known_ids: ids of all lessons, also of those excluded for a fault of their own, which is
    not reported again here. Missing lessons are left out of a path; a path with no lesson left is not returned.
    """
    if not file.exists():
        return (), ()
    try:
        data = parse_toml(file, label)
    except InvalidFile as invalid:
        return (), invalid.faults
    paths: list[LearningPath] = []
    text_errors = text_faults(data, facts)
    faults = [LibraryFault(label, key, detail) for key, detail in text_errors]
    invalid_ids = {re.split(r"[.[]", key, maxsplit=1)[0] for key, _ in text_errors}
    for path_id, entry in substitute_facts(data, facts).items():
        if path_id in invalid_ids:
            continue
        if not ID.fullmatch(path_id):
            faults.append(LibraryFault(label, path_id, error_detail("not_an_id")))
            continue
        try:
            source = validate(PathSchema, entry, label, (path_id,))
        except InvalidFile as invalid:
            faults.extend(invalid.faults)
            continue
        faults += [
            LibraryFault(label, f"{path_id}.lessons", detail) for detail in _check_lessons(source.lessons, known_ids)
        ]
        lessons = tuple(served[lesson_id] for lesson_id in dict.fromkeys(source.lessons) if lesson_id in served)
        if lessons:
            paths.append(LearningPath(path_id, source.title, source.audience, source.about, source.urgent, lessons))
    return tuple(paths), tuple(faults)


def _check_lessons(lessons: list[str], known_ids: Set[str]) -> Iterator[ErrorDetail]:
    for lesson_id, times in Counter(lessons).items():
        if lesson_id not in known_ids:
            yield error_detail("no_lesson", lesson=lesson_id)
        if times > 1:
            yield error_detail("listed_twice", lesson=lesson_id, times=times)
