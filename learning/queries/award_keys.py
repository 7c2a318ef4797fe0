"""The keys that sign awards, current and past, and which letters are void. All of it is public."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from learning.domain.award_keys import PublishedKey
from learning.models import AwardKey, LetterStatus

# The minimum of Bitstring Status List v1.0: a list must be large enough to hide a single letter in it.
LIST_SIZE = 131_072


def award_keys(session: Session) -> list[PublishedKey]:
    """All keys, newest first."""
    rows = session.scalars(select(AwardKey).order_by(AwardKey.made_at.desc(), AwardKey.id))
    return [PublishedKey(row.id, row.public, row.made_at, row.retired_at, row.distrusted) for row in rows]


def award_key(session: Session, id_: str) -> PublishedKey | None:
    """One key by its id."""
    return next((key for key in award_keys(session) if key.id == id_), None)


def count_status_lists(session: Session) -> int:
    """The number of status lists: at least one, also before the first letter."""
    return (session.scalar(select(func.max(LetterStatus.index))) or 0) // LIST_SIZE + 1


def void_places(session: Session, number: int) -> list[int]:
    """The void positions of status list `number`, counted from 0; positions 0 to LIST_SIZE - 1, in order."""
    start = number * LIST_SIZE
    found = session.scalars(
        select(LetterStatus.index)
        .where(LetterStatus.void, LetterStatus.index >= start, LetterStatus.index < start + LIST_SIZE)
        .order_by(LetterStatus.index)
    )
    return [index - start for index in found]


def is_void(session: Session, index: int) -> bool | None:
    """Whether the letter at this position is void; None if no letter ever had the position."""
    return session.scalar(select(LetterStatus.void).where(LetterStatus.index == index))
