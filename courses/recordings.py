"""Finds the recordings of lessons: parts of a lesson read aloud by people.

The files are `<lesson>/voices/<language>/<part>.mp3` (or .m4a, .opus). A part is the id of a step, question or practice
screen; a text that belongs to one, such as a hint or an option (the functions below give its name); or a fixed part of
the lesson, one of LESSON_PARTS. Ids hold no dot, so names of parts are unambiguous. Texts of the interface are the same
in every lesson: INTERFACE_PARTS, recorded once, in `voices/<language>/` of the library itself.
"""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from courses.domain.lesson import Lesson
from courses.faults import ErrorDetail, LibraryFault, error_detail

FOLDER = "voices"
LANGUAGES = ("vi",)
LESSON_PARTS = tuple(
    f"bai.{part}"
    for part in (
        "ten",
        "mo-dau",
        "chuan-bi",
        "chuyen-ke",
        "nho-lay",
        "an-toan",
        "hay-nham",
        "khong-duoc",
        "nguoi-giup",
        "vao-tap",
    )
)
# docs/authoring.md gives the text of each; the pages of learning use all of them.
INTERFACE_PARTS = (
    *("bat-dau-hoc", "tiep-theo", "tap-thu", "tiep-tuc", "cau-tiep-theo", "xem-ket-qua"),
    *("hoc-bai-tiep", "lay-giay", "xem-giay", "lam-not"),
    *("chuyen-that", "chuan-bi", "nho-lay", "giu-an-toan", "hay-nham", "khong-duoc"),
    *("man-hinh-tap", "da-xoa", "go-so-mau", "go-so-mau-may", "mat-mang", "cho-co-mang"),
    *("dung-roi", "nghi-them", "xong-bai", "xong-khoa", "xong-lo-trinh", "sap-xong", "con-phan", "mot-dieu", "ke-lai"),
)
FORMATS = {".mp3": "audio/mpeg", ".m4a": "audio/mp4", ".opus": "audio/ogg"}
MAX_BYTES = 1_000_000  # bytes; two minutes of speech at 64 kbit/s, twice what the longest part takes


@dataclass(frozen=True)
class Recording:
    """One part of a lesson, read aloud.

    media_type: the MIME type. version: ten hex digits, a hash of the content.
    """

    file: Path
    media_type: str
    version: str


def reason_of(question_id: str) -> str:
    return f"{question_id}.vi-sao"


def option_of(question_id: str, option_id: str) -> str:
    return f"{question_id}.chon.{option_id}"


def praise_of(screen_id: str) -> str:
    return f"{screen_id}.khen"


def hint_of(screen_id: str, target_id: str = "") -> str:
    """The hint of a target; without target_id, the hint of the screen."""
    return f"{screen_id}.nhac.{target_id}" if target_id else f"{screen_id}.nhac"


def parts_of(lesson: Lesson) -> frozenset[str]:
    """All parts of a lesson that can be recorded: the file names without extension."""
    parts = [*LESSON_PARTS, *(step.id for step in lesson.steps)]
    for question in lesson.questions:
        parts += [question.id, reason_of(question.id)]
        parts += [option_of(question.id, option.id) for option in question.options]
    for screen in lesson.practice.screens:
        parts.append(screen.id)
        if screen.praise:
            parts.append(praise_of(screen.id))
        if screen.hint:
            parts.append(hint_of(screen.id))
        parts += [hint_of(screen.id, target.id) for target in screen.targets if target.hint]
    return frozenset(parts)


def find_recordings(
    folder: Path, label: str, parts: Collection[str]
) -> tuple[dict[str, Recording], tuple[LibraryFault, ...]]:
    """The recordings in the `voices` folder of `folder` by part, and the faults of the files that were refused.

    folder: of a lesson, or the library. label: how faults name it, such as "library/vneid-cai-dat/vneid-cai". Having no
    recordings is no fault. Of two files for one part the first by name is used.
    """
    found: dict[str, Recording] = {}
    faults: list[LibraryFault] = []
    for file in sorted((folder / FOLDER).glob("*/*")):
        file_label = f"{label}/{file.relative_to(folder).as_posix()}"
        detail = _error_in(file, parts)
        if detail is None and file.stem in found:
            detail = error_detail("recorded_twice", file=found[file.stem].file.name)
        if detail is not None:
            faults.append(LibraryFault(file_label, "", detail))
            continue
        version = hashlib.sha256(file.read_bytes()).hexdigest()[:10]
        found[file.stem] = Recording(file, FORMATS[file.suffix], version)
    return found, tuple(faults)


def _error_in(file: Path, parts: Collection[str]) -> ErrorDetail | None:
    """Why a file cannot be served as a recording; None when it can."""
    if file.parent.name not in LANGUAGES:
        return error_detail("other_language", languages=", ".join(LANGUAGES))
    if file.suffix not in FORMATS or not file.is_file():
        return error_detail("not_a_recording", formats=", ".join(FORMATS))
    if file.stem not in parts:
        return error_detail("no_part_to_read", part=file.stem)
    if file.stat().st_size > MAX_BYTES:
        return error_detail("too_big", most=MAX_BYTES)
    with file.open("rb") as opened:
        return None if _has_format(file.suffix, opened.read(12)) else error_detail("not_inside", ending=file.suffix)


def _has_format(suffix: str, start: bytes) -> bool:
    """Whether the first bytes match the extension. Phones play nothing when they do not."""
    match suffix:
        case ".opus":
            return start.startswith(b"OggS")
        case ".m4a":
            return start[4:8] == b"ftyp"
        case _:  # MP3: an ID3 tag, or the eleven set bits that begin every frame
            return start.startswith(b"ID3") or (start[:1] == b"\xff" and start[1:2] >= b"\xe0")
