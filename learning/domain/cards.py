"""The four pictures that protect a learning card, and how long a card is locked after wrong ones."""

from collections.abc import Sequence
from datetime import timedelta

from learning.domain.learners import FACES

# Twelve pictures that are easy to tell apart, also on a small, scratched screen.
PICTURES = tuple(face for face in FACES if face not in {"mang", "ruong", "chieng", "khen"})
PLACES = 4
MOST_TRIES = 5
# Five tries out of 12 · 11 · 10 · 9 = 11,880 orders guess one card with 0.04 %. The rests grow, so that a whole year
# allows some 80 tries: 0.7 %. The last rest repeats after every further five tries.
RESTS = (timedelta(hours=1), timedelta(days=1), timedelta(days=7), timedelta(days=30))
MOST_BLANK_AT_ONCE = 200
# How often team members may end one card's rest before it opens again: five tries each, so 15 more tries.
MOST_WAKES = 3
# How many cards one member may unlock within 24 hours: more than a full class forgets in one evening.
MOST_WAKES_A_DAY = 20


class FaultyOrder(ValueError):
    """`code`: pictures_needed."""

    code = "pictures_needed"


def read_order(chosen: Sequence[str]) -> tuple[str, ...]:
    """Four different pictures in the order tapped. Raises FaultyOrder for anything else."""
    if len(chosen) != PLACES or len(set(chosen)) != PLACES or not set(chosen) <= set(PICTURES):
        raise FaultyOrder(chosen)
    return tuple(chosen)


def chosen_so_far(chosen: Sequence[str]) -> tuple[str, ...]:
    """The pictures tapped so far. Unknown and repeated pictures, and all after the fourth, are dropped."""
    return tuple(dict.fromkeys(picture for picture in chosen if picture in PICTURES))[:PLACES]


def rest_after(wrong_tries: int) -> timedelta | None:
    """How long the card is locked after this many wrong orders in a row; None if another try is left."""
    if wrong_tries % MOST_TRIES:
        return None
    return RESTS[min(wrong_tries // MOST_TRIES, len(RESTS)) - 1]


def tries_left(wrong_tries: int) -> int:
    """Tries before the next rest, 1 to MOST_TRIES."""
    return MOST_TRIES - wrong_tries % MOST_TRIES
