"""Pilot models."""

import sqlalchemy as sa
from alembic import op

from foundation.database import UtcDateTime

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

PARTS = ("difficulty", "steps", "people", "cost", "change", "shortfall", "advice")


def upgrade() -> None:
    op.create_table(
        "pilot",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("form_id", sa.Uuid, nullable=False),
        sa.Column("hamlet_code", sa.String(20), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in PARTS),
        sa.Column("contact", sa.String(20), nullable=True),
        sa.Column("figures", sa.JSON, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("copied_from", sa.Integer, nullable=True),
        sa.Column("written_by", sa.Integer, nullable=False),
        sa.Column("changed_by", sa.Integer, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("changed_at", UtcDateTime, nullable=False),
        sa.Column("published_at", UtcDateTime, nullable=True),
        sa.Column("withdrawn_at", UtcDateTime, nullable=True),
        sa.ForeignKeyConstraint(["hamlet_code"], ["area.code"], name="fk_pilot_hamlet_code_area"),
        sa.ForeignKeyConstraint(["copied_from"], ["pilot.id"], name="fk_pilot_copied_from_pilot"),
        sa.ForeignKeyConstraint(["written_by"], ["person.id"], name="fk_pilot_written_by_person"),
        sa.ForeignKeyConstraint(["changed_by"], ["person.id"], name="fk_pilot_changed_by_person"),
        sa.PrimaryKeyConstraint("id", name="pk_pilot"),
        sa.UniqueConstraint("form_id", name="uq_pilot_form_id"),
    )
    for column in ("hamlet_code", "copied_from", "published_at"):
        op.create_index(f"ix_pilot_{column}", "pilot", [column])


def downgrade() -> None:
    op.drop_table("pilot")
