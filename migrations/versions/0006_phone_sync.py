"""What the teams' phones need: devices, visits held for a person, what changed in a work list."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "held_visit",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("visit_id", sa.Uuid, nullable=False),
        sa.Column("content_hash", sa.String(64), nullable=False),
        sa.Column("hamlet_code", sa.String(20), nullable=False),
        sa.Column("why", sa.String(20), nullable=False),
        sa.Column("record", sa.JSON, nullable=False),
        sa.Column("member_id", sa.Integer, nullable=False),
        sa.Column("device", sa.Uuid, nullable=True),
        sa.Column("clock_offset", sa.Integer, nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settlement", sa.String(20), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.Integer, nullable=True),
        sa.Column("taken_as", sa.Uuid, nullable=True),
        sa.ForeignKeyConstraint(["hamlet_code"], ["area.code"], name="fk_held_visit_hamlet_code_area"),
        sa.ForeignKeyConstraint(["member_id"], ["person.id"], name="fk_held_visit_member_id_person"),
        sa.ForeignKeyConstraint(["settled_by"], ["person.id"], name="fk_held_visit_settled_by_person"),
        sa.ForeignKeyConstraint(["taken_as"], ["visit.id"], name="fk_held_visit_taken_as_visit"),
        sa.PrimaryKeyConstraint("id", name="pk_held_visit"),
        sa.UniqueConstraint("visit_id", "content_hash", name="uq_held_visit_visit_id_content_hash"),
    )
    op.create_index("ix_held_visit_hamlet_code_settled_at", "held_visit", ["hamlet_code", "settled_at"])
    for table in ("household", "hamlet_total"):
        op.add_column(table, sa.Column("change", sa.BigInteger, nullable=False, server_default=sa.text("1")))
    op.create_index("ix_household_hamlet_code_change", "household", ["hamlet_code", "change", "id"])
    op.create_table(
        "household_gone",
        sa.Column("hamlet_code", sa.String(20), nullable=False),
        sa.Column("household_id", sa.Uuid, nullable=False),
        sa.Column("change", sa.BigInteger, nullable=False),
        sa.ForeignKeyConstraint(["hamlet_code"], ["area.code"], name="fk_household_gone_hamlet_code_area"),
        sa.PrimaryKeyConstraint("hamlet_code", "household_id", name="pk_household_gone"),
    )
    op.create_index("ix_household_gone_hamlet_code_change", "household_gone", ["hamlet_code", "change", "household_id"])
    op.create_table(
        "device",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("person_id", sa.Integer, nullable=False),
        sa.Column("first_seen", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen", sa.DateTime(timezone=True), nullable=False),
        sa.Column("pending_reported", sa.Integer, nullable=True),
        sa.Column("app_version", sa.String(20), nullable=True),
        sa.Column("storage", sa.String(20), nullable=True),
        sa.Column("cut_off_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_device_person_id_person", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", "person_id", name="pk_device"),
    )
    op.create_index("ix_device_person_id", "device", ["person_id"])


def downgrade() -> None:
    op.drop_table("device")
    op.drop_table("household_gone")
    op.drop_index("ix_household_hamlet_code_change", "household")
    for table in ("hamlet_total", "household"):
        op.drop_column(table, "change")
    op.drop_table("held_visit")
