"""Learners: nickname, age band and picture."""

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
# A class phone has a whole class on it. With more tiles nobody finds their own.
MOST_ON_ONE_PHONE = 50
# Version of the text a guardian agrees to, learning/parts/guardian_words.html. Change it with every change of the text.
GUARDIAN_WORDING = "2026-11"
GUARDIAN_PURPOSE = "child_learns"

# Our own drawings, in the order they are offered: learning/static/learning/faces/<id>.svg. An id is never reused for
# another drawing. Their Vietnamese names are in learning/parts/faces.html.
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
    """The only question about age. Under 14 a guardian has to agree:
    docs/decisions/a-child-learns-with-a-guardian.md.
    """

    UNDER_14 = "under_14"
    FROM_14 = "from_14"


@dataclass(frozen=True)
class LearnerProfile:
    """A learner as shown on a tile.

    nickname: "" for none. picture: one of FACES, "" for none. age_band: None if not asked yet.
    """

    id: UUID
    nickname: str = ""
    picture: str = ""
    age_band: LearnerAgeBand | None = None


@dataclass(frozen=True)
class LearnerFacts:
    """What may be stored from a learner form."""

    nickname: str
    picture: str
    age_band: LearnerAgeBand


@dataclass(frozen=True)
class AboutLearner:
    """The values of a learner form as typed. `facts` validates them when it is first read.

    nickname, picture: may be "". recorded_by: name of the signed-in account that asked the guardian, "" for none.
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
    """A nickname as shown and printed: NFC, single spaces, "" or up to LONGEST_NICKNAME characters.

    Letters, combining marks and digits of any script, spaces and ' ’ . - ( ); at least one letter or digit. No emoji:
    the name is called out in class and printed on a card, and there is a picture beside it.
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
    if not all(map(_is_allowed_in_nickname, nickname)):
        raise FaultyNickname("nickname_characters")
    return nickname


def read_facts(about: AboutLearner) -> LearnerFacts:
    """Validate a learner form. Raises Invalid as AboutLearner.facts does."""
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
    """The subject under which consents about a learner are stored."""
    return f"learner:{learner}"


def unused_picture(taken: Collection[str]) -> str:
    """The first picture nobody on the phone has; the first of all if all are taken."""
    return next((face for face in FACES if face not in taken), FACES[0])


def who_learns(people: Sequence[LearnerProfile], chosen: str) -> LearnerProfile | None:
    """The profile whose id is `chosen`, else the first one; None if `people` is empty."""
    return next((person for person in people if str(person.id) == chosen), people[0] if people else None)


def _is_allowed_in_nickname(letter: str) -> bool:
    return letter in _BETWEEN_LETTERS or (unicodedata.category(letter)[0] in "LMN" and not is_hidden(letter))


_BETWEEN_LETTERS = frozenset(" '’.-()")
