"""What people ask when they need a lesson, in their own words, read from `asked.toml`; searching looks there too."""

import re
from collections.abc import Mapping, Set
from pathlib import Path
from typing import Annotated

from pydantic import ConfigDict, Field, RootModel, StringConstraints

from courses.domain.facts import Fact
from courses.domain.lesson import Lesson
from courses.faults import Fault, amiss
from courses.reading import Faulty, fitted, parsed
from courses.texts import text_faults, told

# A question as somebody would type it on a phone, in one breath.
Phrase = Annotated[str, StringConstraints(min_length=2, max_length=80, strip_whitespace=True)]


class _Phrases(RootModel[Annotated[list[Phrase], Field(min_length=1, max_length=12)]]):
    model_config = ConfigDict(frozen=True, strict=True)


def read_asked(
    file: Path, named: str, facts: Mapping[str, Fact], served: Mapping[str, Lesson], known: Set[str]
) -> tuple[dict[str, tuple[str, ...]], tuple[Fault, ...]]:
    """Phrases by the id of their lesson, and what is amiss in the file. A library without the file has none.

    served and known are as in courses.paths.read_paths: what is asked about a lesson
    left out for its own fault is left out too.
    """
    if not file.exists():
        return {}, ()
    try:
        data = parsed(file, named)
    except Faulty as faulty:
        return {}, faulty.faults
    asked: dict[str, tuple[str, ...]] = {}
    about_texts = text_faults(data, facts)
    faults = [Fault(named, key, says) for key, says in about_texts]
    unfit = {re.split(r"[.[]", key, maxsplit=1)[0] for key, _ in about_texts}
    for lesson_id, entry in told(data, facts).items():
        if lesson_id in unfit:
            continue
        if lesson_id not in known:
            faults.append(Fault(named, lesson_id, amiss("no_such_lesson")))
            continue
        try:
            phrases = fitted(_Phrases, entry, named, (lesson_id,)).root
        except Faulty as faulty:
            faults.extend(faulty.faults)
            continue
        if lesson_id in served:
            asked[lesson_id] = tuple(dict.fromkeys(phrases))
    return asked, tuple(faults)
