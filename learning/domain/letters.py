"""A letter of completion: its content, and when it may be issued.

The letter is our own, not a certificate of the education system (Luật Giáo dục 2019, article 12), and never the State's
confirmation of digital skill, which is recorded on VNeID (QĐ 757/QĐ-BKHCN).
"""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from courses.domain.lesson import Course
from foundation.characters import is_overlong
from foundation.free_text import text_fault
from foundation.problems import Invalid

LONGEST_NOTE = 300  # characters of the note when a letter is revoked

# Change it with every change of the sentences in learning/letter.html, so that old and new letters can be told apart.
WORDING = "2026-12"


class CertificateStatus(StrEnum):
    VALID = "valid"
    REPLACED = "replaced"  # corrected: replaced by another letter of the same learner
    REVOKED = "revoked"


class Manner(StrEnum):
    """How the course was learned."""

    SELF = "self"
    ASSISTED = "assisted"  # a team member sat beside the learner
    SUPERVISED = "supervised"  # in a class, with a named teacher


class Reason(StrEnum):
    """Why a letter was revoked; shown to anybody who checks it. Vietnamese in `learning/letter_words.html`."""

    OWN_WISH = "own_wish"
    WRONG_PERSON = "wrong_person"
    NOT_LEARNED = "not_learned"
    MISUSED = "misused"
    OTHER = "other"


@dataclass(frozen=True)
class Facts:
    """The content of a letter at the time it was issued. A later change of the course does not change it.

    lessons: titles in teaching order. minutes: of the whole course. issued_on: the day in Việt Nam. language: BCP 47
    tag of the language it was learned in. wording: version of the letter's sentences. supervised_by: the teacher of the
    class; "" unless manner is SUPERVISED.
    """

    name: str
    course_title: str
    lessons: tuple[str, ...]
    minutes: int
    issued_on: date
    language: str
    organisation: str
    wording: str
    manner: Manner = Manner.SELF
    supervised_by: str = ""

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {
            "lessons": list(self.lessons),
            "issued_on": self.issued_on.isoformat(),
            "manner": self.manner.value,
        }

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> "Facts":
        # Letters of wording 2026-11 have no manner: all of them were learned alone.
        return cls(
            **stored
            | {
                "lessons": tuple(stored["lessons"]),
                "issued_on": date.fromisoformat(stored["issued_on"]),
                "manner": Manner(stored.get("manner", Manner.SELF)),
            }
        )


@dataclass(frozen=True)
class Letter:
    """status_index: position in the public status list. replaced_by: code of the replacing letter, or "".

    revoked_for, revoked_at: None unless revoked. area_path: of the area responsible for it, "" for the nation.
    """

    code: str
    learner: UUID
    course: str
    facts: Facts
    status: CertificateStatus
    issued_at: datetime
    status_index: int = 0
    replaced_by: str = ""
    revoked_for: Reason | None = None
    revoked_at: datetime | None = None
    area_path: str = ""


def letter_facts(
    course: Course,
    *,
    name: str,
    issued_on: date,
    language: str,
    organisation: str,
    manner: Manner = Manner.SELF,
    supervised_by: str = "",
) -> Facts:
    return Facts(
        name=name,
        course_title=course.title,
        lessons=tuple(lesson.title for lesson in course.lessons),
        minutes=course.minutes,
        issued_on=issued_on,
        language=language,
        organisation=organisation,
        wording=WORDING,
        manner=manner,
        supervised_by=supervised_by,
    )


def read_note(reason: Reason, typed: str) -> str:
    """The note explaining why a letter is revoked. Raises Invalid with the field `note`."""
    if is_overlong(typed, LONGEST_NOTE):
        raise Invalid({"note": "too_long"})
    note = typed.replace("\r\n", "\n").strip()
    fault = "say_what" if reason is Reason.OTHER and not note else text_fault(note, LONGEST_NOTE)
    if fault:
        raise Invalid({"note": fault})
    return note
