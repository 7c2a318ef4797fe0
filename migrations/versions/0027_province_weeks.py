"""Closed weeks of each province; versions of communes are no longer needed.

Rows of closed weeks are written with the first visit that is stored from now on.
"""

import sqlalchemy as sa
from alembic import op

from foundation.database import bytewise

revision = "0027"
down_revision = "0026"
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
    # Code of before writes versions of communes: stop every node first.
    op.execute("UPDATE schema_requirement SET minimum_code = '0027'")
    op.create_index("ix_commune_week_known_in", "commune_week", ["known_in"])
    op.create_table(
        "province_week",
        sa.Column("province_code", sa.String(20), nullable=False),
        sa.Column("week", sa.Date, nullable=False),
        sa.Column("known_in", sa.Date, nullable=False),
        sa.Column("first_knocked", sa.Integer, nullable=False),
        sa.Column("first_reached", sa.Integer, nullable=False),
        sa.Column("first_reached_listed", sa.Integer, nullable=False),
        *(sa.Column(name, sa.Integer, nullable=False) for name in OUTCOMES),
        *(sa.Column(name, sa.Integer, nullable=False, server_default=sa.text("0")) for name in LAYERS),
        sa.ForeignKeyConstraint(["province_code"], ["area.code"], name="fk_province_week_province_code_area"),
        sa.PrimaryKeyConstraint("province_code", "week", "known_in", name="pk_province_week"),
    )
    op.create_index("ix_province_week_known_in", "province_week", ["known_in"])
    op.drop_table("commune_version")


def downgrade() -> None:
    op.create_table(
        "commune_version",
        sa.Column("commune_code", sa.String(20), nullable=False),
        sa.Column("path", bytewise(60), nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("areas", sa.BigInteger, nullable=False),
        sa.ForeignKeyConstraint(["commune_code"], ["area.code"], name="fk_commune_version_commune_code_area"),
        sa.PrimaryKeyConstraint("commune_code", name="pk_commune_version"),
    )
    op.create_index("ix_commune_version_path", "commune_version", ["path"])
    # Any numbers will do, as long as no process remembers them.
    op.execute(
        "INSERT INTO commune_version (commune_code, path, version, areas)"
        " SELECT code, path, 1, 1 FROM area WHERE level = 'commune'"
    )
    op.drop_table("province_week")
    op.drop_index("ix_commune_week_known_in", "commune_week")
    op.execute("UPDATE schema_requirement SET minimum_code = '0026'")
