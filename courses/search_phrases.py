"""Reads `asked.toml`: what people type when they need a lesson, in their own words. The search index includes it."""

import re
from collections.abc import Mapping, Set
from pathlib import Path
from typing import Annotated

from pydantic import ConfigDict, Field, RootModel, StringConstraints

from courses.domain.facts import Fact
from courses.domain.lesson import Lesson
from courses.faults import LibraryFault, error_detail
from courses.reading import InvalidFile, parse_toml, validate
from courses.texts import substitute_facts, text_faults

# A short question as typed on a phone.
Phrase = Annotated[str, StringConstraints(min_length=2, max_length=80, strip_whitespace=True)]


class _Phrases(RootModel[Annotated[list[Phrase], Field(min_length=1, max_length=12)]]):
    model_config = ConfigDict(frozen=True, strict=True)


def read_search_phrases(
    file: Path, label: str, facts: Mapping[str, Fact], served: Mapping[str, Lesson], known_ids: Set[str]
) -> tuple[dict[str, tuple[str, ...]], tuple[LibraryFault, ...]]:
    """Phrases by lesson id, and the faults of the file. A library without the file has no phrases.

    served, known_ids: as in courses.paths.read_paths. Phrases of a lesson that is excluded for its own fault are
    excluded too, without a fault here.
    """
    if not file.exists():
        return {}, ()
    try:
        data = parse_toml(file, label)
    except InvalidFile as invalid:
        return {}, invalid.faults
    phrases_by_lesson: dict[str, tuple[str, ...]] = {}
    text_errors = text_faults(data, facts)
    faults = [LibraryFault(label, key, detail) for key, detail in text_errors]
    invalid_ids = {re.split(r"[.[]", key, maxsplit=1)[0] for key, _ in text_errors}
    for lesson_id, entry in substitute_facts(data, facts).items():
        if lesson_id in invalid_ids:
            continue
        if lesson_id not in known_ids:
            faults.append(LibraryFault(label, lesson_id, error_detail("no_such_lesson")))
            continue
        try:
            phrases = validate(_Phrases, entry, label, (lesson_id,)).root
        except InvalidFile as invalid:
            faults.extend(invalid.faults)
            continue
        if lesson_id in served:
            phrases_by_lesson[lesson_id] = tuple(dict.fromkeys(phrases))
    return phrases_by_lesson, tuple(faults)
