"""Areas: provinces, communes and hamlets, and the outlines drawn on maps."""

import sqlalchemy as sa
from alembic import op

from foundation.database import bytewise

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "area",
        sa.Column("code", sa.String(20), primary_key=True),
        sa.Column("parent_code", sa.String(20), sa.ForeignKey("area.code"), nullable=True, index=True),
        sa.Column("level", sa.String(10), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        # Paths and sort keys are compared byte by byte, or a range of paths would not be a subtree.
        sa.Column("path", bytewise(60), nullable=False, unique=True),
        sa.Column("sort_key", bytewise(600), nullable=False),
        sa.Column("folded", sa.String(100), nullable=False),
        sa.Column("latitude", sa.Double, nullable=True),
        sa.Column("longitude", sa.Double, nullable=True),
        sa.Column("valid_from", sa.Date, nullable=True),
        sa.Column("valid_to", sa.Date, nullable=True),
        sa.Column("official_households", sa.Integer, nullable=True),
        sa.Column("households_source", sa.String(300), nullable=True),
        sa.Column("households_as_of", sa.Date, nullable=True),
        sa.Column("is_sample", sa.Boolean, nullable=False),
    )
    # Every page asks whether it shows sample figures; almost no area is a sample.
    op.create_index(
        "ix_area_sample_path",
        "area",
        ["path"],
        sqlite_where=sa.text("is_sample = 1"),
        postgresql_where=sa.text("is_sample"),
    )
    op.create_table(
        "outline",
        sa.Column("area_code", sa.String(20), sa.ForeignKey("area.code", ondelete="CASCADE"), primary_key=True),
        sa.Column("version", sa.String(16), nullable=False),
        sa.Column("geojson", sa.Text, nullable=False),
        sa.Column("west", sa.Double, nullable=False),
        sa.Column("south", sa.Double, nullable=False),
        sa.Column("east", sa.Double, nullable=False),
        sa.Column("north", sa.Double, nullable=False),
        sa.Column("dissolved", sa.Boolean, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("outline")
    op.drop_table("area")
