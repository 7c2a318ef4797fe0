"""A map as plain geometry: one shape an area, with a middle to write in. Colours and words come later, in the template.

Two styles give the same picture: tiles, one square an area, and outlines, the real borders. Nothing invents a border.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

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
    """Hoàng Sa and Trường Sa, which stand on every map of the nation. code: of the province they belong to.

    path: a frame around them. dots: middles of small islands, drawn when the outlines do not carry them.
    """

    key: str
    code: str
    path: str
    x: float
    y: float
    room: float
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
        """How many tiles lie side by side; of use for tiles only."""
        return round(self.width / CELL)


# Key of the archipelago -> code of its province. Source: đặc khu Hoàng Sa (Đà Nẵng), đặc khu Trường Sa (Khánh Hoà).
ARCHIPELAGOS = {"hoang_sa": "48", "truong_sa": "56"}
# Where the small islands of a sign for an archipelago lie, in parts of its frame from the middle.
ISLETS = ((-0.3, -0.15), (-0.1, 0.1), (0.12, -0.05), (0.3, 0.2), (0.02, 0.3))


def draw_tiles(cells: Mapping[str, tuple[int, int]], *, nation: bool = False) -> Drawing:
    """One square an area.

    cells: code -> (column, row), whole numbers from 0, no two alike. nation: adds Hoàng Sa and Trường Sa in the sea
    east of their provinces' rows, each two tiles wide.
    """
    columns = max((column for column, _ in cells.values()), default=0) + 1
    rows = max((row for _, row in cells.values()), default=0) + 1
    shapes = tuple(
        Shape(code, _box(column * CELL, row * CELL, CELL), column * CELL + CELL / 2, row * CELL + CELL / 2, CELL - GAP)
        for code, (column, row) in cells.items()
    )
    archipelagos: list[Archipelago] = []
    if nation:
        # They need empty sea on both sides of their tiles; the columns after the last one always are.
        taken: set[int] = set()
        for key, code in ARCHIPELAGOS.items():
            row = cells.get(code, (0, rows // 2))[1]
            while row in taken:
                row += 1
            taken.add(row)
            first = _first_free_column(cells, row, columns)
            columns = max(columns, first + 2)
            rows = max(rows, row + 1)
            archipelagos.append(_archipelago_tile(key, code, first, row))
    return Drawing(Style.TILES, columns * CELL, rows * CELL, shapes, tuple(archipelagos))


def in_reading_order(codes: Sequence[str], columns: int = 8) -> dict[str, tuple[int, int]]:
    """Cells for areas whose places are not known: row by row, in the order given."""
    wide = max(1, min(columns, len(codes)))
    return {code: (number % wide, number // wide) for number, code in enumerate(codes)}


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


def _first_free_column(cells: Mapping[str, tuple[int, int]], row: int, columns: int) -> int:
    beside = [column for column, other in cells.values() if abs(other - row) <= 1]
    return min(columns, max(beside, default=columns - 1) + 2)


def _archipelago_tile(key: str, code: str, column: int, row: int) -> Archipelago:
    left, top, wide = column * CELL, row * CELL, 2 * CELL - GAP
    path = f"M{left + GAP / 2:g} {top + GAP / 2:g}h{wide}v{CELL - GAP}h-{wide}z"
    x, y = left + CELL, top + CELL / 2
    return Archipelago(key, code, path, x, y, wide, tuple((x + dx * wide, y + 20 + dy * CELL / 3) for dx, dy in ISLETS))


def _box(left: float, top: float, side: float, gap: float = GAP) -> str:
    inner = side - gap
    return f"M{left + gap / 2:g} {top + gap / 2:g}h{inner:g}v{inner:g}h-{inner:g}z"
