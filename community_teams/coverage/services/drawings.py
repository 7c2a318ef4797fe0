"""Draws maps when areas or outlines change, and stores their geometry."""

import json
from collections.abc import Iterable
from typing import cast

from sqlalchemy import Connection, Table, delete, insert, select

from community_teams.coverage.domain.drawing import Drawing, Style, as_json, tiles_by_place
from community_teams.coverage.domain.outline_drawing import draw_outlines
from community_teams.coverage.models import AreaDrawing
from foundation.areas.domain.kinds import Level
from foundation.areas.models import Area, Outline

_TABLE = cast("Table", AreaDrawing.__table__)


def refresh_drawings(connection: Connection, parents: Iterable[str]) -> None:
    """Draw the maps of the children of these areas again. parents: codes, "" for the nation.

    166 tiles take about 50 ms, 166 outlines about 200 ms.
    """
    for parent in sorted(set(parents)):
        beneath = Area.parent_code == parent if parent else Area.parent_code.is_(None) & (Area.level == Level.PROVINCE)
        rows = connection.execute(
            select(Area.code, Area.level, Area.latitude, Area.longitude, Outline.geojson)
            .outerjoin_from(Area, Outline, Outline.area_code == Area.code)
            .where(beneath, Area.valid_to.is_(None))
            .order_by(Area.code)
        ).all()
        spots = {row.code: (row.longitude, row.latitude) for row in rows}
        drawn: dict[Style, Drawing | None] = {Style.TILES: tiles_by_place(spots, nation=not parent)}
        # There are no official outlines of hamlets to import.
        outlines = {row.code: json.loads(row.geojson) for row in rows if row.geojson and row.level is not Level.HAMLET}
        if outlines:
            drawn[Style.OUTLINES] = draw_outlines(outlines, nation=not parent)
        connection.execute(delete(_TABLE).where(_TABLE.c.parent_code == parent))
        stored = [
            {"parent_code": parent, "style": style, "drawing": as_json(drawing)}
            for style, drawing in drawn.items()
            if drawing is not None
        ]
        if stored:
            connection.execute(insert(_TABLE), stored)
