"""Chooses how an area's children are drawn. The geometry is stored: coverage/services/drawings.py."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from community_teams.coverage.domain.drawing import Drawing, Style, from_json, tiles_in_order
from community_teams.coverage.models import AreaDrawing
from community_teams.coverage.queries.coverage import Place
from foundation.areas import queries as areas


def geometry_for(session: Session, place: Place, children: Sequence[Place]) -> Drawing | None:
    """The map of `place`: real outlines where every child has one, else tiles. None for an area with no children.

    With outlines for some children only, tiles are drawn: half a map would show borders that do not exist. Tiles are
    placed roughly where the areas are; in the order given if the middle of any area is not known.
    """
    if not children:
        return None
    codes = {child.code for child in children}
    stored = select(AreaDrawing.drawing).where(AreaDrawing.parent_code == place.code).order_by(AreaDrawing.style)
    drawings = {drawing.style: drawing for drawing in map(from_json, session.scalars(stored))}
    for style in (Style.OUTLINES, Style.TILES):
        if style in drawings and codes <= {shape.code for shape in drawings[style].shapes}:
            return drawings[style]
    return tiles_in_order([child.code for child in children], nation=place.level is None)


def outlines_as_of(session: Session, place: Place) -> str | None:
    """The version of the outlines right beneath a place; None while there are none."""
    return areas.outline_version(session, place.code or None)
