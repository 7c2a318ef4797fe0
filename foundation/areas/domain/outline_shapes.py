"""Checking outlines people give us, and making them light enough for a map on a phone."""

import gzip
from collections.abc import Mapping
from math import inf
from typing import Any

import shapely
from shapely.errors import ShapelyError
from shapely.geometry import MultiPolygon, Polygon, shape
from shapely.geometry.base import BaseGeometry

from foundation.problems import ParseError

# Việt Nam with its seas and islands, Hoàng Sa and Trường Sa among them, in degrees: west, south, east, north.
VIETNAM = (102.0, 6.0, 118.5, 23.5)

# Coordinates are rounded to 4 decimals, about 11 m.
DECIMALS = 4

# The map of one area goes over a weak network at once: its outlines together, compressed, in bytes. Names, codes and
# the frame around them take the rest of 70 kB.
BUDGET = 62_000

# Of the smaller of two outlines; less is a border that two surveys drew a little apart.
OVERLAP = 0.01

# In degrees; the first is what nobody sees on a phone, and each next step takes about a third of the points away.
FINEST = 0.0005
COARSER = 1.4
COARSEST = 0.05


class OutlineParseError(ParseError):
    """A geometry that is no usable outline."""


def read_outline(geometry: object) -> tuple[BaseGeometry, bool]:
    """A polygon or several, valid and rounded, from a GeoJSON geometry; and whether it had to be repaired.

    Raises OutlineParseError: "empty", "not_a_polygon", "faulty_geometry", "swapped" (latitude before longitude),
    "projected" (metres instead of degrees), "outside_vietnam", "beyond_repair".
    """
    if geometry is None:
        raise OutlineParseError("empty")
    if not isinstance(geometry, dict):
        raise OutlineParseError("faulty_geometry")
    if geometry.get("type") not in {"Polygon", "MultiPolygon"}:
        raise OutlineParseError("not_a_polygon")
    if not geometry.get("coordinates"):
        raise OutlineParseError("empty")
    try:
        given = shapely.force_2d(shape(geometry))
    except (ShapelyError, ValueError, TypeError, IndexError, KeyError, AttributeError):
        raise OutlineParseError("faulty_geometry") from None
    if given.is_empty:
        raise OutlineParseError("empty")
    # JSON as Python reads it lets NaN and Infinity through.
    if not (abs(shapely.get_coordinates(given)) < inf).all():
        raise OutlineParseError("faulty_geometry")
    _refuse_elsewhere(given.bounds)
    was_valid = given.is_valid
    try:
        sound = only_polygons(_rounded(given if was_valid else shapely.make_valid(given)))
    except ShapelyError:
        raise OutlineParseError("beyond_repair") from None
    if sound.is_empty:
        raise OutlineParseError("beyond_repair")
    return sound, not was_valid


def overlapping(outlines: Mapping[str, BaseGeometry]) -> list[tuple[str, str]]:
    """Pairs of areas that lie on each other by more than OVERLAP, the smaller code first, in order."""
    codes = sorted(outlines)
    shapes = [outlines[code] for code in codes]
    one, other = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    pairs = [(first, second) for first, second in zip(one.tolist(), other.tolist(), strict=True) if first < second]
    return sorted(
        (codes[first], codes[second])
        for first, second in pairs
        if shapely.intersection(shapes[first], shapes[second]).area
        > OVERLAP * min(shapes[first].area, shapes[second].area)
    )


def simplify(outlines: Mapping[str, BaseGeometry], budget: int = BUDGET) -> dict[str, BaseGeometry]:
    """Leave out points until all outlines together take at most `budget` bytes of compressed GeoJSON.

    Neighbours keep their border in common: no gap or overlap comes in. No area disappears, however small. The same
    outlines in any order give the same result. Should the coarsest step not be enough, the result is larger.
    """
    codes = sorted(outlines)
    shapes = [outlines[code] for code in codes]
    tolerance = FINEST
    while True:
        # What a finer step has left is all a coarser one can leave, so it need not begin from the start again.
        shapes = [only_polygons(shape) for shape in shapely.coverage_simplify(shapes, tolerance)]
        if tolerance >= COARSEST or compressed_size(shapes) <= budget:
            return dict(zip(codes, shapes, strict=True))
        tolerance *= COARSER


def dissolve(outlines: Mapping[str, BaseGeometry]) -> BaseGeometry:
    """One outline around all of them."""
    shapes = [outlines[code] for code in sorted(outlines)]
    if shapely.coverage_is_valid(shapes):
        return only_polygons(shapely.coverage_union_all(shapes))
    # Slower, and where neighbours do not quite meet, thin gaps stay; still true to what was given.
    return only_polygons(_rounded(shapely.union_all(shapes)))


def as_geojson(outline: BaseGeometry) -> str:
    """A GeoJSON geometry without needless spaces."""
    return str(shapely.to_geojson(outline)).replace(" ", "")


def compressed_size(shapes: list[Any]) -> int:
    return len(gzip.compress("\n".join(as_geojson(shape) for shape in shapes).encode(), 6))


def only_polygons(given: BaseGeometry) -> BaseGeometry:
    """The polygons of a geometry, without the lines and points that a repair leaves over."""
    if isinstance(given, Polygon | MultiPolygon) and given.is_valid:
        return given
    sound = given if given.is_valid else shapely.make_valid(given)
    parts = [part for part in shapely.get_parts(shapely.get_parts(sound)) if isinstance(part, Polygon)]
    return shapely.union_all(parts) if parts else MultiPolygon()


def _rounded(given: BaseGeometry) -> BaseGeometry:
    # Each point by itself, so that a border stays the same on both of its sides.
    return shapely.transform(given, lambda points: points.round(DECIMALS))


def _refuse_elsewhere(bounds: tuple[float, float, float, float]) -> None:
    west, south, east, north = bounds
    if _within(bounds):
        return
    if _within((south, west, north, east)):
        raise OutlineParseError("swapped")
    if max(abs(west), abs(east)) > 180 or max(abs(south), abs(north)) > 90:
        raise OutlineParseError("projected")
    raise OutlineParseError("outside_vietnam")


def _within(bounds: tuple[float, float, float, float]) -> bool:
    west, south, east, north = bounds
    return VIETNAM[0] <= west <= east <= VIETNAM[2] and VIETNAM[1] <= south <= north <= VIETNAM[3]
