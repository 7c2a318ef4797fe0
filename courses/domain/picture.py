"""A picture of the library: our own drawing, in one style and palette. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

WIDTH, HEIGHT = 200, 120  # units of every drawing; about one pixel each on a small phone
VIEW_BOX = f"0 0 {WIDTH} {HEIGHT}"

# Allowed colours and their names in the style sheet; page.css changes them in dark mode.
PALETTE: Mapping[str, str] = {
    "#231a12": "ink",
    "#fffdf9": "card",
    "#1e2f5c": "strong",
    "#e9edf7": "soft",
    "#931a1a": "red",
    "#fbe9e4": "red-soft",
    "#12512f": "green",
    "#e3f3e7": "green-soft",
    "#ffd84d": "sun",
    "#cdbd9f": "wood",
    "#f0c8a0": "skin",
    "#3b2d22": "hair",
    "#ffffff": "white",  # white also in dark mode, where --card is not
}
# The style of all drawings: the exact attributes of the root of a file.
STROKE_STYLE: Mapping[str, str] = {
    "fill": "#fffdf9",
    "stroke": "#231a12",
    "stroke-width": "2.5",
    "stroke-linecap": "round",
    "stroke-linejoin": "round",
}
_COLOUR = re.compile("|".join(PALETTE))


@dataclass(frozen=True)
class Picture:
    """One drawing, which many steps may use.

    name: as lessons refer to it. alt: the alternative text, in Vietnamese.
    drawing: the content of the svg element, shared parts inserted; safe markup, checked when read.
    """

    name: str
    alt: str
    drawing: str

    @property
    def themed(self) -> str:
        """The drawing with colours that follow the page, light or dark. Belongs inside an svg of class "picture"."""
        return _COLOUR.sub(lambda found: f"var(--{PALETTE[found[0]]})", self.drawing)

    @property
    def standalone(self) -> str:
        """A complete SVG document in fixed colours, for print and files."""
        style = " ".join(f'{name}="{value}"' for name, value in STROKE_STYLE.items())
        return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{VIEW_BOX}" {style}>{self.drawing}</svg>'
