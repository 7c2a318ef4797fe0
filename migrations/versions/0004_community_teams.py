"""Community teams: households, the visits made to them, and the counters of each hamlet."""

import sqlalchemy as sa
from alembic import op

from foundation.database import bytewise

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

OUTCOMES = (
    "met_done",
    "met_partial",
    "not_home",
    "rescheduled",
    "refused",
    "moved",
    "vacant",
    "not_found",
    "language",
    "unsafe",
)


def _counts() -> list[sa.Column[int]]:
    return [sa.Column(outcome, sa.Integer, nullable=False) for outcome in OUTCOMES]


def upgrade() -> None:
    op.create_table(
        "household",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("short_code", sa.String(30), nullable=False),
        sa.Column("hamlet_code", sa.String(20), nullable=False),
        sa.Column("lane", sa.String(80), nullable=False),
        sa.Column("label", sa.String(80), nullable=True),
        sa.Column("folded", sa.String(200), nullable=False),
        sa.Column("lane_key", bytewise(480), nullable=False),
        sa.Column("code_key", bytewise(180), nullable=False),
        sa.Column("preferred_language", sa.String(35), nullable=True),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("first_knocked_on", sa.Date, nullable=True),
        sa.Column("first_reached_on", sa.Date, nullable=True),
        sa.Column("last_outcome", sa.String(20), nullable=True),
        sa.Column("last_visited_on", sa.Date, nullable=True),
        sa.Column("next_visit_on", sa.Date, nullable=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("is_sample", sa.Boolean, nullable=False),
        sa.ForeignKeyConstraint(["hamlet_code"], ["area.code"], name="fk_household_hamlet_code_area"),
        sa.PrimaryKeyConstraint("id", name="pk_household"),
        sa.UniqueConstraint("hamlet_code", "short_code", name="uq_household_hamlet_code_short_code"),
    )
    op.create_index("ix_household_hamlet_code_lane_key", "household", ["hamlet_code", "lane_key", "code_key"])
    op.create_table(
        "knock",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("household_id", sa.Uuid, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("outcome", sa.String(20), nullable=False),
        sa.Column("next_visit_on", sa.Date, nullable=True),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name="fk_knock_household_id_household"),
        sa.PrimaryKeyConstraint("id", name="pk_knock"),
    )
    op.create_index("ix_knock_household_id", "knock", ["household_id"])
    op.create_table(
        "visit",
        # Made on the phone: a visit sent twice meets itself.
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("hamlet_code", sa.String(20), nullable=False),
        sa.Column("household_id", sa.Uuid, nullable=True),
        sa.Column("member_id", sa.Integer, nullable=False),
        sa.Column("device", sa.Uuid, nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("clock_offset", sa.Integer, nullable=True),
        sa.Column("visited_on", sa.Date, nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.String(20), nullable=False),
        sa.Column("reason", sa.String(200), nullable=True),
        sa.Column("consent_level", sa.String(20), nullable=True),
        sa.Column("consent_text_version", sa.String(20), nullable=True),
        sa.Column("consent_how", sa.String(20), nullable=True),
        sa.Column("language_used", sa.JSON, nullable=True),
        sa.Column("form_version", sa.Integer, nullable=False),
        sa.Column("app_version", sa.String(20), nullable=True),
        sa.Column("input_type", sa.String(20), nullable=False),
        sa.Column("visit_type", sa.String(20), nullable=True),
        sa.Column("adults", sa.Integer, nullable=True),
        sa.Column("aged_60plus", sa.Integer, nullable=True),
        sa.Column("children_under_6", sa.Integer, nullable=True),
        sa.Column("children_6_13", sa.Integer, nullable=True),
        sa.Column("newborn_pending", sa.Boolean, nullable=True),
        sa.Column("needs_support", sa.JSON, nullable=True),
        sa.Column("phones_smart", sa.Integer, nullable=True),
        sa.Column("phones_basic", sa.Integer, nullable=True),
        sa.Column("phones_shared", sa.Boolean, nullable=True),
        sa.Column("phone_problems", sa.JSON, nullable=True),
        sa.Column("network", sa.JSON, nullable=True),
        sa.Column("fixed_internet", sa.Boolean, nullable=True),
        sa.Column("wifi", sa.Boolean, nullable=True),
        sa.Column("power", sa.String(20), nullable=True),
        sa.Column("support_given", sa.JSON, nullable=True),
        sa.Column("trip_saved_km", sa.Integer, nullable=True),
        sa.Column("satisfaction", sa.Integer, nullable=True),
        sa.Column("next_visit_on", sa.Date, nullable=True),
        sa.Column("next_goal", sa.String(200), nullable=True),
        sa.Column("note", sa.String(500), nullable=False),
        sa.Column("content_hash", sa.String(64), nullable=False),
        sa.Column("supersedes", sa.Uuid, nullable=True),
        sa.ForeignKeyConstraint(["hamlet_code"], ["area.code"], name="fk_visit_hamlet_code_area"),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name="fk_visit_household_id_household"),
        sa.ForeignKeyConstraint(["member_id"], ["person.id"], name="fk_visit_member_id_person"),
        sa.ForeignKeyConstraint(["supersedes"], ["visit.id"], name="fk_visit_supersedes_visit"),
        sa.PrimaryKeyConstraint("id", name="pk_visit"),
        sa.UniqueConstraint("supersedes", name="uq_visit_supersedes"),
    )
    op.create_index("ix_visit_hamlet_code_visited_on", "visit", ["hamlet_code", "visited_on"])
    op.create_index("ix_visit_household_id", "visit", ["household_id"])
    op.create_index("ix_visit_member_id_visited_on", "visit", ["member_id", "visited_on"])
    op.create_table(
        "visit_person",
        sa.Column("visit_id", sa.Uuid, nullable=False),
        sa.Column("position", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("age_band", sa.String(20), nullable=True),
        sa.Column("sex", sa.String(20), nullable=True),
        sa.Column("vneid_level", sa.String(20), nullable=True),
        sa.Column("documents", sa.JSON, nullable=True),
        sa.Column("skills", sa.JSON, nullable=True),
        sa.Column("helped_with", sa.JSON, nullable=True),
        sa.Column("lessons", sa.JSON, nullable=True),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name="fk_visit_person_visit_id_visit"),
        sa.PrimaryKeyConstraint("visit_id", "position", name="pk_visit_person"),
    )
    op.create_table(
        "issue",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("visit_id", sa.Uuid, nullable=False),
        sa.Column("household_id", sa.Uuid, nullable=True),
        sa.Column("hamlet_code", sa.String(20), nullable=False),
        sa.Column("type", sa.String(20), nullable=False),
        sa.Column("level", sa.String(20), nullable=True),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("due", sa.Date, nullable=True),
        sa.Column("beyond_authority", sa.Boolean, nullable=False),
        sa.Column("note", sa.String(500), nullable=False),
        sa.Column("opened_on", sa.Date, nullable=False),
        sa.ForeignKeyConstraint(["hamlet_code"], ["area.code"], name="fk_issue_hamlet_code_area"),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name="fk_issue_household_id_household"),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name="fk_issue_visit_id_visit"),
        sa.PrimaryKeyConstraint("id", name="pk_issue"),
    )
    op.create_index("ix_issue_hamlet_code", "issue", ["hamlet_code"])
    op.create_index("ix_issue_household_id", "issue", ["household_id"])
    op.create_index("ix_issue_visit_id", "issue", ["visit_id"])
    op.create_table(
        "hamlet_total",
        sa.Column("hamlet_code", sa.String(20), nullable=False),
        sa.Column("path", bytewise(60), nullable=False),
        sa.Column("households", sa.Integer, nullable=False),
        sa.Column("knocked", sa.Integer, nullable=False),
        sa.Column("reached", sa.Integer, nullable=False),
        sa.Column("last_visit_on", sa.Date, nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        *_counts(),
        sa.ForeignKeyConstraint(["hamlet_code"], ["area.code"], name="fk_hamlet_total_hamlet_code_area"),
        sa.PrimaryKeyConstraint("hamlet_code", name="pk_hamlet_total"),
    )
    op.create_index("ix_hamlet_total_path", "hamlet_total", ["path"])
    op.create_table(
        "hamlet_day",
        sa.Column("hamlet_code", sa.String(20), nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("first_knocked", sa.Integer, nullable=False),
        sa.Column("first_reached", sa.Integer, nullable=False),
        *_counts(),
        sa.ForeignKeyConstraint(["hamlet_code"], ["area.code"], name="fk_hamlet_day_hamlet_code_area"),
        sa.PrimaryKeyConstraint("hamlet_code", "day", name="pk_hamlet_day"),
    )
    op.create_index("ix_hamlet_day_day", "hamlet_day", ["day"])


def downgrade() -> None:
    op.drop_table("hamlet_day")
    op.drop_table("hamlet_total")
    op.drop_table("issue")
    op.drop_table("visit_person")
    op.drop_table("visit")
    op.drop_table("knock")
    op.drop_table("household")
