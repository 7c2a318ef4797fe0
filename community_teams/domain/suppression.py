"""What the public may not see: figures about fewer than ten households, and figures from which those could be reckoned.

A cell is one area with two counts of households, its *bases*: the official list and what the teams wrote down. Two
rules, applied level by level from the nation down:

1. Beneath a hidden area everything is hidden: its children would add up to it.
2. Among the children of an area that is shown, every cell with a base of 1 to 9 is hidden. Whoever subtracts the
   shown cells from the parent's total learns the sum of the hidden ones, so further cells, the next smallest first,
   are hidden until that sum speaks, for each base, of nobody or of at least two cells and ten households together.

A base of 0 is nothing to hide and hides nobody: it never serves as cover. If no cell is left to serve, the parent
itself has a base below ten and is hidden, or only one child has that base at all and its ten or more households stand
in the parent's figures anyway.

All hidden cells look the same from outside. Were the cover told apart from the cell it covers, "at least ten" against
"at most nine" would give small sums away.

Numerators need no rule of their own as long as each is published over its own base; see `published_reached`.
"""

from collections.abc import Collection, Mapping

from community_teams.domain.coverage import Coverage

SMALLEST_SHOWN = 10  # households; peers E3.4

Bases = tuple[int, ...]


def bases(coverage: Coverage) -> Bases:
    """The counts of households behind an area's public figures. An unknown list publishes nothing: 0."""
    return (coverage.households or 0, coverage.enumerated)


def too_small(cell: Bases) -> bool:
    return any(0 < base < SMALLEST_SHOWN for base in cell)


def hidden_among(siblings: Mapping[str, Bases]) -> frozenset[str]:
    """Which children of a shown area are hidden.

    siblings: all children of the area, key -> bases, every tuple of the same length. Ties are broken by key, so that
    the same figures always hide the same cells: a choice that wavers shows each cell in turn.
    """
    hidden = {key for key, cell in siblings.items() if too_small(cell)}
    width = max((len(cell) for cell in siblings.values()), default=0)
    while hidden:
        cover = {_next_cover(siblings, hidden, base) for base in range(width)} - {None}
        if not cover:
            break
        # One at a time: the cover of one base often serves the other as well.
        hidden.add(min(key for key in cover if key is not None))
    return frozenset(hidden)


def hidden_children(parent_hidden: bool, siblings: Mapping[str, Bases]) -> frozenset[str]:
    """Both rules together for one level."""
    return frozenset(siblings) if parent_hidden else hidden_among(siblings)


def published_reached(coverage: Coverage) -> int | None:
    """The numerator to stand beside `enumerated` on a public page, or None where it must be left out.

    Where some hamlets have an official list and others have none, the public gets the numerator over the official
    list only: the difference of the two numerators would be the figure of the hamlets without a list, however small.
    """
    mixed = coverage.households is not None and coverage.unlisted > 0
    return None if mixed else coverage.reached


def _next_cover(siblings: Mapping[str, Bases], hidden: Collection[str], base: int) -> str | None:
    """The next cell to hide for the sake of this base: the smallest that has it; None if none is needed or left."""
    behind = [siblings[key][base] for key in hidden if siblings[key][base]]
    if not behind or (len(behind) >= 2 and sum(behind) >= SMALLEST_SHOWN):
        return None
    left = [(cell[base], key) for key, cell in siblings.items() if cell[base] and key not in hidden]
    return min(left)[1] if left else None
