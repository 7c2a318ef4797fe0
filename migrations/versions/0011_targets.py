"""Targets of plans, by area and year."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "target",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("area_code", sa.String(20), nullable=True),
        sa.Column("year", sa.Integer, nullable=False),
        sa.Column("key", sa.String(40), nullable=False),
        sa.Column("indicator", sa.String(3), nullable=False),
        sa.Column("same", sa.Boolean, nullable=False),
        sa.Column("percent", sa.Double, nullable=True),
        sa.Column("words", sa.String(300), nullable=False),
        sa.Column("source", sa.String(300), nullable=False),
        sa.Column("reliability", sa.String(300), nullable=False),
        sa.Column("note", sa.String(300), nullable=False),
        sa.ForeignKeyConstraint(["area_code"], ["area.code"], name="fk_target_area_code_area"),
        sa.PrimaryKeyConstraint("id", name="pk_target"),
        sa.UniqueConstraint("area_code", "year", "key", name="uq_target_area_code_year_key"),
    )


def downgrade() -> None:
    op.drop_table("target")
