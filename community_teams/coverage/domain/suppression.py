"""Cell suppression: hides figures about fewer than ten households, and figures from which those could be calculated.

A cell is one area with two counts of households, its *bases*: the official list and what the teams wrote down. Two
rules, applied level by level from the nation down:

1. Beneath a hidden area everything is hidden: the sum of its children would be its own figure.
2. Among the children of an area that is shown, every cell with a base of 1 to 9 is hidden (primary suppression). The
   parent's total minus the shown cells is the sum of the hidden ones. So more cells, the smallest first, are hidden
   until that sum is, for each base, 0 or at least ten households (secondary suppression, called cover here). A small
   cell is therefore never the only hidden one.

A base of 0 discloses nothing and protects nothing: it is never used as cover. If no cell is left for cover, the parent
itself has a base below ten and is hidden.

All hidden cells look the same from outside. If cover could be distinguished from small cells, "at least ten" and
"at most nine" would disclose small sums.

Each base has its numerator: reached of the listed, and reached of the enumerated. Where some hamlets have an official
list and others have none, the difference of the two numerators is the figure of the hamlets without one. So the
households enumerated there are a base of their own, with the same two rules: where it is hidden, the second numerator
is left out.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from community_teams.coverage.domain.coverage import Coverage, Shares, share_of

SMALLEST_SHOWN = 10  # households; peers E3.4

Bases = tuple[int, ...]


@dataclass(frozen=True)
class Cell:
    """The counts of households behind an area's public figures. An unknown list publishes nothing: 0.

    unlisted: those of `enumerated` in hamlets without an official list.
    """

    households: int
    enumerated: int
    unlisted: int

    @property
    def bases(self) -> Bases:
        return (self.households, self.enumerated)

    def __add__(self, other: "Cell") -> "Cell":
        return Cell(
            self.households + other.households, self.enumerated + other.enumerated, self.unlisted + other.unlisted
        )


NOBODY = Cell(0, 0, 0)


def cell(coverage: Coverage) -> Cell:
    return Cell(coverage.households or 0, coverage.enumerated, coverage.enumerated_unlisted)


def too_small(bases: Bases) -> bool:
    for base in bases:  # noqa: SIM110 - asked of every area of the nation; any() takes three times as long
        if 0 < base < SMALLEST_SHOWN:
            return True
    return False


def hidden_among(siblings: Mapping[str, Bases], already: Collection[str] = ()) -> frozenset[str]:
    """Which children of a shown area are hidden.

    siblings: all children of the area, key -> bases, every tuple of the same length. already: those hidden for another
    reason, which stay hidden and count as cover. Ties are broken by key, so that the same figures always hide the same
    cells: a changing choice would show each cell at some time.
    """
    hidden = {key for key, cell in siblings.items() if too_small(cell)} | set(already)
    width = max((len(cell) for cell in siblings.values()), default=0)
    while hidden:
        cover = {_next_cover(siblings, hidden, base) for base in range(width)} - {None}
        if not cover:
            break
        # One at a time: the cover for one base is often enough for the other as well.
        hidden.add(min(key for key in cover if key is not None))
    return frozenset(hidden)


@dataclass(frozen=True)
class Hidden:
    """What is hidden among the children of one area. second: whose numerator over `enumerated` is left out."""

    areas: frozenset[str]
    second: frozenset[str]

    def of(self, key: str) -> "Suppression":
        return Suppression(key in self.areas, key in self.second)


@dataclass(frozen=True)
class Suppression:
    """What is hidden of one area: everything, or only the second numerator."""

    area: bool = False
    second: bool = False


def hidden_children(parent: Suppression, siblings: Mapping[str, Cell]) -> Hidden:
    """Both rules together for one level.

    siblings: all children of the parent, key -> cell.
    """
    areas = frozenset(siblings) if parent.area else hidden_among({key: cell.bases for key, cell in siblings.items()})
    second = frozenset(siblings)
    if not parent.second:
        second = hidden_among({key: (cell.unlisted,) for key, cell in siblings.items()})
    return Hidden(areas, second | areas)


def hidden_at_the_top(nation: Cell) -> Suppression:
    """What is hidden of the nation, which has no siblings."""
    area = too_small(nation.bases)
    return Suppression(area, area or too_small((nation.unlisted,)))


@dataclass(frozen=True)
class Published(Shares):
    """The public figures of an area that is not hidden. Fields as in Coverage; visits are never published.

    reached: None where it would disclose the hamlets without an official list.
    """

    households: int | None
    sources: tuple[str, ...]
    as_of: date | None
    enumerated: int
    reached: int | None
    reached_listed: int
    hamlets: int
    unlisted: int

    @property
    def share_of_enumerated(self) -> float | None:
        return None if self.reached is None else share_of(self.reached, self.enumerated)


def publish(coverage: Coverage, suppression: Suppression) -> Published | None:
    """The public part of the figures; None for an area that is hidden."""
    if suppression.area:
        return None
    return Published(
        households=coverage.households,
        sources=coverage.sources,
        as_of=coverage.as_of,
        enumerated=coverage.enumerated,
        # Where every hamlet has a list, both numerators are the same and disclose nothing.
        reached=None if suppression.second and coverage.unlisted else coverage.reached,
        reached_listed=coverage.reached_listed,
        hamlets=coverage.hamlets,
        unlisted=coverage.unlisted,
    )


def _next_cover(siblings: Mapping[str, Bases], hidden: Collection[str], base: int) -> str | None:
    """The next cell to hide as cover for this base: the smallest with a count; None if none is needed or left."""
    behind = sum(siblings[key][base] for key in hidden)
    if behind == 0 or behind >= SMALLEST_SHOWN:
        return None
    left = [(cell[base], key) for key, cell in siblings.items() if cell[base] and key not in hidden]
    return min(left)[1] if left else None
