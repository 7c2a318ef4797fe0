"""The geometry of maps, reckoned once for the areas and outlines there are."""

import json

import sqlalchemy as sa
from alembic import op

from community_teams.coverage.domain.drawing import as_json, tiles_by_place
from community_teams.coverage.domain.outline_drawing import draw_outlines

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    drawings = op.create_table(
        "area_drawing",
        sa.Column("parent_code", sa.String(20), nullable=False),
        sa.Column("style", sa.String(20), nullable=False),
        sa.Column("drawing", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("parent_code", "style", name="pk_area_drawing"),
    )
    connection = op.get_bind()
    parents = connection.execute(sa.text("SELECT DISTINCT coalesce(parent_code, '') FROM area ORDER BY 1"))
    for (parent,) in parents.all():
        rows = connection.execute(
            sa.text(
                "SELECT a.code, a.level, a.latitude, a.longitude, o.geojson FROM area a"
                " LEFT JOIN outline o ON o.area_code = a.code"
                " WHERE coalesce(a.parent_code, '') = :parent AND a.valid_to IS NULL ORDER BY a.code"
            ),
            {"parent": parent},
        ).all()
        tiles = tiles_by_place({row.code: (row.longitude, row.latitude) for row in rows}, nation=not parent)
        outlines = {row.code: json.loads(row.geojson) for row in rows if row.geojson and row.level != "hamlet"}
        drawn = [("tiles", tiles), ("outlines", draw_outlines(outlines, nation=not parent) if outlines else None)]
        stored = [
            {"parent_code": parent, "style": style, "drawing": as_json(drawing)} for style, drawing in drawn if drawing
        ]
        if stored:
            op.bulk_insert(drawings, stored)


def downgrade() -> None:
    op.drop_table("area_drawing")
