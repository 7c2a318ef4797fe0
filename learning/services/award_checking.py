"""What the square code of a letter is worth, told to whoever holds it."""

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy.orm import Session

from learning import queries
from learning.domain.awards import Award, Damaged, Scanned, award_of, read_token
from learning.domain.letters import Letter
from learning.services.award_keys import signed_by


class Finding(StrEnum):
    """Vietnamese in `learning/letter_words.html`; the same words serve the check without network."""

    GENUINE = "genuine"  # signed by us, and the letter is known: whether it still stands is the letter's status
    NO_LETTER = "no_letter"
    DAMAGED = "damaged"  # cut off or changed on the way
    FORGED = "forged"  # the signature is not ours
    REPLAYED = "replayed"  # a genuine award, beside the code of another letter
    UNKNOWN_KEY = "unknown_key"
    DISTRUSTED_KEY = "distrusted_key"
    ERASED = "erased"  # ours, but its learner has had everything erased


@dataclass(frozen=True)
class Check:
    """letter: None unless GENUINE."""

    finding: Finding
    letter: Letter | None = None


def check(session: Session, scanned: Scanned) -> Check:
    """Check what was scanned: a code alone by our records, an award also by its signature."""
    if not scanned.digits:
        letter = queries.letter_by_code(session, scanned.code)
        return Check(Finding.GENUINE, letter) if letter else Check(Finding.NO_LETTER)
    try:
        award, message, signature = read_token(scanned.digits)
    except Damaged:
        return Check(Finding.DAMAGED)
    key = queries.award_key(session, award.key)
    if key is None:
        return Check(Finding.UNKNOWN_KEY)
    if not signed_by(key.public, message, signature):
        return Check(Finding.FORGED)
    if key.distrusted:
        return Check(Finding.DISTRUSTED_KEY)
    if scanned.code and scanned.code != award.code:
        return Check(Finding.REPLAYED)
    return _as_recorded(session, award)


def _as_recorded(session: Session, award: Award) -> Check:
    letter = queries.letter_by_code(session, award.code)
    if letter is None:
        return Check(Finding.ERASED)
    # What we sign is what we keep. Should they ever differ, the record is right and the paper is not.
    return Check(Finding.GENUINE, letter) if award_of(letter, award.key) == award else Check(Finding.REPLAYED)
