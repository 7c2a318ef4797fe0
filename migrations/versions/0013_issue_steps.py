"""The steps issues go through until the resident says they are settled."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "issue_step",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("issue_id", sa.Integer, nullable=False),
        sa.Column("person_id", sa.Integer, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("level", sa.String(20), nullable=True),
        sa.Column("owner", sa.String(80), nullable=False),
        sa.Column("due", sa.Date, nullable=True),
        sa.Column("note", sa.String(500), nullable=False),
        sa.ForeignKeyConstraint(["issue_id"], ["issue.id"], name="fk_issue_step_issue_id_issue"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_issue_step_person_id_person"),
        sa.PrimaryKeyConstraint("id", name="pk_issue_step"),
    )
    op.create_index("ix_issue_step_issue_id", "issue_step", ["issue_id"])


def downgrade() -> None:
    op.drop_table("issue_step")
