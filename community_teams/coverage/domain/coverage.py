"""Coverage counted in households: two denominators, and sums that also say how much is missing from them."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from math import floor

# The share of households at which a hamlet counts as covered; the top class of the map begins there.
GOAL_PERCENT = 95


class Shade(Enum):
    """The five classes of the map, fixed so that two weeks can be compared.

    The value is the lowest percentage of the class. Source: the classes vaccination campaigns use (peers E3.5).
    """

    FROM_0 = 0
    FROM_20 = 20
    FROM_50 = 50
    FROM_80 = 80
    FROM_95 = 95


SHADES = tuple(Shade)
_STARTS = [shade.value for shade in SHADES]


class Shares:
    """Values derived from the counts of an area, for inside and public figures alike."""

    households: int | None
    enumerated: int
    reached_listed: int

    @property
    def share(self) -> float | None:
        """Reached of the official households. None when that denominator is unknown or 0; may exceed 1."""
        return share_of(self.reached_listed, self.households)

    @property
    def doubtful(self) -> bool:
        """Whether more households were reached than the official list has: the list should be checked."""
        return self.households is not None and self.reached_listed > self.households

    @property
    def shade(self) -> Shade | None:
        """The class on the map, by the exact share; None when the share is unknown. Over 100 % is the top class."""
        if not self.households:
            return None
        percent = 100 * self.reached_listed // self.households
        return SHADES[bisect_right(_STARTS, percent) - 1]

    @property
    def left_to_goal(self) -> int | None:
        """Households still to be reached for GOAL_PERCENT of the official list; None when there is no list."""
        if self.households is None:
            return None
        wanted = -(-GOAL_PERCENT * self.households // 100)
        return max(0, wanted - self.reached_listed)

    @property
    def nothing_known(self) -> bool:
        return self.households is None and self.enumerated == 0


@dataclass(frozen=True)
class Coverage(Shares):
    """Coverage of one hamlet, or of many added up. Counts are households.

    households: on the official lists, added up over the hamlets that have one; None when no hamlet has one.
    sources: who made the lists: empty, one name, or the first and the last of several in alphabetical order.
    as_of: the day of the oldest list, because a sum is no fresher than its oldest part.
    enumerated: written down by the teams themselves, the second denominator. May exceed `households`.
    reached: somebody was met at least once. visited: at least one visit of any outcome. reached <= visited.
    reached_listed: those of `reached` in hamlets with an official list, the only ones to set against `households`.
    by_outcome: outcome code -> visits with that outcome; the only counts here that are visits, not households.
    hamlets, unlisted: how many hamlets are in the sum, and how many of them have no official list.
    enumerated_unlisted: those of `enumerated` in hamlets without an official list.
    """

    households: int | None
    sources: tuple[str, ...]
    as_of: date | None
    enumerated: int
    reached: int
    visited: int
    reached_listed: int
    by_outcome: Mapping[str, int] = field(default_factory=dict)
    hamlets: int = 1
    unlisted: int = 0
    enumerated_unlisted: int = 0

    @classmethod
    def of_hamlet(
        cls,
        households: int | None,
        source: str | None,
        as_of: date | None,
        enumerated: int,
        reached: int,
        visited: int,
        by_outcome: Mapping[str, int] | None = None,
    ) -> "Coverage":
        """households: None when no official list is known, which is not the same as a list of 0."""
        listed = households is not None
        return cls(
            households=households,
            sources=(source,) if listed and source else (),
            as_of=as_of if listed else None,
            enumerated=enumerated,
            reached=reached,
            visited=visited,
            reached_listed=reached if listed else 0,
            by_outcome=by_outcome or {},
            unlisted=0 if listed else 1,
            enumerated_unlisted=0 if listed else enumerated,
        )

    @property
    def share_of_enumerated(self) -> float | None:
        """Reached of the households the teams wrote down. None when they wrote down none."""
        return share_of(self.reached, self.enumerated)

    @property
    def share_of_visited(self) -> float | None:
        """Visited of the households the teams wrote down. None when they wrote down none."""
        return share_of(self.visited, self.enumerated)

    @property
    def not_visited(self) -> int:
        """Households written down and not visited yet."""
        return max(0, self.enumerated - self.visited)


NOTHING = Coverage(
    households=None, sources=(), as_of=None, enumerated=0, reached=0, visited=0, reached_listed=0, hamlets=0
)


def total(parts: Iterable[Coverage]) -> Coverage:
    """Coverage of all parts together; NOTHING when there are none.

    A part without an official list adds nothing to `households` nor to `reached_listed`, and is counted in `unlisted`.
    """
    parts = list(parts)
    if not parts:
        return NOTHING
    lists = [part.households for part in parts if part.households is not None]
    days = [part.as_of for part in parts if part.as_of is not None]
    names = sorted({name for part in parts for name in part.sources})
    outcomes: Counter[str] = Counter()
    for part in parts:
        outcomes.update(part.by_outcome)
    return Coverage(
        households=sum(lists) if lists else None,
        sources=tuple(names) if len(names) < 2 else (names[0], names[-1]),
        as_of=min(days, default=None),
        enumerated=sum(part.enumerated for part in parts),
        reached=sum(part.reached for part in parts),
        visited=sum(part.visited for part in parts),
        reached_listed=sum(part.reached_listed for part in parts),
        by_outcome=dict(outcomes),
        hamlets=sum(part.hamlets for part in parts),
        unlisted=sum(part.unlisted for part in parts),
        enumerated_unlisted=sum(part.enumerated_unlisted for part in parts),
    )


def roll_up(hamlets: Iterable[tuple[str, Coverage]]) -> dict[str, Coverage]:
    """Add hamlets up to every area above them.

    hamlets: path ("08/02368/02368-01/") and coverage, each path once, in any order.
    Returns path -> coverage for the hamlets themselves, their communes, their provinces and "", the nation.
    """
    beneath: dict[str, list[Coverage]] = {}
    for path, coverage in hamlets:
        for above in _and_above(path):
            beneath.setdefault(above, []).append(coverage)
    return {path: total(parts) for path, parts in beneath.items()}


def rounded_down(share: float, places: int = 3) -> float:
    """A share cut, never rounded up, to `places` decimals: 99.96 % must not be shown as 100 %.

    The small addition keeps 0.29 (28.999… in binary) at 29 %.
    """
    scale: int = 10**places
    return floor(share * scale + 1e-9) / scale


def share_of(part: int, whole: int | None) -> float | None:
    return part / whole if whole else None


def _and_above(path: str) -> list[str]:
    codes = path.rstrip("/").split("/")
    return ["", *("/".join(codes[:depth]) + "/" for depth in range(1, len(codes) + 1))]
