"""What those who teach and organise are told of learning: sums, and nobody by name."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

# Sums over fewer people than this would tell of single ones.
FEWEST = 10


class Stage(IntEnum):
    """How far somebody is in a lesson or a course; of two, the larger is the further.

    BEGUN: answered something rightly. TOGETHER: done, a lesson of it on the big screen in class only. HELPED: done by
    one's own hand, with somebody beside. ALONE: done by oneself.
    """

    BEGUN = 0
    TOGETHER = 1
    HELPED = 2
    ALONE = 3


def lesson_stage(passed: int, alone: int, steps: int) -> Stage:
    """Of a lesson with that many graded steps. passed: answered rightly; alone: those of them without help."""
    return Stage.ALONE if alone >= steps else Stage.HELPED if passed >= steps else Stage.BEGUN


def course_stage(lessons: Sequence[int], size: int) -> int:
    """Of a course of `size` lessons. lessons: stages of those begun, at least one. Done as its least done lesson is."""
    return min(lessons) if len(lessons) >= size else Stage.BEGUN


@dataclass(frozen=True)
class Sums:
    """Counts of learners by how far they are. finished = alone + helped + together; started holds them all."""

    id: str
    started: int
    finished: int
    alone: int
    helped: int
    together: int

    @classmethod
    def of(cls, id_: str, counts: Sequence[int]) -> "Sums":
        """counts: how many are at each stage, in the order of Stage."""
        begun, together, helped, alone = counts
        finished = together + helped + alone
        return cls(id_, begun + finished, finished, alone, helped, together)


@dataclass(frozen=True)
class MissedStep:
    """How often a step was answered, and how often wrongly. Counts of answers, not of learners."""

    lesson: str
    step: str
    answered: int
    wrong: int


def suppressed_rows(rows: Sequence[Sums]) -> frozenset[str]:
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
