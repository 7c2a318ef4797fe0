"""What a class evening is told, and how somebody has done a lesson."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from foundation.problems import Invalid
from learning.domain.names import FaultyName, read_name

MOST_LEARNERS = 200
# A class is planned a while ahead, or written down some days later.
AHEAD = timedelta(days=366)
BEHIND = timedelta(days=60)


class Way(StrEnum):
    """How somebody has done a lesson. Vietnamese in `learning/class_words.html`."""

    ALONE = "alone"  # on a phone, nobody beside
    HELPED = "helped"  # on a phone, with somebody of a team beside
    TOGETHER = "together"  # on the big screen in class, as the teacher saw
    BEGUN = "begun"
    NOT_YET = "not_yet"


DONE = frozenset({Way.ALONE, Way.HELPED, Way.TOGETHER})


@dataclass(frozen=True)
class LessonEvidence:
    """What is known of one learner and lesson. graded: steps to do; passed: done rightly; alone: without help."""

    graded: frozenset[str]
    passed: frozenset[str]
    alone: frozenset[str]
    together: bool


def way_of(told: LessonEvidence) -> Way:
    """What somebody did on a phone says more than what was seen in class, and alone more than with help."""
    if told.graded <= told.alone:
        return Way.ALONE
    if told.graded <= told.passed:
        return Way.HELPED
    if told.together:
        return Way.TOGETHER
    return Way.BEGUN if told.graded & told.passed else Way.NOT_YET


@dataclass(frozen=True)
class NewClass:
    """lessons: ids of lessons of the course, in its order. teacher: as it will stand on letters."""

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
    """A class as typed. areas: paths it may be in. courses: their lessons. No lesson named: all of the course.

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
    """Names for letters by learner, "" for none yet. Raises Invalid with a code for each faulty one, by its learner."""
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
