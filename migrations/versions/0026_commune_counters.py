"""Counters of each commune; weeks by when they became known; counts of visits that are erased.

Of the weeks there are nobody wrote down when they became known: they are taken for known in the week itself.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from foundation.database import bytewise

revision = "0026"
down_revision = "0025"
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
WEEKS = ("first_knocked", "first_reached", *OUTCOMES, *LAYERS)
TOTALS = ("households", "knocked", "reached", *OUTCOMES, *LAYERS)


def upgrade() -> None:
    # Code of before adds nothing to the counters of communes: stop every node first.
    op.execute("UPDATE schema_requirement SET minimum_code = '0026'")
    _key_weeks_by_knowledge()
    op.create_table(
        "hamlet_base",
        sa.Column("hamlet_code", sa.String(20), nullable=False),
        sa.Column("week", sa.Date, nullable=False),
        sa.Column("last_visit_on", sa.Date, nullable=True),
        *_counters(WEEKS),
        sa.ForeignKeyConstraint(["hamlet_code"], ["area.code"], name="fk_hamlet_base_hamlet_code_area"),
        sa.PrimaryKeyConstraint("hamlet_code", "week", name="pk_hamlet_base"),
    )
    op.create_table(
        "commune_total",
        sa.Column("commune_code", sa.String(20), nullable=False),
        sa.Column("path", bytewise(60), nullable=False),
        sa.Column("hamlets", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.Column("listed", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.Column("official_households", sa.Integer, nullable=True),
        sa.Column("first_source", sa.String(300), nullable=True),
        sa.Column("last_source", sa.String(300), nullable=True),
        sa.Column("as_of", sa.Date, nullable=True),
        sa.Column("is_sample", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("reached_listed", sa.Integer, nullable=False),
        sa.Column("enumerated_unlisted", sa.Integer, nullable=False),
        sa.Column("last_visit_on", sa.Date, nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("change", sa.BigInteger, nullable=False, server_default=sa.text("1")),
        *_counters(TOTALS),
        sa.ForeignKeyConstraint(["commune_code"], ["area.code"], name="fk_commune_total_commune_code_area"),
        sa.PrimaryKeyConstraint("commune_code", name="pk_commune_total"),
    )
    op.create_index("ix_commune_total_path", "commune_total", ["path"])
    op.create_table(
        "commune_week",
        sa.Column("commune_code", sa.String(20), nullable=False),
        sa.Column("week", sa.Date, nullable=False),
        sa.Column("known_in", sa.Date, nullable=False),
        sa.Column("path", bytewise(60), nullable=False),
        sa.Column("first_reached_listed", sa.Integer, nullable=False),
        *_counters(WEEKS),
        sa.ForeignKeyConstraint(["commune_code"], ["area.code"], name="fk_commune_week_commune_code_area"),
        sa.PrimaryKeyConstraint("commune_code", "week", "known_in", name="pk_commune_week"),
    )
    op.create_index("ix_commune_week_path_week", "commune_week", ["path", "week"])
    _fill_totals()
    _fill_weeks()


def downgrade() -> None:
    op.drop_table("commune_week")
    op.drop_table("commune_total")
    op.drop_table("hamlet_base")
    sums = ", ".join(f"sum({name}) AS {name}" for name in WEEKS)
    op.execute(
        f"CREATE TABLE hamlet_week_sum AS SELECT hamlet_code, week, path, {sums}"  # noqa: S608 - names of ours
        " FROM hamlet_week GROUP BY hamlet_code, week, path"
    )
    op.execute("DELETE FROM hamlet_week")
    with op.batch_alter_table("hamlet_week") as weeks:
        weeks.drop_constraint("pk_hamlet_week", type_="primary")
        weeks.drop_column("known_in")
        weeks.create_primary_key("pk_hamlet_week", ["hamlet_code", "week"])
    names = ", ".join(("hamlet_code", "week", "path", *WEEKS))
    op.execute(f"INSERT INTO hamlet_week ({names}) SELECT {names} FROM hamlet_week_sum")  # noqa: S608 - names of ours
    op.execute("DROP TABLE hamlet_week_sum")
    op.execute("UPDATE schema_requirement SET minimum_code = ''")


def _counters(names: tuple[str, ...]) -> "list[sa.Column[Any]]":
    # Layers have a default of their own, as in hamlet_total.
    return [
        sa.Column(name, sa.Integer, nullable=False, server_default=sa.text("0") if name in LAYERS else None)
        for name in names
    ]


def _key_weeks_by_knowledge() -> None:
    with op.batch_alter_table("hamlet_week") as weeks:
        weeks.add_column(sa.Column("known_in", sa.Date, nullable=True))
    op.execute("UPDATE hamlet_week SET known_in = week")
    with op.batch_alter_table("hamlet_week") as weeks:
        weeks.alter_column("known_in", existing_type=sa.Date, nullable=False)
        weeks.drop_constraint("pk_hamlet_week", type_="primary")
        weeks.create_primary_key("pk_hamlet_week", ["hamlet_code", "week", "known_in"])


def _fill_totals() -> None:
    sums = ", ".join(f"coalesce(sum(t.{name}), 0)" for name in TOTALS)
    listed = "h.official_households IS NOT NULL"
    op.execute(
        f"""
        INSERT INTO commune_total (
            commune_code, path, hamlets, listed, official_households, first_source, last_source, as_of, is_sample,
            reached_listed, enumerated_unlisted, last_visit_on, updated_at, {", ".join(TOTALS)}
        )
        SELECT c.code, c.path, count(h.code), count(h.official_households), sum(h.official_households),
            min(CASE WHEN {listed} THEN h.households_source END), max(CASE WHEN {listed} THEN h.households_source END),
            min(CASE WHEN {listed} THEN h.households_as_of END),
            coalesce(max(CASE WHEN h.is_sample THEN 1 ELSE 0 END), 0) = 1,
            coalesce(sum(CASE WHEN {listed} THEN t.reached END), 0),
            coalesce(sum(CASE WHEN h.official_households IS NULL THEN t.households END), 0),
            max(t.last_visit_on), max(t.updated_at), {sums}
        FROM area c
        LEFT JOIN area h ON h.parent_code = c.code AND h.level = 'hamlet' AND h.valid_to IS NULL
        LEFT JOIN hamlet_total t ON t.hamlet_code = h.code
        WHERE c.level = 'commune'
        GROUP BY c.code, c.path
        """  # noqa: S608 - names of ours
    )


def _fill_weeks() -> None:
    sums = ", ".join(f"sum(w.{name})" for name in WEEKS)
    op.execute(
        f"""
        INSERT INTO commune_week (commune_code, week, known_in, path, first_reached_listed, {", ".join(WEEKS)})
        SELECT c.code, w.week, w.known_in, c.path,
            sum(CASE WHEN h.official_households IS NULL THEN 0 ELSE w.first_reached END), {sums}
        FROM hamlet_week w
        JOIN area h ON h.code = w.hamlet_code
        JOIN area c ON c.code = h.parent_code
        GROUP BY c.code, c.path, w.week, w.known_in
        """  # noqa: S608 - names of ours
    )
