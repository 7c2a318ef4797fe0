"""Learning paths, read from `paths.toml`: whoever has one need finds the lessons for it in one row."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Set
from pathlib import Path

from courses.domain.facts import Fact
from courses.domain.lesson import LearningPath, Lesson
from courses.faults import Amiss, Fault, amiss
from courses.reading import Faulty, fitted, parsed
from courses.texts import text_faults, told
from courses.written import ID, WrittenPath


def read_paths(
    file: Path, named: str, facts: Mapping[str, Fact], served: Mapping[str, Lesson], known: Set[str]
) -> tuple[tuple[LearningPath, ...], tuple[Fault, ...]]:
    """The paths in the order of the file, and what is amiss in it. A library without the file has no paths.

    served: lessons by id. known: ids of all lessons there are, also of those left out for a fault of their own, which
    is none of the path's. A path is served without the lessons that are missing, and not at all when none is left.
    """
    if not file.exists():
        return (), ()
    try:
        data = parsed(file, named)
    except Faulty as faulty:
        return (), faulty.faults
    paths: list[LearningPath] = []
    about_texts = text_faults(data, facts)
    faults = [Fault(named, key, says) for key, says in about_texts]
    unfit = {re.split(r"[.[]", key, maxsplit=1)[0] for key, _ in about_texts}
    for path_id, entry in told(data, facts).items():
        if path_id in unfit:
            continue
        if not ID.fullmatch(path_id):
            faults.append(Fault(named, path_id, amiss("not_an_id")))
            continue
        try:
            written = fitted(WrittenPath, entry, named, (path_id,))
        except Faulty as faulty:
            faults.extend(faulty.faults)
            continue
        faults += [Fault(named, f"{path_id}.lessons", says) for says in _about_lessons(written.lessons, known)]
        lessons = tuple(served[lesson_id] for lesson_id in dict.fromkeys(written.lessons) if lesson_id in served)
        if lessons:
            paths.append(LearningPath(path_id, written.title, written.audience, written.about, written.urgent, lessons))
    return tuple(paths), tuple(faults)


def _about_lessons(lessons: list[str], known: Set[str]) -> Iterator[Amiss]:
    for lesson_id, times in Counter(lessons).items():
        if lesson_id not in known:
            yield amiss("no_lesson", lesson=lesson_id)
        if times > 1:
            yield amiss("listed_twice", lesson=lesson_id, times=times)
