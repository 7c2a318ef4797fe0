"""The report of learning for teachers and organisers: sums, without names."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

# Sums over fewer people could reveal single persons.
FEWEST = 10


class Stage(IntEnum):
    """How far a learner is in a lesson or a course. A larger value is further.

    BEGUN: some correct answer. TOGETHER: done, with at least one lesson only on the big screen in class. HELPED: done
    by the learner, with help. ALONE: done without help.
    """

    BEGUN = 0
    TOGETHER = 1
    HELPED = 2
    ALONE = 3


def lesson_stage(passed: int, alone: int, steps: int) -> Stage:
    """The stage in a lesson with `steps` graded steps. passed: answered correctly; alone: those without help."""
    return Stage.ALONE if alone >= steps else Stage.HELPED if passed >= steps else Stage.BEGUN


def course_stage(lessons: Sequence[int], size: int) -> int:
    """The stage in a course of `size` lessons. lessons: stages of the lessons begun, at least one. A course is as far
    as its least advanced lesson.
    """
    return min(lessons) if len(lessons) >= size else Stage.BEGUN


@dataclass(frozen=True)
class Sums:
    """Counts of learners by stage. finished = alone + helped + together; started includes them all."""

    id: str
    started: int
    finished: int
    alone: int
    helped: int
    together: int

    @classmethod
    def of(cls, id_: str, counts: Sequence[int]) -> "Sums":
        """counts: the number of learners at each stage, in the order of Stage."""
        begun, together, helped, alone = counts
        finished = together + helped + alone
        return cls(id_, begun + finished, finished, alone, helped, together)


@dataclass(frozen=True)
class MissedStep:
    """How often a step was answered, and how often wrongly. Counts of answers, not learners."""

    lesson: str
    step: str
    answered: int
    wrong: int


def suppressed_rows(rows: Sequence[Sums]) -> frozenset[str]:
    """Ids of rows whose figures are hidden: those with fewer than FEWEST learners. If there is only one, it could be
    computed from a published total, so the next smallest row is hidden as well. Rows without learners stay visible.
    """
    small = [row for row in rows if 0 < row.started < FEWEST]
    if len(small) == 1:
        others = sorted((row for row in rows if row.started >= FEWEST), key=lambda row: (row.started, row.id))
        small += others[:1]
    return frozenset(row.id for row in small)


@dataclass(frozen=True)
class Table:
    """One table of the report, for the screen and for files. Cells are words, counts, or None for a hidden count."""

    id: str
    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str | int | None, ...], ...]
