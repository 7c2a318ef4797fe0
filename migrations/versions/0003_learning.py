"""Learning: anonymous learners, their answers, and their letters of completion."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "learner",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_learner"),
        sa.UniqueConstraint("token_hash", name="uq_learner_token_hash"),
    )
    op.create_table(
        "answer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("learner", sa.Uuid(), nullable=False),
        sa.Column("lesson", sa.String(64), nullable=False),
        sa.Column("step", sa.String(64), nullable=False),
        sa.Column("given", sa.String(500), nullable=False),
        sa.Column("right", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["learner"], ["learner.id"], name="fk_answer_learner_learner"),
        sa.PrimaryKeyConstraint("id", name="pk_answer"),
    )
    op.create_index("ix_answer_learner_lesson", "answer", ["learner", "lesson"])
    op.create_table(
        "certificate",
        sa.Column("code", sa.String(10), nullable=False),
        sa.Column("learner", sa.Uuid(), nullable=False),
        sa.Column("course", sa.String(64), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("status", sa.String(10), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["learner"], ["learner.id"], name="fk_certificate_learner_learner"),
        sa.PrimaryKeyConstraint("code", name="pk_certificate"),
    )
    # One valid letter a course and learner, however many times the button is pressed.
    op.create_index(
        "uq_certificate_learner_course_valid",
        "certificate",
        ["learner", "course"],
        unique=True,
        sqlite_where=sa.text("status = 'valid'"),
        postgresql_where=sa.text("status = 'valid'"),
    )


def downgrade() -> None:
    op.drop_index("uq_certificate_learner_course_valid", "certificate")
    op.drop_table("certificate")
    op.drop_index("ix_answer_learner_lesson", "answer")
    op.drop_table("answer")
    op.drop_table("learner")
