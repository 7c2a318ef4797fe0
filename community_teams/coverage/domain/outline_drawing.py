"""Draws real outlines: degrees to drawing units, with a simple projection that is enough for a small country."""

from collections.abc import Iterator, Mapping, Sequence
from math import cos, radians
from typing import Any

from community_teams.coverage.domain.drawing import (
    ARCHIPELAGOS,
    ISLETS,
    Archipelago,
    Drawing,
    Shape,
    Style,
    closed_path,
)

WIDTH = 1000  # drawing units across the map
# The frame around each archipelago: west, south, east, north in degrees. For a name on a map of the whole country, not
# for measuring.
_FRAMES = {"hoang_sa": (110.8, 15.5, 113.2, 17.4), "truong_sa": (111.2, 6.9, 118.0, 12.1)}
# Longitude and latitude that a map of the nation always shows, whatever outlines were imported.
_NATION_BOX = (102.0, 6.8, 118.0, 23.5)

Point = tuple[float, float]
Ring = Sequence[Point]
Grid = tuple[int, int]


def draw_outlines(geometries: Mapping[str, Mapping[str, Any]], *, nation: bool = False) -> Drawing:
    """Outlines of sibling areas, north up.

    geometries: code -> GeoJSON Polygon or MultiPolygon in degrees (WGS 84); at least one.
    Equirectangular, narrowed by the cosine of the middle latitude, which is true enough for a picture. Points fall on
    a grid of whole units; shared borders fall together, and an area too small for the grid stays as a small square,
    so that no area is ever left out.
    nation: adds frames with the names of Hoàng Sa and Trường Sa, at their places in the Biển Đông.
    """
    polygons = {code: list(_polygons(geometry)) for code, geometry in geometries.items()}
    west, south, east, north = _box(polygons, nation)
    narrow = cos(radians((south + north) / 2))
    scale = WIDTH / ((east - west) * narrow)

    def place(point: Point) -> Grid:
        return round((point[0] - west) * narrow * scale), round((north - point[1]) * scale)

    shapes = tuple(_shape(code, parts, place) for code, parts in polygons.items())
    archipelagos = [_archipelago(key, polygons.get(code, []), place) for key, code in ARCHIPELAGOS.items()]
    return Drawing(Style.OUTLINES, WIDTH, round((north - south) * scale), shapes, tuple(archipelagos) if nation else ())


def _polygons(geometry: Mapping[str, Any]) -> Iterator[list[Ring]]:
    if geometry["type"] == "Polygon":
        yield geometry["coordinates"]
    elif geometry["type"] == "MultiPolygon":
        yield from geometry["coordinates"]
    else:
        raise ValueError(f"not the geometry of an area: {geometry['type']}")


def _box(polygons: Mapping[str, list[list[Ring]]], nation: bool) -> tuple[float, float, float, float]:
    points = [point for parts in polygons.values() for rings in parts for point in rings[0]]
    xs, ys = [point[0] for point in points], [point[1] for point in points]
    west, south, east, north = min(xs), min(ys), max(xs), max(ys)
    if nation:
        far = _NATION_BOX
        west, south, east, north = min(west, far[0]), min(south, far[1]), max(east, far[2]), max(north, far[3])
    # A small margin, so that no border is cut by the edge.
    air = max(east - west, north - south) / 100
    return west - air, south - air, east + air, north + air


def _shape(code: str, parts: Sequence[Sequence[Ring]], place: Any) -> Shape:
    rings_shown: list[list[Grid]] = []
    largest: list[Grid] = []
    for rings in parts:
        for number, ring in enumerate(rings):
            points = _on_grid(ring, place)
            if len(points) < 3:
                continue
            rings_shown.append(points)
            if number == 0 and _area(points) > _area(largest):
                largest = points
    if not largest:
        x, y = place(parts[0][0][0])
        largest = [(x - 2, y - 2), (x + 2, y - 2), (x + 2, y + 2), (x - 2, y + 2)]
        rings_shown.append(largest)
    x, y, wide = _middle(largest)
    upright = [(point[1], point[0]) for point in largest]
    high = max((bottom - top for top, bottom in _cuts(upright, x + 0.25) if top <= y <= bottom), default=0.0)
    # A number is about twice as wide as high.
    return Shape(code, closed_path(rings_shown), x, y, min(wide, 2 * high))


def _on_grid(ring: Ring, place: Any) -> list[Grid]:
    """The ring without its closing point, and without points that make no difference on this grid."""
    points: list[Grid] = []
    for point in ring:
        here = place(point)
        if points and here == points[-1]:
            continue
        if len(points) >= 2 and _straight(points[-2], points[-1], here):
            points[-1] = here
        else:
            points.append(here)
    if len(points) > 1 and points[0] == points[-1]:
        points.pop()
    return points


def _straight(a: Grid, b: Grid, c: Grid) -> bool:
    return (b[0] - a[0]) * (c[1] - b[1]) == (b[1] - a[1]) * (c[0] - b[0]) and (
        (b[0] - a[0]) * (c[0] - b[0]) + (b[1] - a[1]) * (c[1] - b[1]) > 0
    )


def _area(points: Sequence[Grid]) -> float:
    following = [*points[1:], *points[:1]]
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(points, following, strict=True))) / 2


def _middle(points: Sequence[Grid]) -> tuple[float, float, float]:
    """A point inside the ring to write at, and the width free there.

    The widest of several level cuts, those near the ring's own middle height favoured: a centroid may fall outside.
    """
    top, bottom = min(y for _, y in points), max(y for _, y in points)
    best = (float(points[0][0]), float(points[0][1]), 0.0)
    best_worth = -1.0
    for part in (0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74):
        # Half a unit off the grid, so that a cut never runs through a corner.
        y = top + (bottom - top) * part
        y = int(y) + 0.5
        for left, right in _cuts(points, y):
            worth = (right - left) * (1 - abs(part - 0.5))
            if worth > best_worth:
                best, best_worth = ((left + right) / 2, y, right - left), worth
    return best


def _cuts(points: Sequence[Grid], y: float) -> list[tuple[float, float]]:
    following = [*points[1:], *points[:1]]
    xs = sorted(
        a[0] + (y - a[1]) * (b[0] - a[0]) / (b[1] - a[1])
        for a, b in zip(points, following, strict=True)
        if (a[1] > y) != (b[1] > y)
    )
    return list(zip(xs[::2], xs[1::2], strict=True))


def _archipelago(key: str, parts: list[list[Ring]], place: Any) -> Archipelago:
    west, south, east, north = _FRAMES[key]
    left, top = place((west, north))
    right, bottom = place((east, south))
    wide, high = right - left, bottom - top
    path = f"M{left} {top}h{wide}v{high}h-{wide}z"
    x, y = left + wide / 2, top + high / 2
    drawn = any(west < point[0] < east and south < point[1] < north for rings in parts for point in rings[0])
    dots = () if drawn else tuple((x + dx * wide, y + dy * high) for dx, dy in ISLETS)
    return Archipelago(key, ARCHIPELAGOS[key], path, x, top - 10, dots)
