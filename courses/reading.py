"""Reads the library from its TOML files. Whatever is amiss becomes a fault with file and key; nothing is raised."""

import tomllib
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from courses.checking import lesson_faults, practice_faults
from courses.domain.facts import FACT_NAME, About, Fact
from courses.domain.lesson import Lesson, Option, Question, Source, Step
from courses.domain.picture import Picture
from courses.faults import Amiss, Fault, amiss
from courses.texts import key_of, text_faults, told
from courses.unfolding import unfolded
from courses.written import WrittenCourse, WrittenFact, WrittenLesson, WrittenPractice, WrittenStep

OFFICIAL_ENDING = ".gov.vn"
Model = TypeVar("Model", bound=BaseModel)
BIGGEST_FILE = 200_000  # bytes; the longest lesson is a tenth of that
DEEPEST = 12  # levels; practice.screen[].target[].text is the sixth


class Faulty(Exception):
    """A file that cannot be taught from. `faults`: all of them at once, at least one."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(map(str, self.faults)))


def read_facts(file: Path, named: str) -> tuple[dict[str, Fact], tuple[Fault, ...]]:
    """The shared facts by name, in the order of the file, and the faults of those that had to be left out.

    named: how faults name the file, such as "library/facts.toml".
    """
    facts: dict[str, Fact] = {}
    faults: list[Fault] = []
    try:
        data = parsed(file, named)
    except Faulty as faulty:
        return {}, faulty.faults
    for name, entry in data.items():
        if not FACT_NAME.fullmatch(name):
            faults.append(Fault(named, name, amiss("fact_name")))
            continue
        try:
            fact = Fact(name=name, **dict(fitted(WrittenFact, entry, named, (name,))))
        except Faulty as faulty:
            faults.extend(faulty.faults)
            continue
        if fact.about is About.LINK and not fact.value.endswith(OFFICIAL_ENDING):
            faults.append(Fault(named, f"{name}.value", amiss("unofficial_link", ending=OFFICIAL_ENDING)))
            continue
        facts[name] = fact
    return facts, tuple(faults)


def read_course(file: Path, named: str, facts: dict[str, Fact]) -> WrittenCourse:
    """A course as written, its facts told. Raises Faulty."""
    data = parsed(file, named)
    faults = [Fault(named, key, says) for key, says in text_faults(data, facts)]
    if faults:
        raise Faulty(faults)
    return fitted(WrittenCourse, told(data, facts), named)


def read_lesson(
    file: Path,
    named: str,
    facts: dict[str, Fact],
    pictures: Mapping[str, Picture | None],
    *,
    course: str,
    number: str,
) -> Lesson:
    """One lesson, checked by every rule but its freshness. Its id is the name of its folder. Raises Faulty.

    pictures: as read_pictures gives them; what names one that could not be taken in goes without.
    """
    data = parsed(file, named)
    faults = [Fault(named, key, says) for key, says in text_faults(data, facts)]
    try:
        written = fitted(WrittenLesson, told(data, facts), named)
    except Faulty as faulty:
        raise Faulty([*faults, *faulty.faults]) from None
    faults += [Fault(named, key, says) for key, says in lesson_faults(written)]
    faults += [Fault(named, key, says) for key, says in _about_pictures(written, pictures)]
    if faults:  # a practice whose screens are misshapen cannot be unfolded
        raise Faulty(faults)
    lesson = _lesson(written, pictures, file.parent.name, course, number)
    taken = {*(step.id for step in lesson.steps), *(question.id for question in lesson.questions)}
    faults += [Fault(named, key, says) for key, says in practice_faults(lesson.practice, taken)]
    if faults:
        raise Faulty(faults)
    return lesson


def _about_pictures(written: WrittenLesson, pictures: Mapping[str, Picture | None]) -> Iterator[tuple[str, Amiss]]:
    steps = [(f"step[{place}]", step.picture) for place, step in enumerate(written.step, start=1)]
    for at, name in (*steps, *_in_practice(written.practice)):
        if name is not None and name not in pictures:
            yield f"{at}.picture", amiss("no_picture", picture=name)
    for place, step in enumerate(written.step, start=1):
        if step.picture is None and step.picture_alt is not None:
            yield f"step[{place}].picture_alt", amiss("no_picture_to_tell")


def _in_practice(practice: WrittenPractice) -> Iterator[tuple[str, str | None]]:
    """(key, name of its picture or None) of all that may have one."""
    for place, screen in enumerate(practice.screen, start=1):
        at = f"practice.screen[{place}]"
        yield at, screen.picture
        yield from ((f"{at}.target[{nth}]", target.picture) for nth, target in enumerate(screen.target, start=1))
        yield from ((f"{at}.item[{nth}]", item.picture) for nth, item in enumerate(screen.item, start=1))


def _step(written: WrittenStep, pictures: Mapping[str, Picture | None]) -> Step:
    picture = pictures.get(written.picture or "")
    if picture and written.picture_alt:
        picture = replace(picture, alt=written.picture_alt)
    return Step(written.id, written.text, written.tip or "", picture)


def _lesson(
    written: WrittenLesson, pictures: Mapping[str, Picture | None], lesson_id: str, course: str, number: str
) -> Lesson:
    return Lesson(
        id=lesson_id,
        number=number,
        course=course,
        title=written.title,
        minutes=written.minutes,
        goal=written.goal,
        prepare=tuple(written.prepare),
        story=written.story or "",
        steps=tuple(_step(step, pictures) for step in written.step),
        remember=written.remember,
        practice=unfolded(written.practice, pictures),
        questions=tuple(
            Question(
                id=question.id,
                text=question.text,
                options=tuple(Option(option.id, option.text, option.right) for option in question.option),
                because=question.because,
            )
            for question in written.question
        ),
        mistakes=tuple(written.mistakes),
        safety=written.safety,
        if_stuck=tuple(written.if_stuck),
        helper_tips=tuple(written.helper_tips),
        sources=tuple(Source(source.text, source.reliability) for source in written.source),
        checked_on=written.checked_on,
        volatile=written.volatile,
        draft=written.draft,
    )


def parsed(file: Path, named: str) -> dict[str, Any]:
    """The file as tomllib gives it. Raises Faulty when it is missing, too big, too deep, half merged or not TOML.

    A byte order mark, which Notepad writes, is passed over here; byte_order_marks names it.
    """
    try:
        with file.open("rb") as opened:
            content = opened.read(BIGGEST_FILE + 1)
        if len(content) > BIGGEST_FILE:
            raise Faulty([Fault(named, "", amiss("too_big", most=BIGGEST_FILE))])
        text = content.removeprefix(BOM_UTF8).decode()
        if marks := list(_merge_marks(text)):
            raise Faulty(Fault(named, "", amiss("merge_mark", line=line)) for line in marks)
        data = tomllib.loads(text)
        if _depth(data) > DEEPEST:
            raise RecursionError
        return data
    except FileNotFoundError:
        says = amiss("missing")
    except OSError as error:
        says = amiss("cannot_be_opened", why=error.strerror)
    except UnicodeDecodeError as error:
        says = amiss("not_utf8", line=error.object.count(b"\n", 0, error.start) + 1, byte=error.start)
    except tomllib.TOMLDecodeError as error:
        says = amiss("not_toml", why=error)
    except RecursionError:
        says = amiss("too_deep")
    raise Faulty([Fault(named, "", says)])


def byte_order_marks(folder: Path) -> tuple[Fault, ...]:
    """A fault for each TOML file of the library that begins with a byte order mark; it is served all the same."""
    found = []
    for file in sorted(folder.rglob("*.toml")):
        try:
            with file.open("rb") as opened:
                begins = opened.read(len(BOM_UTF8))
        except OSError:
            continue  # whoever reads it names this
        if begins == BOM_UTF8:
            found.append(Fault(f"{folder.name}/{file.relative_to(folder).as_posix()}", "", amiss("bom")))
    return tuple(found)


def _merge_marks(text: str) -> Iterator[int]:
    """The lines, counted from 1, that a merge left behind. Inside a long text TOML would take them for text."""
    for number, line in enumerate(text.split("\n"), start=1):
        if line.startswith(("<<<<<<< ", ">>>>>>> ")) or line.rstrip() == "=======":
            yield number


def _depth(data: object) -> int:
    """How many levels of tables and lists there are. Counts level by level: a dotted key can be thousands deep."""
    depth, level = 0, [data]
    while level and depth <= DEEPEST:
        level = [
            each
            for value in level
            for each in (value.values() if isinstance(value, dict) else value if isinstance(value, list) else ())
        ]
        depth += 1
    return depth


def fitted(model: type[Model], data: object, named: str, under: tuple[str, ...] = ()) -> Model:
    """`data` read as `model`. Raises Faulty naming every key that does not fit."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise Faulty(
            Fault(named, key_of((*under, *detail["loc"])), _plainly(detail)) for detail in error.errors()
        ) from None


def _plainly(detail: ErrorDetails) -> Amiss:
    context = detail.get("ctx", {})
    match detail["type"]:
        case "missing":
            return amiss("missing")
        case "extra_forbidden":
            return amiss("unknown_key")
        case "string_too_short":
            return amiss("empty")
        case "too_short":
            return amiss("too_few", least=context["min_length"], has=context["actual_length"])
        case "too_long":
            return amiss("too_many", most=context["max_length"])
        case "string_pattern_mismatch":
            return amiss("not_an_id")
        case "value_error":
            return amiss("misfit", why=context["error"])
        case _:
            return amiss("misfit", why=detail["msg"])
