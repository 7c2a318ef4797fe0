"""What an editor has to review: faulty lessons, outdated lessons and facts, and lessons with sources from memory."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from courses.catalogue import Catalogue
from courses.checking import FRESH_DAYS, future_date_warnings
from courses.domain.facts import Fact
from courses.domain.lesson import Lesson, Reliability
from courses.faults import LibraryFault

SOON = timedelta(days=14)


class Freshness(StrEnum):
    FRESH = "fresh"
    SOON = "soon"  # due within SOON
    OVERDUE = "overdue"


@dataclass(frozen=True)
class LessonReview:
    """One lesson and what has to be done for it.

    lesson: None while a fault excludes it. due_on: the last day on which a volatile lesson counts as fresh; None for a
    lesson that is not volatile. from_memory: texts of the sources that nobody has read yet.
    """

    id: str
    course: str
    lesson: Lesson | None
    faults: tuple[LibraryFault, ...]
    due_on: date | None
    freshness: Freshness
    from_memory: tuple[str, ...]

    @property
    def file(self) -> str:
        return f"courses/library/{self.course}/{self.id}/lesson.toml"


@dataclass(frozen=True)
class FactReview:
    """A shared fact, the last day on which it counts as fresh, and how many days ago it was checked."""

    fact: Fact
    due_on: date
    freshness: Freshness
    days_old: int


@dataclass(frozen=True)
class LibraryReview:
    """lessons: in teaching order, excluded ones at the end of their course. facts: oldest first.

    faults: of files other than lessons, such as course.toml or facts.toml; and warnings about days in the future.
    """

    lessons: tuple[LessonReview, ...]
    facts: tuple[FactReview, ...]
    faults: tuple[LibraryFault, ...]

    def lesson(self, lesson_id: str) -> LessonReview | None:
        return next((entry for entry in self.lessons if entry.id == lesson_id), None)


def review_library(catalogue: Catalogue, today: date) -> LibraryReview:
    """Review the loaded library. today: the day in Việt Nam."""
    faults: dict[tuple[str, str], list[LibraryFault]] = defaultdict(list)
    others = future_date_warnings(catalogue.lessons, catalogue.facts.values(), today)
    for fault in catalogue.faults:
        match fault.file.split("/"):
            case [_, course, lesson_id, _, *_]:
                faults[course, lesson_id].append(fault)
            case _:
                others.append(fault)
    entries = []
    order = {course.id: place for place, course in enumerate(catalogue.courses)}
    for lesson in catalogue.lessons:
        entries.append(_lesson_entry(lesson, tuple(faults.pop((lesson.course, lesson.id), ())), today))
    entries += [
        LessonReview(lesson_id, course, None, tuple(found), None, Freshness.FRESH, ())
        for (course, lesson_id), found in faults.items()
    ]
    entries.sort(key=lambda entry: order.get(entry.course, len(order)))
    facts = [
        FactReview(
            fact, _due_on(fact.checked_on), _freshness(_due_on(fact.checked_on), today), (today - fact.checked_on).days
        )
        for fact in catalogue.facts.values()
    ]
    facts.sort(key=lambda entry: (entry.due_on, entry.fact.name))
    return LibraryReview(tuple(entries), tuple(facts), tuple(others))


def _lesson_entry(lesson: Lesson, faults: tuple[LibraryFault, ...], today: date) -> LessonReview:
    due_on = _due_on(lesson.checked_on) if lesson.volatile else None
    return LessonReview(
        id=lesson.id,
        course=lesson.course,
        lesson=lesson,
        faults=faults,
        due_on=due_on,
        freshness=_freshness(due_on, today) if due_on else Freshness.FRESH,
        from_memory=tuple(source.text for source in lesson.sources if source.reliability is Reliability.MEMORY),
    )


def _due_on(checked_on: date) -> date:
    return checked_on + timedelta(days=FRESH_DAYS)


def _freshness(due_on: date, today: date) -> Freshness:
    if today > due_on:
        return Freshness.OVERDUE
    return Freshness.SOON if today >= due_on - SOON else Freshness.FRESH
