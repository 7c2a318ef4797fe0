"""Reading the form of a class, and how a learner has done a lesson."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from foundation.problems import Invalid
from learning.domain.names import FaultyName, read_name

MOST_LEARNERS = 200
# A class may be planned ahead, or entered some days later.
AHEAD = timedelta(days=366)
BEHIND = timedelta(days=60)


class Way(StrEnum):
    """How a learner has done a lesson. Vietnamese in `learning/class_words.html`."""

    ALONE = "alone"  # on a phone, alone
    HELPED = "helped"  # on a phone, in an assisted session
    TOGETHER = "together"  # on the big screen in class, marked by the teacher
    BEGUN = "begun"
    NOT_YET = "not_yet"


DONE = frozenset({Way.ALONE, Way.HELPED, Way.TOGETHER})


@dataclass(frozen=True)
class LessonEvidence:
    """What is known about one learner in one lesson.

    graded: ids of the steps to do. passed: those answered correctly. alone: those of them without help. together:
    whether a teacher marked the lesson as done in class.
    """

    graded: frozenset[str]
    passed: frozenset[str]
    alone: frozenset[str]
    together: bool


def way_of(evidence: LessonEvidence) -> Way:
    """Work done on a phone counts before work seen in class, and work alone before work with help."""
    if evidence.graded <= evidence.alone:
        return Way.ALONE
    if evidence.graded <= evidence.passed:
        return Way.HELPED
    if evidence.together:
        return Way.TOGETHER
    return Way.BEGUN if evidence.graded & evidence.passed else Way.NOT_YET


@dataclass(frozen=True)
class NewClass:
    """lessons: ids of lessons of the course, in its order. teacher: the name as printed on letters."""

    area_path: str
    course: str
    lessons: tuple[str, ...]
    held_on: date
    teacher: str


def read_class(
    *,
    area_path: str,
    areas: Sequence[str],
    course: str,
    courses: Mapping[str, Sequence[str]],
    lessons: Sequence[str],
    held_on: date | None,
    teacher: str,
    today: date,
) -> NewClass:
    """Read the form of a class. areas: paths that are allowed. courses: lesson ids by course id. If no lesson is named,
    all lessons of the course are taken.

    Raises Invalid with the fields `area`, `course`, `lessons`, `held_on`, `teacher`.
    """
    faults: dict[str, str] = {}
    if area_path not in areas:
        faults["area"] = "not_a_choice" if area_path else "missing"
    if course not in courses:
        faults["course"] = "not_a_choice" if course else "missing"
    own = courses.get(course, ())
    if any(lesson not in own for lesson in lessons):
        faults.setdefault("lessons", "not_a_choice")
    if held_on is None:
        faults["held_on"] = "missing"
    elif held_on > today + AHEAD:
        faults["held_on"] = "too_far_ahead"
    elif held_on < today - BEHIND:
        faults["held_on"] = "too_long_ago"
    try:
        teacher = read_name(teacher)
    except FaultyName as faulty:
        faults["teacher"] = faulty.code
    if faults or held_on is None:
        raise Invalid(faults)
    return NewClass(area_path, course, tuple(each for each in own if not lessons or each in lessons), held_on, teacher)


def read_names(typed: Mapping[UUID, str]) -> dict[UUID, str]:
    """Names for letters by learner, "" for none yet. Raises Invalid with a code for each faulty name, by learner id."""
    faults: dict[str, str] = {}
    names: dict[UUID, str] = {}
    for learner, name in typed.items():
        try:
            names[learner] = read_name(name) if name.strip() else ""
        except FaultyName as faulty:
            faults[str(learner)] = faulty.code
    if faults:
        raise Invalid(faults)
    return names
