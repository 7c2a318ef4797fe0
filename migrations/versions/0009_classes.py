"""Assisted learning, class evenings, background jobs."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

PATH = sa.String(60).with_variant(sa.String(60, collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "job",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("who", sa.String(40), nullable=False),
        sa.Column("told", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(60), nullable=False),
        sa.Column("files", sa.JSON(), nullable=False),
        sa.Column("worker", sa.String(36), nullable=False),
        sa.Column("beat_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_job"),
    )
    op.create_index("ix_job_state", "job", ["state"])
    op.create_table(
        "class_evening",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_path", PATH, nullable=False),
        sa.Column("course", sa.String(64), nullable=False),
        sa.Column("lessons", sa.JSON(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("teacher", sa.String(80), nullable=False),
        sa.Column("made_by", sa.String(40), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_class_evening"),
    )
    op.create_index("ix_class_evening_area_path", "class_evening", ["area_path"])
    op.create_table(
        "class_learner",
        sa.Column("evening", sa.Uuid(), nullable=False),
        sa.Column("learner", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["evening"], ["class_evening.id"], name="fk_class_learner_evening_class_evening"),
        sa.ForeignKeyConstraint(["learner"], ["learner.id"], name="fk_class_learner_learner_learner"),
        sa.PrimaryKeyConstraint("evening", "learner", name="pk_class_learner"),
    )
    op.create_index("ix_class_learner_learner", "class_learner", ["learner"])
    op.create_table(
        "done_together",
        sa.Column("evening", sa.Uuid(), nullable=False),
        sa.Column("learner", sa.Uuid(), nullable=False),
        sa.Column("lesson", sa.String(64), nullable=False),
        sa.Column("seen_by", sa.String(40), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["evening"], ["class_evening.id"], name="fk_done_together_evening_class_evening"),
        sa.ForeignKeyConstraint(["learner"], ["learner.id"], name="fk_done_together_learner_learner"),
        sa.PrimaryKeyConstraint("evening", "learner", "lesson", name="pk_done_together"),
    )
    op.create_index("ix_done_together_learner", "done_together", ["learner"])
    op.create_table(
        "assisted_session",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("helper", sa.String(40), nullable=False),
        sa.Column("area_path", PATH, nullable=False),
        sa.Column("code_hash", sa.LargeBinary(32), nullable=True),
        sa.Column("phone", sa.Uuid(), nullable=True),
        sa.Column("learner", sa.Uuid(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["phone"], ["phone.id"], name="fk_assisted_session_phone_phone", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["learner"], ["learner.id"], name="fk_assisted_session_learner_learner"),
        sa.PrimaryKeyConstraint("id", name="pk_assisted_session"),
        sa.UniqueConstraint("code_hash", name="uq_assisted_session_code_hash"),
    )
    op.create_index("ix_assisted_session_phone", "assisted_session", ["phone"])
    op.create_index("ix_assisted_session_learner", "assisted_session", ["learner"])
    op.create_index("ix_assisted_session_area_path", "assisted_session", ["area_path"])
    with op.batch_alter_table("card") as card:
        card.add_column(sa.Column("area_path", PATH, nullable=False, server_default=sa.text("''")))
    op.create_index("ix_answer_lesson_step_right", "answer", ["lesson", "step", "right"])
    op.create_table(
        "lesson_tally",
        sa.Column("lesson", sa.String(64), nullable=False),
        sa.Column("learner", sa.Uuid(), nullable=False),
        sa.Column("passed", sa.Integer(), nullable=False),
        sa.Column("alone", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["learner"], ["learner.id"], name="fk_lesson_tally_learner_learner"),
        sa.PrimaryKeyConstraint("lesson", "learner", name="pk_lesson_tally"),
    )
    op.create_index("ix_lesson_tally_learner", "lesson_tally", ["learner"])
    op.execute(
        """
        INSERT INTO lesson_tally (lesson, learner, passed, alone)
        SELECT lesson, learner,
               COUNT(DISTINCT CASE WHEN "right" THEN step END),
               COUNT(DISTINCT CASE WHEN "right" AND NOT assisted THEN step END)
        FROM answer GROUP BY lesson, learner
        """
    )


def downgrade() -> None:
    op.drop_table("lesson_tally")
    op.drop_index("ix_answer_lesson_step_right", "answer")
    with op.batch_alter_table("card") as card:
        card.drop_column("area_path")
    for table in ("assisted_session", "done_together", "class_learner", "class_evening", "job"):
        op.drop_table(table)
