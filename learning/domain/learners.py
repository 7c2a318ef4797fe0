"""Somebody who learns: what they are called on a phone, how old they roughly are, and which picture is theirs."""

import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from uuid import UUID

from foundation.characters import is_hidden, is_overlong, tidy_name
from foundation.free_text import number_fault
from foundation.problems import Invalid

LONGEST_NICKNAME = 30
# A class phone holds a class; more tiles than that nobody finds their own on.
MOST_ON_ONE_PHONE = 50
# The words a guardian agrees to, learning/parts/guardian_words.html. Changes whenever they change.
GUARDIAN_WORDING = "2026-11"
GUARDIAN_PURPOSE = "child_learns"

# Our own drawings, in the order they are offered: learning/static/learning/faces/<id>.svg. An id is never used again
# for another drawing. Their Vietnamese names are in learning/parts/faces.html.
FACES = (
    "trau",
    "ga",
    "ca",
    "buom",
    "hoa-ban",
    "ngo",
    "mang",
    "nui",
    "mat-troi",
    "trang",
    "nha-san",
    "ruong",
    "thuyen",
    "non",
    "chieng",
    "khen",
)


class LearnerAgeBand(StrEnum):
    """All we ask about age. Under 14 somebody else has to agree (docs/decisions/a-child-learns-with-a-guardian.md)."""

    UNDER_14 = "under_14"
    FROM_14 = "from_14"


@dataclass(frozen=True)
class LearnerProfile:
    """A learner as a tile shows them.

    nickname: "" when none was given. picture: one of FACES, "" when none was chosen. age_band: None when never asked.
    """

    id: UUID
    nickname: str = ""
    picture: str = ""
    age_band: LearnerAgeBand | None = None


@dataclass(frozen=True)
class LearnerFacts:
    """What may be stored of what was told about a learner."""

    nickname: str
    picture: str
    age_band: LearnerAgeBand


@dataclass(frozen=True)
class AboutLearner:
    """What was told about a learner, as it was typed. It is judged when `facts` is first asked for.

    nickname, picture: may be "". recorded_by: name of the signed-in account that asked the guardian, "" when nobody
    stood between.
    """

    age_band: str
    guardian_agrees: bool = False
    nickname: str = ""
    picture: str = ""
    recorded_by: str = ""

    @cached_property
    def facts(self) -> LearnerFacts:
        """Raises Invalid with the fields `nickname`, `picture`, `age_band`, `guardian_agrees`."""
        return read_facts(self)


class FaultyNickname(ValueError):
    """`code`: nickname_too_long, nickname_characters, nickname_no_letter, identity_number or phone_number."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def read_nickname(typed: str) -> str:
    """A nickname as it is shown and printed: NFC, single spaces, "" or up to LONGEST_NICKNAME characters.

    Letters, marks and digits of any script, spaces and ' ’ . - ( ); at least one letter or digit. No emoji: a name is
    called out in class and printed on a card, and there is a picture beside it.
    """
    if is_overlong(typed, LONGEST_NICKNAME):
        raise FaultyNickname("nickname_too_long")
    nickname = tidy_name(typed)
    if not nickname:
        return ""
    if len(nickname) > LONGEST_NICKNAME:
        raise FaultyNickname("nickname_too_long")
    fault = number_fault(nickname)
    if fault:
        raise FaultyNickname(fault)
    if not any(map(str.isalnum, nickname)):
        raise FaultyNickname("nickname_no_letter")
    if not all(map(_may_stand_in_a_nickname, nickname)):
        raise FaultyNickname("nickname_characters")
    return nickname


def read_facts(about: AboutLearner) -> LearnerFacts:
    """Raises Invalid as AboutLearner.facts does."""
    faults: dict[str, str] = {}
    nickname = ""
    try:
        nickname = read_nickname(about.nickname)
    except FaultyNickname as faulty:
        faults["nickname"] = faulty.code
    if about.picture and about.picture not in FACES:
        faults["picture"] = "not_a_choice"
    if about.age_band not in set(LearnerAgeBand):
        faults["age_band"] = "not_a_choice" if about.age_band else "missing"
    elif about.age_band == LearnerAgeBand.UNDER_14 and not about.guardian_agrees:
        faults["guardian_agrees"] = "guardian_needed"
    if faults:
        raise Invalid(faults)
    return LearnerFacts(nickname, about.picture, LearnerAgeBand(about.age_band))


def consent_subject(learner: UUID) -> str:
    """Whom consents about a learner are kept under."""
    return f"learner:{learner}"


def unused_picture(taken: Collection[str]) -> str:
    """The first picture nobody on the phone has; the first of all when all are taken."""
    return next((face for face in FACES if face not in taken), FACES[0])


def who_learns(people: Sequence[LearnerProfile], chosen: str) -> LearnerProfile | None:
    """Of the people of a phone the one whose id is `chosen`; else the first; None when there is nobody."""
    return next((person for person in people if str(person.id) == chosen), people[0] if people else None)


def _may_stand_in_a_nickname(letter: str) -> bool:
    return letter in _BETWEEN_LETTERS or (unicodedata.category(letter)[0] in "LMN" and not is_hidden(letter))


_BETWEEN_LETTERS = frozenset(" '’.-()")
