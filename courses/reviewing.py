"""What an editor has to look at: lessons left out, lessons and facts grown old, and lessons still resting on memory."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from courses.catalogue import Catalogue
from courses.checking import FRESH_FOR, from_the_future
from courses.domain.facts import Fact
from courses.domain.lesson import Lesson, Reliability
from courses.faults import Fault

SOON = timedelta(days=14)


class Age(StrEnum):
    FRESH = "fresh"
    SOON = "soon"  # at most SOON until somebody must look again
    OVERDUE = "overdue"


@dataclass(frozen=True)
class LessonCare:
    """One lesson with what there is to do about it.

    lesson: None while a fault keeps it from being served. due_on: the last day on which a volatile lesson counts as
    fresh; None for one that does not change. from_memory: the sources nobody has read yet.
    """

    id: str
    course: str
    lesson: Lesson | None
    faults: tuple[Fault, ...]
    due_on: date | None
    age: Age
    from_memory: tuple[str, ...]

    @property
    def file(self) -> str:
        return f"courses/library/{self.course}/{self.id}/lesson.toml"


@dataclass(frozen=True)
class FactCare:
    """A shared fact, the last day on which it counts as fresh, and how many days ago it was checked."""

    fact: Fact
    due_on: date
    age: Age
    days_old: int


@dataclass(frozen=True)
class Review:
    """lessons: in teaching order, those left out among them at the end of their course's. facts: oldest first.

    faults: of files that are no lesson, such as a course's list or the shared facts; and days that have not come.
    """

    lessons: tuple[LessonCare, ...]
    facts: tuple[FactCare, ...]
    faults: tuple[Fault, ...]

    def lesson(self, lesson_id: str) -> LessonCare | None:
        return next((care for care in self.lessons if care.id == lesson_id), None)


def review(catalogue: Catalogue, today: date) -> Review:
    """The library as loaded, seen with an editor's eyes. today: the day in Việt Nam."""
    faults: dict[tuple[str, str], list[Fault]] = defaultdict(list)
    others = from_the_future(catalogue.lessons, catalogue.facts.values(), today)
    for fault in catalogue.faults:
        match fault.file.split("/"):
            case [_, course, lesson_id, _, *_]:
                faults[course, lesson_id].append(fault)
            case _:
                others.append(fault)
    cares = []
    order = {course.id: place for place, course in enumerate(catalogue.courses)}
    for lesson in catalogue.lessons:
        cares.append(_care(lesson, tuple(faults.pop((lesson.course, lesson.id), ())), today))
    cares += [
        LessonCare(lesson_id, course, None, tuple(found), None, Age.FRESH, ())
        for (course, lesson_id), found in faults.items()
    ]
    cares.sort(key=lambda care: order.get(care.course, len(order)))
    facts = [
        FactCare(fact, _due(fact.checked_on), _age(_due(fact.checked_on), today), (today - fact.checked_on).days)
        for fact in catalogue.facts.values()
    ]
    facts.sort(key=lambda care: (care.due_on, care.fact.name))
    return Review(tuple(cares), tuple(facts), tuple(others))


def _care(lesson: Lesson, faults: tuple[Fault, ...], today: date) -> LessonCare:
    due_on = _due(lesson.checked_on) if lesson.volatile else None
    return LessonCare(
        id=lesson.id,
        course=lesson.course,
        lesson=lesson,
        faults=faults,
        due_on=due_on,
        age=_age(due_on, today) if due_on else Age.FRESH,
        from_memory=tuple(source.text for source in lesson.sources if source.reliability is Reliability.MEMORY),
    )


def _due(checked_on: date) -> date:
    return checked_on + timedelta(days=FRESH_FOR)


def _age(due_on: date, today: date) -> Age:
    if today > due_on:
        return Age.OVERDUE
    return Age.SOON if today >= due_on - SOON else Age.FRESH
