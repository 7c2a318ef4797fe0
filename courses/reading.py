"""Reads facts, courses and lessons from TOML files. Errors become faults with file and key."""

import tomllib
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from courses.checking import lesson_faults, practice_faults
from courses.domain.facts import FACT_NAME, Fact, FactKind
from courses.domain.lesson import Citation, Lesson, Option, Question, Step
from courses.domain.picture import Picture
from courses.expansion import expand_practice
from courses.faults import ErrorDetail, LibraryFault, error_detail
from courses.schema import CourseSchema, FactSchema, LessonSchema, PracticeSchema, StepSchema
from courses.texts import key_of, substitute_facts, text_faults

OFFICIAL_ENDING = ".gov.vn"
Model = TypeVar("Model", bound=BaseModel)
MAX_FILE_BYTES = 200_000  # bytes; the longest lesson is a tenth of that
MAX_DEPTH = 12  # levels; practice.screen[].target[].text is the sixth


class InvalidFile(Exception):
    """A file that cannot be used. `faults`: all its faults, at least one."""

    def __init__(self, faults: Iterable[LibraryFault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(map(str, self.faults)))


def read_facts(file: Path, label: str) -> tuple[dict[str, Fact], tuple[LibraryFault, ...]]:
    """The shared facts by name, in the order of the file, and the faults of those that were excluded.

    label: how faults name the file, such as "library/facts.toml".
    """
    facts: dict[str, Fact] = {}
    faults: list[LibraryFault] = []
    try:
        data = parse_toml(file, label)
    except InvalidFile as invalid:
        return {}, invalid.faults
    for name, entry in data.items():
        if not FACT_NAME.fullmatch(name):
            faults.append(LibraryFault(label, name, error_detail("fact_name")))
            continue
        try:
            fact = Fact(name=name, **dict(validate(FactSchema, entry, label, (name,))))
        except InvalidFile as invalid:
            faults.extend(invalid.faults)
            continue
        if fact.about is FactKind.LINK and not fact.value.endswith(OFFICIAL_ENDING):
            faults.append(LibraryFault(label, f"{name}.value", error_detail("unofficial_link", ending=OFFICIAL_ENDING)))
            continue
        facts[name] = fact
    return facts, tuple(faults)


def read_course(file: Path, label: str, facts: dict[str, Fact]) -> CourseSchema:
    """A course file, validated, with facts substituted. Raises InvalidFile."""
    data = parse_toml(file, label)
    faults = [LibraryFault(label, key, detail) for key, detail in text_faults(data, facts)]
    if faults:
        raise InvalidFile(faults)
    return validate(CourseSchema, substitute_facts(data, facts), label)


def read_lesson(
    file: Path,
    label: str,
    facts: dict[str, Fact],
    pictures: Mapping[str, Picture | None],
    *,
    course: str,
    number: str,
) -> Lesson:
    """One lesson, checked by all rules except freshness. Its id is the name of its folder. Raises InvalidFile.

    pictures: as read_pictures returns them; a reference to a faulty picture (None) gives no picture.
    """
    data = parse_toml(file, label)
    faults = [LibraryFault(label, key, detail) for key, detail in text_faults(data, facts)]
    try:
        source = validate(LessonSchema, substitute_facts(data, facts), label)
    except InvalidFile as invalid:
        raise InvalidFile([*faults, *invalid.faults]) from None
    faults += [LibraryFault(label, key, detail) for key, detail in lesson_faults(source)]
    faults += [LibraryFault(label, key, detail) for key, detail in _check_pictures(source, pictures)]
    if faults:  # faulty screens cannot be expanded
        raise InvalidFile(faults)
    lesson = _build_lesson(source, pictures, file.parent.name, course, number)
    used_ids = {*(step.id for step in lesson.steps), *(question.id for question in lesson.questions)}
    faults += [LibraryFault(label, key, detail) for key, detail in practice_faults(lesson.practice, used_ids)]
    if faults:
        raise InvalidFile(faults)
    return lesson


def _check_pictures(source: LessonSchema, pictures: Mapping[str, Picture | None]) -> Iterator[tuple[str, ErrorDetail]]:
    steps = [(f"step[{place}]", step.picture) for place, step in enumerate(source.step, start=1)]
    for at, name in (*steps, *_practice_pictures(source.practice)):
        if name is not None and name not in pictures:
            yield f"{at}.picture", error_detail("no_picture", picture=name)
    for place, step in enumerate(source.step, start=1):
        if step.picture is None and step.picture_alt is not None:
            yield f"step[{place}].picture_alt", error_detail("no_picture_to_tell")


def _practice_pictures(practice: PracticeSchema) -> Iterator[tuple[str, str | None]]:
    """(key, picture name or None) of all parts of a practice that may have a picture."""
    for place, screen in enumerate(practice.screen, start=1):
        at = f"practice.screen[{place}]"
        yield at, screen.picture
        yield from ((f"{at}.target[{nth}]", target.picture) for nth, target in enumerate(screen.target, start=1))
        yield from ((f"{at}.item[{nth}]", item.picture) for nth, item in enumerate(screen.item, start=1))


def _build_step(source: StepSchema, pictures: Mapping[str, Picture | None]) -> Step:
    picture = pictures.get(source.picture or "")
    if picture and source.picture_alt:
        picture = replace(picture, alt=source.picture_alt)
    return Step(source.id, source.text, source.tip or "", picture)


def _build_lesson(
    source: LessonSchema, pictures: Mapping[str, Picture | None], lesson_id: str, course: str, number: str
) -> Lesson:
    return Lesson(
        id=lesson_id,
        number=number,
        course=course,
        title=source.title,
        minutes=source.minutes,
        goal=source.goal,
        prepare=tuple(source.prepare),
        story=source.story or "",
        steps=tuple(_build_step(step, pictures) for step in source.step),
        remember=source.remember,
        practice=expand_practice(source.practice, pictures),
        questions=tuple(
            Question(
                id=question.id,
                text=question.text,
                options=tuple(Option(option.id, option.text, option.right) for option in question.option),
                because=question.because,
            )
            for question in source.question
        ),
        mistakes=tuple(source.mistakes),
        safety=source.safety,
        if_stuck=tuple(source.if_stuck),
        helper_tips=tuple(source.helper_tips),
        sources=tuple(Citation(source.text, source.reliability) for source in source.source),
        checked_on=source.checked_on,
        volatile=source.volatile,
        draft=source.draft,
    )


def parse_toml(file: Path, label: str) -> dict[str, Any]:
    """The file as tomllib returns it. Raises InvalidFile: missing, too big, too deep, with merge markers, not TOML.

    A byte order mark, which Notepad writes, is ignored here; byte_order_mark_faults reports it.
    """
    try:
        with file.open("rb") as opened:
            content = opened.read(MAX_FILE_BYTES + 1)
        if len(content) > MAX_FILE_BYTES:
            raise InvalidFile([LibraryFault(label, "", error_detail("too_big", most=MAX_FILE_BYTES))])
        text = content.removeprefix(BOM_UTF8).decode()
        if lines := list(_merge_marker_lines(text)):
            raise InvalidFile(LibraryFault(label, "", error_detail("merge_mark", line=line)) for line in lines)
        data = tomllib.loads(text)
        if _depth(data) > MAX_DEPTH:
            raise RecursionError
        return data
    except FileNotFoundError:
        detail = error_detail("missing")
    except OSError as error:
        detail = error_detail("cannot_be_opened", why=error.strerror)
    except UnicodeDecodeError as error:
        detail = error_detail("not_utf8", line=error.object.count(b"\n", 0, error.start) + 1, byte=error.start)
    except tomllib.TOMLDecodeError as error:
        detail = error_detail("not_toml", why=error)
    except RecursionError:
        detail = error_detail("too_deep")
    raise InvalidFile([LibraryFault(label, "", detail)])


def byte_order_mark_faults(folder: Path) -> tuple[LibraryFault, ...]:
    """A fault for each TOML file that begins with a byte order mark. The file is used all the same."""
    found = []
    for file in sorted(folder.rglob("*.toml")):
        try:
            with file.open("rb") as opened:
                start = opened.read(len(BOM_UTF8))
        except OSError:
            continue  # reported where the file is read
        if start == BOM_UTF8:
            found.append(LibraryFault(f"{folder.name}/{file.relative_to(folder).as_posix()}", "", error_detail("bom")))
    return tuple(found)


def _merge_marker_lines(text: str) -> Iterator[int]:
    """Numbers, from 1, of lines with merge markers. Inside a long text TOML would accept them as text."""
    for number, line in enumerate(text.split("\n"), start=1):
        if line.startswith(("<<<<<<< ", ">>>>>>> ")) or line.rstrip() == "=======":
            yield number


def _depth(data: object) -> int:
    """Levels of nested tables and lists, at most MAX_DEPTH + 1. No recursion: a dotted key can be thousands deep."""
    depth, level = 0, [data]
    while level and depth <= MAX_DEPTH:
        level = [
            each
            for value in level
            for each in (value.values() if isinstance(value, dict) else value if isinstance(value, list) else ())
        ]
        depth += 1
    return depth


def validate(model: type[Model], data: object, label: str, prefix: tuple[str, ...] = ()) -> Model:
    """`data` as an instance of `model`. Raises InvalidFile with one fault for each wrong key."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise InvalidFile(
            LibraryFault(label, key_of((*prefix, *detail["loc"])), _detail_of(detail)) for detail in error.errors()
        ) from None


def _detail_of(detail: ErrorDetails) -> ErrorDetail:
    context = detail.get("ctx", {})
    match detail["type"]:
        case "missing":
            return error_detail("missing")
        case "extra_forbidden":
            return error_detail("unknown_key")
        case "string_too_short":
            return error_detail("empty")
        case "too_short":
            return error_detail("too_few", least=context["min_length"], has=context["actual_length"])
        case "too_long":
            return error_detail("too_many", most=context["max_length"])
        case "string_pattern_mismatch":
            return error_detail("not_an_id")
        case "value_error":
            return error_detail("misfit", why=context["error"])
        case _:
            return error_detail("misfit", why=detail["msg"])
