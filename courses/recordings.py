"""Lessons read aloud by people: which recordings lie beside a lesson, and what each of them tells.

They lie in `<lesson>/voices/<language>/<part>.mp3` (or .m4a, .opus). A part is a step, a question or a practice screen
by its id, the reason of a question as `<question>.vi-sao`, or a fixed part of the lesson, one of LESSON_PARTS. No id
holds a dot, so nothing can be meant twice.
"""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from courses.domain.lesson import Lesson
from courses.faults import Fault

FOLDER = "voices"
LANGUAGES = ("vi",)
LESSON_PARTS = tuple(
    f"bai.{part}"
    for part in ("mo-dau", "chuan-bi", "chuyen-ke", "nho-lay", "an-toan", "hay-nham", "khong-duoc", "nguoi-giup")
)
FORMATS = {".mp3": "audio/mpeg", ".m4a": "audio/mp4", ".opus": "audio/ogg"}
BIGGEST = 1_000_000  # bytes; two minutes of speech at 64 kbit/s, twice what the longest part takes


@dataclass(frozen=True)
class Recording:
    """One part of a lesson, read aloud.

    media_type: as browsers know it. version: ten hex digits that change with the content and only then.
    """

    file: Path
    media_type: str
    version: str


def parts_of(lesson: Lesson) -> frozenset[str]:
    """Everything of a lesson that can be recorded, as its files are named without their ending."""
    questions = [question.id for question in lesson.questions]
    return frozenset(
        [
            *LESSON_PARTS,
            *(step.id for step in lesson.steps),
            *questions,
            *(f"{question}.vi-sao" for question in questions),
            *(screen.id for screen in lesson.practice.screens),
        ]
    )


def find_recordings(folder: Path, named: str, parts: Collection[str]) -> tuple[dict[str, Recording], tuple[Fault, ...]]:
    """The recordings beside one lesson by part, and the faults of files that could not be taken in.

    folder: of the lesson; `named`: how faults name it, such as "library/vneid-cai-dat/vneid-cai". No recordings at all
    is no fault. Of two files for one part the first by name is taken.
    """
    found: dict[str, Recording] = {}
    faults: list[Fault] = []
    for file in sorted((folder / FOLDER).glob("*/*")):
        place = f"{named}/{file.relative_to(folder).as_posix()}"
        amiss = _amiss(file, parts)
        if not amiss and file.stem in found:
            amiss = f"there is already {found[file.stem].file.name}"
        if amiss:
            faults.append(Fault(place, "", amiss))
            continue
        version = hashlib.sha256(file.read_bytes()).hexdigest()[:10]
        found[file.stem] = Recording(file, FORMATS[file.suffix], version)
    return found, tuple(faults)


def _amiss(file: Path, parts: Collection[str]) -> str:
    """What must be otherwise before a file can be served as a recording; "" when nothing."""
    if file.parent.name not in LANGUAGES:
        return f"recordings are kept for {', '.join(LANGUAGES)}"
    if file.suffix not in FORMATS or not file.is_file():
        return f"a recording is a file that ends in {', '.join(FORMATS)}"
    if file.stem not in parts:
        return f"the lesson has no part {file.stem}"
    if file.stat().st_size > BIGGEST:
        return f"is over {BIGGEST} bytes"
    with file.open("rb") as opened:
        return "" if _is(file.suffix, opened.read(12)) else f"is no {file.suffix} inside"


def _is(suffix: str, start: bytes) -> bool:
    """Whether a file that starts so is what its name says: a phone would fall silent over any other."""
    match suffix:
        case ".opus":
            return start.startswith(b"OggS")
        case ".m4a":
            return start[4:8] == b"ftyp"
        case _:  # MP3: a label in front, or the eleven set bits every frame begins with
            return start.startswith(b"ID3") or (start[:1] == b"\xff" and start[1:2] >= b"\xe0")
