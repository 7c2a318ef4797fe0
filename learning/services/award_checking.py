"""Checks what was scanned from a letter."""

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy.orm import Session

from learning import queries
from learning.domain.awards import Award, InvalidAward, Scanned, award_for, read_token
from learning.domain.letters import Letter
from learning.services.award_keys import signed_by


class LetterFinding(StrEnum):
    """Vietnamese in `learning/letter_words.html`; the check without network uses the same words."""

    GENUINE = "genuine"  # signed by us and the letter exists; its status says whether it is valid
    NO_LETTER = "no_letter"
    DAMAGED = "damaged"  # cut off or changed
    FORGED = "forged"  # the signature is not ours
    REPLAYED = "replayed"  # a genuine award next to the code of another letter
    UNKNOWN_KEY = "unknown_key"
    DISTRUSTED_KEY = "distrusted_key"
    ERASED = "erased"  # ours, but its learner's data was erased


@dataclass(frozen=True)
class LetterCheck:
    """letter: None unless GENUINE."""

    finding: LetterFinding
    letter: Letter | None = None


def check(session: Session, scanned: Scanned) -> LetterCheck:
    """Check what was scanned: a code by our records, an award also by its signature."""
    if not scanned.digits:
        letter = queries.letter_by_code(session, scanned.code)
        return LetterCheck(LetterFinding.GENUINE, letter) if letter else LetterCheck(LetterFinding.NO_LETTER)
    try:
        award, message, signature = read_token(scanned.digits)
    except InvalidAward:
        return LetterCheck(LetterFinding.DAMAGED)
    key = queries.award_key(session, award.key)
    if key is None:
        return LetterCheck(LetterFinding.UNKNOWN_KEY)
    if not signed_by(key.public, message, signature):
        return LetterCheck(LetterFinding.FORGED)
    if key.distrusted:
        return LetterCheck(LetterFinding.DISTRUSTED_KEY)
    if scanned.code and scanned.code != award.code:
        return LetterCheck(LetterFinding.REPLAYED)
    return _as_recorded(session, award)


def _as_recorded(session: Session, award: Award) -> LetterCheck:
    letter = queries.letter_by_code(session, award.code)
    if letter is None:
        return LetterCheck(LetterFinding.ERASED)
    # We sign what we store. If the two ever differ, the record is right and the printed letter is wrong.
    return (
        LetterCheck(LetterFinding.GENUINE, letter)
        if award_for(letter, award.key) == award
        else LetterCheck(LetterFinding.REPLAYED)
    )
