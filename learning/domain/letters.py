"""A letter of completion: what it says, and when it may be given.

The letter is our own word, not a certificate of the education system (Luật Giáo dục 2019, article 12), and never the
State's confirmation of digital skill, which is recorded on VNeID (QĐ 757/QĐ-BKHCN).
"""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from courses.domain.lesson import Course

# Changes whenever the sentences of learning/letter.html change, so that an old letter can be told from a new one.
WORDING = "2026-11"


class Status(StrEnum):
    VALID = "valid"
    REPLACED = "replaced"  # the name was corrected: another letter of the same learner stands in its place
    REVOKED = "revoked"


@dataclass(frozen=True)
class Facts:
    """Everything a letter says, as it stood when it was issued. A course rewritten later changes no letter.

    lessons: titles in teaching order. minutes: of the whole course. issued_on: the day in Việt Nam.
    language: BCP 47 tag of the language it was learned in. wording: version of the letter's sentences.
    """

    name: str
    course_title: str
    lessons: tuple[str, ...]
    minutes: int
    issued_on: date
    language: str
    organisation: str
    wording: str

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"lessons": list(self.lessons), "issued_on": self.issued_on.isoformat()}

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> "Facts":
        return cls(
            **stored | {"lessons": tuple(stored["lessons"]), "issued_on": date.fromisoformat(stored["issued_on"])}
        )


@dataclass(frozen=True)
class Letter:
    code: str
    learner: UUID
    course: str
    facts: Facts
    status: Status
    issued_at: datetime


def facts_of(course: Course, *, name: str, issued_on: date, language: str, organisation: str) -> Facts:
    return Facts(
        name=name,
        course_title=course.title,
        lessons=tuple(lesson.title for lesson in course.lessons),
        minutes=course.minutes,
        issued_on=issued_on,
        language=language,
        organisation=organisation,
        wording=WORDING,
    )
