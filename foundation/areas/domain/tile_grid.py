"""A map of tiles, one for each area, roughly where the area lies: for places whose true outlines we do not have."""

from collections.abc import Mapping
from itertools import pairwise
from math import ceil, cos, floor, radians, sqrt

from foundation.areas.domain.kinds import HOANG_SA, TRUONG_SA

Point = tuple[float, float]
Cell = tuple[int, int]

# Tiles are as large as lets this share of the areas fall into a tile of their own before any is moved. More gives a
# truer shape with holes in it, less a denser one.
OWN_TILE = 0.72

# An empty strip right across the map is at most this wide, in tiles: islands come nearer, and press nothing together.
WIDEST_GAP = 2.5

# 300 to 600 km off their provinces: they stand at the eastern edge, an empty column between, at their own latitude.
FAR_OUT = (HOANG_SA, TRUONG_SA)

# How far crowded cities are drawn out and empty country is drawn in: 0 keeps true distances along each axis, 1 spaces
# all areas evenly. Without it, the wards of a large city would fill the map and leave its outer communes strewn about.
EVENNESS = 0.4

# How far from its true place an area looks for a better tile, in tiles.
REACH = 3


def pack(places: Mapping[str, Point | None]) -> dict[str, Cell]:
    """A tile for each code: (column, row), both from 0, row 0 in the north. No two codes share a tile.

    places: the middle of each area in degrees, (longitude, latitude); None where it is not known. The known ones keep
    their shape and the same places always give the same tiles; the unknown ones follow in rows beneath, in the order
    given. Hoàng Sa and Trường Sa stand at the eastern edge. 166 areas take some 50 ms, so keep the answer.
    """
    known = {code: place for code, place in sorted(places.items()) if place is not None}
    unknown = [code for code, place in places.items() if place is None]
    near = {code: place for code, place in known.items() if code not in FAR_OUT} or known
    tiles = _from_zero(_assign(_scaled(near))) if near else {}
    tiles |= _at_the_edge(tiles, near, {code: place for code, place in known.items() if code not in near})
    return tiles | _rows_beneath(tiles, unknown)


def _at_the_edge(tiles: Mapping[str, Cell], near: Mapping[str, Point], far: Mapping[str, Point]) -> dict[str, Cell]:
    """Each far place two columns east of all others, in the row of the place nearest to it in latitude."""
    edge = 2 + max((column for column, _ in tiles.values()), default=0)
    taken: dict[str, Cell] = {}
    for code, (_, latitude) in sorted(far.items(), key=lambda item: (-item[1][1], item[0])):
        beside = min(near, key=lambda other: (abs(near[other][1] - latitude), other))
        row = tiles[beside][1]
        while (edge, row) in taken.values():
            row += 1
        taken[code] = (edge, row)
    return taken


def _scaled(places: Mapping[str, Point]) -> dict[str, Point]:
    """The places measured in tiles, x to the east and y to the south."""
    # A degree of longitude is shorter than one of latitude.
    shrink = cos(radians(sum(latitude for _, latitude in places.values()) / len(places)))
    codes = list(places)
    xs = [longitude * shrink for longitude, _ in places.values()]
    ys = [-latitude for _, latitude in places.values()]
    span = max(max(xs) - min(xs), max(ys) - min(ys))
    if span == 0:
        return dict.fromkeys(codes, (0.0, 0.0))
    # The larger the tile, the fewer areas have one of their own: halve the interval until the share is right.
    small, large = span / (4 * len(codes)), span
    for _ in range(24):
        tile = sqrt(small * large)
        shown = list(zip(_evened(xs, tile), _evened(ys, tile), strict=True))
        if len({(round(x), round(y)) for x, y in shown}) >= OWN_TILE * len(codes):
            small = tile
        else:
            large = tile
    shown = list(zip(_evened(xs, small), _evened(ys, small), strict=True))
    return dict(zip(codes, shown, strict=True))


def _evened(values: list[float], tile: float) -> list[float]:
    """The values in tiles from the least, in the same order along the axis, crowds drawn out a little.

    Spaces between neighbours go EVENNESS of the way to their mean; those wider than WIDEST_GAP become WIDEST_GAP.
    """
    line = sorted(set(values))
    gaps = [(after - before) / tile for before, after in pairwise(line)]
    land = [gap for gap in gaps if gap <= WIDEST_GAP]
    mean = sum(land) / len(land) if land else 0.0
    place = 0.0
    at = {line[0]: place}
    for value, gap in zip(line[1:], gaps, strict=True):
        place += WIDEST_GAP if gap > WIDEST_GAP else (1 - EVENNESS) * gap + EVENNESS * mean
        at[value] = place
    return [at[value] for value in values]


def _assign(points: Mapping[str, Point]) -> dict[str, Cell]:
    """Each point to a cell of its own, the sum of squared distances small."""
    cells: dict[str, Cell] = {}
    holder: dict[Cell, str] = {}
    # From the middle outwards, so that crowded middles push outwards and not into one another.
    middle = (sum(x for x, _ in points.values()) / len(points), sum(y for _, y in points.values()) / len(points))
    for code in sorted(points, key=lambda code: (_squared(points[code], middle), code)):
        cell = _nearest_free(points[code], holder)
        cells[code], holder[cell] = cell, code
    # Every change makes the sum smaller, so this ends.
    while sum(_improve(code, points, cells, holder) for code in points):
        pass
    return cells


def _improve(code: str, points: Mapping[str, Point], cells: dict[str, Cell], holder: dict[Cell, str]) -> bool:
    """Move one area to a better tile, or swap it with another's if that is better for both together."""
    here, point = cells[code], points[code]
    now = _squared(point, here)
    best_gain, best = 1e-9, here
    for there in _around(point, REACH):
        gain = now - _squared(point, there)
        other = holder.get(there)
        if other is not None and other != code:
            gain += _squared(points[other], there) - _squared(points[other], here)
        if gain > best_gain:
            best_gain, best = gain, there
    if best == here:
        return False
    other = holder.pop(best, None)
    del holder[here]
    if other is not None:
        cells[other], holder[here] = here, other
    cells[code], holder[best] = best, code
    return True


def _nearest_free(point: Point, holder: Mapping[Cell, str]) -> Cell:
    reach = 1
    while True:
        free = [cell for cell in _around(point, reach) if cell not in holder]
        nearest = min(free, key=lambda cell: (_squared(point, cell), cell), default=None)
        # A cell outside the square that was looked at is at least this far away.
        if nearest is not None and _squared(point, nearest) <= (reach + 0.5) ** 2:
            return nearest
        reach += 1


def _around(point: Point, reach: int) -> list[Cell]:
    column, row = floor(point[0] + 0.5), floor(point[1] + 0.5)
    steps = range(-reach, reach + 1)
    return [(column + right, row + down) for down in steps for right in steps]


def _rows_beneath(tiles: Mapping[str, Cell], codes: list[str]) -> dict[str, Cell]:
    if not codes:
        return {}
    width = max(ceil(sqrt(len(codes) * 1.35)), 1 + max((column for column, _ in tiles.values()), default=0))
    top = 1 + max((row for _, row in tiles.values()), default=-1)
    return {code: (place % width, top + place // width) for place, code in enumerate(codes)}


def _from_zero(cells: Mapping[str, Cell]) -> dict[str, Cell]:
    left = min(column for column, _ in cells.values())
    top = min(row for _, row in cells.values())
    return {code: (column - left, row - top) for code, (column, row) in cells.items()}


def _squared(a: tuple[float, float], b: tuple[float, float]) -> float:
    return (a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2
