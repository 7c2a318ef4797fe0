"""One row a figure, and how sure we are of it."""

import statistics
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """what was measured; the figure as people read it; the goal in words; whether it was met (None: no goal)."""

    what: str
    measured: str
    goal: str
    met: bool | None


@dataclass(frozen=True)
class Spread:
    """Median, 95th percentile, smallest and largest of several timings, in milliseconds."""

    median: float
    p95: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.median:.1f} ms (p95 {self.p95:.1f}, {self.low:.1f}–{self.high:.1f})"


def timed(
    act: Callable[[], object], *, times: int, warm: int = 3, clock: Callable[[], float] = time.perf_counter
) -> Spread:
    """Run `act` `warm` times unmeasured, then `times` times. clock: time.process_time for CPU instead of the wall."""
    for _ in range(warm):
        act()
    taken = []
    for _ in range(times):
        start = clock()
        act()
        taken.append((clock() - start) * 1000)
    return spread_of(taken)


def spread_of(taken: Iterable[float]) -> Spread:
    """taken: milliseconds each, at least one."""
    ordered = sorted(taken)
    return Spread(statistics.median(ordered), ordered[int(0.95 * (len(ordered) - 1))], ordered[0], ordered[-1])


def show(rows: Iterable[Row]) -> str:
    """The rows as one table, columns lined up."""
    lines = [("what", "measured", "goal", "")]
    lines += [(r.what, r.measured, r.goal, {True: "ok", False: "MISSED", None: ""}[r.met]) for r in rows]
    widths = [max(len(line[i]) for line in lines) for i in range(4)]
    told = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines]
    return "\n".join([told[0], "-" * len(told[0]), *told[1:]])
