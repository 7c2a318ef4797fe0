"""The four pictures that protect a learning card, and how long a card rests after wrong ones."""

from collections.abc import Sequence
from datetime import timedelta

from learning.domain.learners import FACES

# Twelve that nobody mistakes for one another, also on a small, scratched screen.
PICTURES = tuple(face for face in FACES if face not in {"mang", "ruong", "chieng", "khen"})
PLACES = 4
MOST_TRIES = 5
# Five tries among 12 · 11 · 10 · 9 = 11,880 orders guess one card with 0.04 %. Rests grow, so that somebody who sits at
# it for a whole year has some 80 tries: 0.7 %. The last one comes again after every five.
RESTS = (timedelta(hours=1), timedelta(days=1), timedelta(days=7), timedelta(days=30))
MOST_BLANK_AT_ONCE = 200
# How often members of teams may end one card's rest until it opens again: with five tries each, 15 tries more.
MOST_WAKES = 3
# How many cards one member may wake within 24 hours: more than a full class has forgotten in one evening.
MOST_WAKES_A_DAY = 20


class FaultyOrder(ValueError):
    """`code`: pictures_needed."""

    code = "pictures_needed"


def read_order(chosen: Sequence[str]) -> tuple[str, ...]:
    """Four different pictures in the order touched. Raises FaultyOrder for anything else."""
    if len(chosen) != PLACES or len(set(chosen)) != PLACES or not set(chosen) <= set(PICTURES):
        raise FaultyOrder(chosen)
    return tuple(chosen)


def chosen_so_far(chosen: Sequence[str]) -> tuple[str, ...]:
    """What has been touched so far: unknown and repeated pictures are dropped, and all beyond the fourth."""
    return tuple(dict.fromkeys(picture for picture in chosen if picture in PICTURES))[:PLACES]


def rest_after(wrong_tries: int) -> timedelta | None:
    """How long no order is looked at after so many wrong ones in a row; None when another try is left."""
    if wrong_tries % MOST_TRIES:
        return None
    return RESTS[min(wrong_tries // MOST_TRIES, len(RESTS)) - 1]


def tries_left(wrong_tries: int) -> int:
    """Before the next rest, 1 to MOST_TRIES."""
    return MOST_TRIES - wrong_tries % MOST_TRIES
