"""Counters for the layers of the coverage map, by week, and what each member did by day."""

import sqlalchemy as sa
from alembic import op

from foundation.database import bytewise

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

OUTCOMES = (
    *("met_done", "met_partial", "not_home", "rescheduled", "refused"),
    *("moved", "vacant", "not_found", "language", "unsafe"),
)
LAYERS = (
    *("households_sized", "adults", "households_aged_known", "aged_60plus"),
    *("assessed", "vneid_asked", "level2", "skills_asked", "able"),
    *("signal_asked", "signal_none", "signal_weak", "power_asked", "power_gap", "phone_asked", "no_smartphone"),
    *("language_asked", "language_vi_only", "language_muong", "language_thai", "language_mong"),
    *("language_dao", "language_tho", "language_khomu", "language_other"),
    *("helped_60plus", "newborn_flagged", "newborn_resolved", "progress_households", "progress_points", "recovered"),
    *("left_not_home", "left_rescheduled", "left_refused", "left_not_found", "left_language", "left_unsafe"),
    *("timed", "minutes", "lessons", "dossiers", "scam_warnings", "trips", "trip_km", "feelings", "happy"),
    *("issues_opened", "issues_closed"),
)


def upgrade() -> None:
    # Visits kept before this say nothing here; they stay as they are.
    op.add_column("visit", sa.Column("said", sa.JSON, nullable=False, server_default=sa.text("'{}'")))
    with op.batch_alter_table("visit") as table:
        table.alter_column("said", server_default=None)
    op.add_column("issue", sa.Column("closed_on", sa.Date, nullable=True))
    for name in LAYERS:
        op.add_column("hamlet_total", sa.Column(name, sa.Integer, nullable=False, server_default=sa.text("0")))
    op.create_table(
        "hamlet_week",
        sa.Column("hamlet_code", sa.String(20), nullable=False),
        sa.Column("week", sa.Date, nullable=False),
        sa.Column("path", bytewise(60), nullable=False),
        sa.Column("first_knocked", sa.Integer, nullable=False),
        sa.Column("first_reached", sa.Integer, nullable=False),
        *(sa.Column(name, sa.Integer, nullable=False) for name in OUTCOMES),
        *(sa.Column(name, sa.Integer, nullable=False, server_default=sa.text("0")) for name in LAYERS),
        sa.ForeignKeyConstraint(["hamlet_code"], ["area.code"], name="fk_hamlet_week_hamlet_code_area"),
        sa.PrimaryKeyConstraint("hamlet_code", "week", name="pk_hamlet_week"),
    )
    op.create_index("ix_hamlet_week_path_week", "hamlet_week", ["path", "week"])
    op.create_table(
        "member_day",
        sa.Column("member_id", sa.Integer, nullable=False),
        sa.Column("hamlet_code", sa.String(20), nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("visits", sa.Integer, nullable=False),
        sa.Column("timed", sa.Integer, nullable=False),
        sa.Column("minutes", sa.Integer, nullable=False),
        sa.ForeignKeyConstraint(["hamlet_code"], ["area.code"], name="fk_member_day_hamlet_code_area"),
        sa.ForeignKeyConstraint(["member_id"], ["person.id"], name="fk_member_day_member_id_person"),
        sa.PrimaryKeyConstraint("member_id", "hamlet_code", "day", name="pk_member_day"),
    )
    op.create_index("ix_member_day_hamlet_code_day", "member_day", ["hamlet_code", "day"])


def downgrade() -> None:
    op.drop_table("member_day")
    op.drop_table("hamlet_week")
    with op.batch_alter_table("hamlet_total") as table:
        for name in LAYERS:
            table.drop_column(name)
    with op.batch_alter_table("issue") as table:
        table.drop_column("closed_on")
    with op.batch_alter_table("visit") as table:
        table.drop_column("said")
