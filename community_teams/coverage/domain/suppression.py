"""What the public may not see: figures about fewer than ten households, and figures from which those could be reckoned.

A cell is one area with two counts of households, its *bases*: the official list and what the teams wrote down. Two
rules, applied level by level from the nation down:

1. Beneath a hidden area everything is hidden: its children would add up to it.
2. Among the children of an area that is shown, every cell with a base of 1 to 9 is hidden. Whoever subtracts the
   shown cells from the parent's total learns the sum of the hidden ones, so further cells, the next smallest first,
   are hidden until that sum speaks, for each base, of nobody or of at least ten households. One small cell thus never
   hides alone.

A base of 0 is nothing to hide and hides nobody: it never serves as cover. If no cell is left to serve, the parent
itself has a base below ten and is hidden.

All hidden cells look the same from outside. Were the cover told apart from the cell it covers, "at least ten" against
"at most nine" would give small sums away.

Beside each base stands its numerator: reached of the listed, and reached of the enumerated. Where some hamlets have an
official list and others have none, the difference of the two numerators is the figure of the hamlets without one. So
the households enumerated there are a base of their own, with the same two rules: where it is hidden, the second
numerator is left out.
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
    reason, which stay hidden and serve as cover. Ties are broken by key, so that
    the same figures always hide the same cells: a choice that wavers shows each cell in turn.
    """
    hidden = {key for key, cell in siblings.items() if too_small(cell)} | set(already)
    width = max((len(cell) for cell in siblings.values()), default=0)
    while hidden:
        cover = {_next_cover(siblings, hidden, base) for base in range(width)} - {None}
        if not cover:
            break
        # One at a time: the cover of one base often serves the other as well.
        hidden.add(min(key for key in cover if key is not None))
    return frozenset(hidden)


@dataclass(frozen=True)
class Hidden:
    """What is hidden among the children of one area. second: whose numerator over `enumerated` is left out."""

    areas: frozenset[str]
    second: frozenset[str]

    def of(self, key: str) -> "Veil":
        return Veil(key in self.areas, key in self.second)


@dataclass(frozen=True)
class Veil:
    """What is hidden of one area: everything, or only the second numerator."""

    area: bool = False
    second: bool = False


def hidden_children(parent: Veil, siblings: Mapping[str, Cell]) -> Hidden:
    """Both rules together for one level.

    siblings: all children of the parent, key -> cell.
    """
    areas = frozenset(siblings) if parent.area else hidden_among({key: cell.bases for key, cell in siblings.items()})
    second = frozenset(siblings)
    if not parent.second:
        second = hidden_among({key: (cell.unlisted,) for key, cell in siblings.items()})
    return Hidden(areas, second | areas)


def hidden_at_the_top(nation: Cell) -> Veil:
    """What is hidden of the nation, which has no siblings."""
    area = too_small(nation.bases)
    return Veil(area, area or too_small((nation.unlisted,)))


@dataclass(frozen=True)
class Published(Shares):
    """What the public is told about an area that is not hidden. Fields as in Coverage; visits are not told at all.

    reached: None where it would give away the hamlets without an official list.
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


def publish(coverage: Coverage, veil: Veil) -> Published | None:
    """The public's part of the figures; None for an area that is hidden."""
    if veil.area:
        return None
    return Published(
        households=coverage.households,
        sources=coverage.sources,
        as_of=coverage.as_of,
        enumerated=coverage.enumerated,
        # Where every hamlet has a list there is only one numerator, and nothing to tell by the other.
        reached=None if veil.second and coverage.unlisted else coverage.reached,
        reached_listed=coverage.reached_listed,
        hamlets=coverage.hamlets,
        unlisted=coverage.unlisted,
    )


def _next_cover(siblings: Mapping[str, Bases], hidden: Collection[str], base: int) -> str | None:
    """The next cell to hide for the sake of this base: the smallest that has it; None if none is needed or left."""
    behind = sum(siblings[key][base] for key in hidden)
    if behind == 0 or behind >= SMALLEST_SHOWN:
        return None
    left = [(cell[base], key) for key, cell in siblings.items() if cell[base] and key not in hidden]
    return min(left)[1] if left else None
