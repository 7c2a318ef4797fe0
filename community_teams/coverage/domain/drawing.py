"""A map as plain geometry: one shape an area, with a middle to write in. Colours and words come later, in the template.

Two styles give the same picture: tiles, one square an area, and outlines, the real borders. Nothing invents a border.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any

from foundation.areas.domain.tile_grid import pack

# Side of a tile's cell and the gap between tiles, in drawing units.
CELL = 100
GAP = 6


class Style(StrEnum):
    TILES = "tiles"
    OUTLINES = "outlines"


@dataclass(frozen=True)
class Shape:
    """One area on the map, in drawing units from the top left corner.

    path: SVG path data. x, y: the middle, inside the area. room: width free for writing around the middle.
    """

    code: str
    path: str
    x: float
    y: float
    room: float


@dataclass(frozen=True)
class Archipelago:
    """Hoàng Sa and Trường Sa, which are on every map of the nation. code: of the province they belong to.

    path: a frame around them. x, y: where the name stands. dots: middles of small islands, a sign for the archipelago
    where the outlines do not carry it.
    """

    key: str
    code: str
    path: str
    x: float
    y: float
    dots: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Drawing:
    style: Style
    width: float
    height: float
    shapes: tuple[Shape, ...]
    archipelagos: tuple[Archipelago, ...] = ()

    @property
    def columns(self) -> int:
        """How many tiles are side by side; meaningful for tiles only."""
        return round(self.width / CELL)


# Key of the archipelago -> code of its province. Source: đặc khu Hoàng Sa (Đà Nẵng), đặc khu Trường Sa (Khánh Hoà).
ARCHIPELAGOS = {"hoang_sa": "48", "truong_sa": "56"}
# About their middles, longitude and latitude in degrees: for their place among tiles, not for measuring.
MIDDLES = {"hoang_sa": (112.0, 16.5), "truong_sa": (114.5, 9.5)}
# Where the small islands of a sign for an archipelago lie, in parts of its frame from the middle.
ISLETS = ((-0.3, -0.15), (-0.1, 0.1), (0.12, -0.05), (0.3, 0.2), (0.02, 0.3))


def as_json(drawing: Drawing) -> dict[str, object]:
    """A drawing as plain JSON values, which from_json reads again."""
    return {
        "style": drawing.style.value,
        "width": drawing.width,
        "height": drawing.height,
        "shapes": [[each.code, each.path, each.x, each.y, each.room] for each in drawing.shapes],
        "archipelagos": [
            [each.key, each.code, each.path, each.x, each.y, [list(dot) for dot in each.dots]]
            for each in drawing.archipelagos
        ],
    }


def from_json(stored: Mapping[str, Any]) -> Drawing:
    return Drawing(
        Style(stored["style"]),
        stored["width"],
        stored["height"],
        tuple(Shape(*shape) for shape in stored["shapes"]),
        tuple(
            Archipelago(key, code, path, x, y, tuple((dot[0], dot[1]) for dot in dots))
            for key, code, path, x, y, dots in stored["archipelagos"]
        ),
    )


def tiles_by_place(spots: Mapping[str, tuple[float | None, float | None]], *, nation: bool) -> Drawing | None:
    """Tiles roughly where the areas are; None where the middle of one is not known, or there is none.

    spots: code -> longitude and latitude in degrees. nation: adds Hoàng Sa and Trường Sa.
    """
    points = {code: (east, north) for code, (east, north) in spots.items() if east and north}
    if len(points) < len(spots) or not spots:
        return None
    return draw_tiles(pack(points | (MIDDLES if nation else {})))


def tiles_in_order(codes: Sequence[str], *, nation: bool) -> Drawing:
    """Tiles in the order given. nation: adds Hoàng Sa and Trường Sa."""
    cells = in_reading_order(codes)
    # No sea to put them in: beneath, side by side.
    rows = 1 + max(row for _, row in cells.values())
    return draw_tiles(cells | ({key: (3 * place, rows) for place, key in enumerate(MIDDLES)} if nation else {}))


def draw_tiles(cells: Mapping[str, tuple[int, int]]) -> Drawing:
    """One square an area.

    cells: code -> (column, row), whole numbers from 0, no two alike. The keys of ARCHIPELAGOS among them become
    archipelagos, two tiles wide.
    """
    shapes = [
        Shape(code, _box(column, row), (column + 0.5) * CELL, (row + 0.5) * CELL, CELL - GAP)
        for code, (column, row) in cells.items()
        if code not in ARCHIPELAGOS
    ]
    taken = set(cells.values())
    archipelagos: list[Archipelago] = []
    for key in ARCHIPELAGOS:
        if key not in cells:
            continue
        column, row = cells[key]
        taken.discard((column, row))
        # Its own tile and a neighbour, or else the open sea.
        beyond = max((column for column, _ in taken), default=0) + 2
        first = next(
            first
            for first in (column, column - 1, beyond)
            if first >= 0 and not {(first, row), (first + 1, row)} & taken
        )
        taken |= {(first, row), (first + 1, row)}
        archipelagos.append(_archipelago_tile(key, first, row))
    columns = max((column for column, _ in taken), default=0) + 1
    rows = max((row for _, row in taken), default=0) + 1
    return Drawing(Style.TILES, columns * CELL, rows * CELL, tuple(shapes), tuple(archipelagos))


def in_reading_order(codes: Sequence[str]) -> dict[str, tuple[int, int]]:
    """Cells for areas whose places are not known: row by row, in the order given. Few areas get few, large tiles."""
    wide = next(columns for columns, most in ((4, 16), (5, 45), (8, 10_000)) if len(codes) <= most or columns == 8)
    wide = max(1, min(wide, len(codes)))
    return {code: (number % wide, number // wide) for number, code in enumerate(codes)}


@lru_cache(20_000)
def wrapped(name: str, most: int, lines: int = 2) -> tuple[str, ...]:
    """A name cut into at most `lines` lines of at most `most` characters; "…" ends what did not fit."""
    done: list[str] = []
    for word in name.split():
        if done and len(done[-1]) + 1 + len(word) <= most:
            done[-1] += f" {word}"
        else:
            done.append(word)
    if len(done) > lines:
        done = [*done[: lines - 1], f"{done[lines - 1]} …"]
    return tuple(line if len(line) <= most else f"{line[: most - 1].rstrip()}…" for line in done)


def closed_path(rings: Iterable[Sequence[tuple[int, int]]]) -> str:
    """SVG path data of closed rings of whole-number points, written as steps because steps are short."""
    parts: list[str] = []
    for ring in rings:
        x, y = ring[0]
        parts.append(f"M{x} {y}l")
        steps: list[str] = []
        for next_x, next_y in ring[1:]:
            steps.append(f"{next_x - x} {next_y - y}")
            x, y = next_x, next_y
        parts.append(" ".join(steps).replace(" -", "-") + "z")
    return "".join(parts)


def _archipelago_tile(key: str, column: int, row: int) -> Archipelago:
    x, y = (column + 1) * CELL, (row + 0.5) * CELL
    wide = 2 * CELL - GAP
    islets = tuple((x + dx * wide, y + 34 + dy * 18) for dx, dy in ISLETS)
    return Archipelago(key, ARCHIPELAGOS[key], _box(column, row, 2), x, y, islets)


def _box(column: int, row: int, wide: int = 1) -> str:
    width, height = wide * CELL - GAP, CELL - GAP
    return f"M{column * CELL + GAP // 2} {row * CELL + GAP // 2}h{width}v{height}h-{width}z"
