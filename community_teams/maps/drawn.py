"""Chooses how an area's children are drawn, and keeps the geometry: it changes only when areas or outlines do."""

import json
from collections.abc import Sequence
from functools import lru_cache
from threading import Lock

from sqlalchemy.orm import Session

from community_teams.domain.drawing import MIDDLES, Drawing, draw_tiles, in_reading_order
from community_teams.domain.outline_drawing import draw_outlines
from community_teams.queries.coverage import Place
from foundation.areas import queries as areas
from foundation.areas.domain.kinds import Level
from foundation.areas.domain.tile_grid import pack

Spot = tuple[str, float | None, float | None]  # code, latitude, longitude

# How many drawings are kept: every province and a few hundred communes, a few megabytes.
KEPT = 400

_outlines: dict[str, Drawing] = {}
_writing = Lock()


def drawing_of(session: Session, place: Place, children: Sequence[Place]) -> Drawing | None:
    """The map of `place`: real outlines where every child has one, else tiles. None for an area with no children.

    With outlines for some children only, tiles are drawn: half a map would tell of borders that are not there.
    Hamlets have no borders anybody could import.
    """
    if not children:
        return None
    nation = place.level is None
    codes = {child.code for child in children}
    if place.level is not Level.COMMUNE:
        version = outlines_as_of(session, place)
        drawn = _outline_drawing(session, place, version) if version else None
        if drawn is not None and codes <= {shape.code for shape in drawn.shapes}:
            return drawn
    return _tile_drawing(tuple((child.code, child.latitude, child.longitude) for child in children), nation)


def outlines_as_of(session: Session, place: Place) -> str | None:
    """The version of the outlines right beneath a place; None while there are none."""
    return areas.outline_version(session, place.code or None)


def _outline_drawing(session: Session, place: Place, version: str) -> Drawing:
    key = f"{place.code}@{version}"
    drawing = _outlines.get(key)
    if drawing is None:
        geometries = {each.code: json.loads(each.geojson) for each in areas.outlines_of(session, place.code or None)}
        drawing = draw_outlines(geometries, nation=place.level is None)
        with _writing:
            if len(_outlines) >= KEPT:
                _outlines.clear()
            _outlines[key] = drawing
    return drawing


@lru_cache(KEPT)
def _tile_drawing(spots: tuple[Spot, ...], nation: bool) -> Drawing:
    """Tiles by where the areas lie; in the order given, when the middle of any of them is not known."""
    points = {code: (longitude, latitude) for code, latitude, longitude in spots if latitude and longitude}
    if len(points) < len(spots):
        cells = in_reading_order([code for code, _, _ in spots])
        # No sea to put them in: beneath, side by side.
        rows = 1 + max(row for _, row in cells.values())
        return draw_tiles(cells | ({key: (3 * place, rows) for place, key in enumerate(MIDDLES)} if nation else {}))
    return draw_tiles(pack(points | (MIDDLES if nation else {})))
