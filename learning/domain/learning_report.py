"""What those who teach and organise are told of learning: sums, and nobody by name."""

from collections.abc import Sequence
from dataclasses import dataclass

# Sums over fewer people than this would tell of single ones.
FEWEST = 10


@dataclass(frozen=True)
class Sums:
    """Counts of learners. started: answered something rightly, or did a lesson in class. finished = alone + helped +
    together: by themselves; with somebody beside; a lesson of it on the big screen in class only.
    """

    id: str
    started: int
    finished: int
    alone: int
    helped: int
    together: int


@dataclass(frozen=True)
class Missed:
    """How often a step was answered, and how often wrongly. Counts of answers, not of learners."""

    lesson: str
    step: str
    answered: int
    wrong: int


def hidden(rows: Sequence[Sums]) -> frozenset[str]:
    """Ids of rows whose figures are not told: fewer than FEWEST learners, and, where only one such row could be
    reckoned from a sum told elsewhere, the next smallest. A row nobody started in tells nothing and stays.
    """
    small = [row for row in rows if 0 < row.started < FEWEST]
    if len(small) == 1:
        others = sorted((row for row in rows if row.started >= FEWEST), key=lambda row: (row.started, row.id))
        small += others[:1]
    return frozenset(row.id for row in small)


@dataclass(frozen=True)
class Table:
    """One table of the report, as it stands on the screen and in files: cells are words, or counts, or None.

    None: not told, because it is of few people.
    """

    id: str
    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str | int | None, ...], ...]
