"""How one area is drawn on the map: a fill colour, a text colour readable on it, and a number."""

from dataclasses import dataclass, replace
from enum import StrEnum

from community_teams.coverage.domain.coverage import Shade, Shares
from community_teams.coverage.domain.layers import COUNT_STARTS, FEWEST, Layer, LayerCell, shade_of


class Visibility(StrEnum):
    """What the reader may see of an area."""

    SHARE = "share"
    NO_SHARE = "no_share"  # the official denominator is unknown: hatched
    HIDDEN = "hidden"  # from the public


# ColorBrewer YlGnBu-5: from light to dark, so it can be read in grey too. Each with a text colour readable on it.
COLOURS: dict[Shade, tuple[str, str]] = {
    Shade.FROM_0: ("#ffffcc", "#1b1b1b"),
    Shade.FROM_20: ("#a1dab4", "#1b1b1b"),
    Shade.FROM_50: ("#41b6c4", "#101010"),
    Shade.FROM_80: ("#2c7fb8", "#000000"),
    Shade.FROM_95: ("#253494", "#ffffff"),
}
PAPER, INK = "#ffffff", "#3a332a"


@dataclass(frozen=True)
class AreaStyle:
    """percent: a whole percentage, cut, never rounded up; may exceed 100. count: of a layer without a denominator.

    Both are None unless `visibility` is SHARE. few: whether that count was rounded down to 0, which is not none.
    """

    visibility: Visibility
    fill: str
    ink: str
    percent: int | None = None
    count: int | None = None
    few: bool = False


UNKNOWN = AreaStyle(Visibility.NO_SHARE, PAPER, INK)


def layer_style(layer: Layer, cell: LayerCell | None) -> AreaStyle:
    """cell: None where the figure is hidden from the reader."""
    if cell is None:
        return AreaStyle(Visibility.HIDDEN, PAPER, INK)
    shade = shade_of(layer, cell)
    if shade is None:
        return UNKNOWN
    fill, ink = COLOURS[shade]
    if not cell.out_of:
        return AreaStyle(Visibility.SHARE, fill, ink, count=cell.number, few=cell.few)
    return AreaStyle(Visibility.SHARE, fill, ink, 100 * cell.number // cell.out_of)


def style_for(shares: Shares | None) -> AreaStyle:
    """shares: None where the figures are hidden from the reader."""
    if shares is None:
        return AreaStyle(Visibility.HIDDEN, PAPER, INK)
    if shares.shade is None or not shares.households:
        return UNKNOWN
    fill, ink = COLOURS[shares.shade]
    return AreaStyle(Visibility.SHARE, fill, ink, 100 * shares.reached_listed // shares.households)


@dataclass(frozen=True)
class Class:
    """One line of the legend, in whole percentages. to: the last one of the class; None for the open one at the top."""

    start: int
    to: int | None
    fill: str


def count_legend(*, rounded: bool = False) -> tuple[Class, ...]:
    """The classes of a layer without a denominator; the bounds are counts.

    rounded: counts are in tens; the bounds are then the real counts: 0 means 0 to 4, 10 means 5 or more.
    """
    ends = [start - 1 for start in COUNT_STARTS[1:]]
    classes = [
        Class(start, to, COLOURS[shade][0]) for start, to, shade in zip(COUNT_STARTS, [*ends, None], Shade, strict=True)
    ]
    if rounded:
        none, _, a_few, *many = classes
        classes = [replace(none, to=FEWEST - 1), replace(a_few, start=FEWEST), *many]
    return tuple(classes)


def legend() -> tuple[Class, ...]:
    starts = [shade.value for shade in Shade]
    ends = [start - 1 for start in starts[1:]]
    return tuple(Class(shade.value, to, COLOURS[shade][0]) for shade, to in zip(Shade, [*ends, None], strict=True))
