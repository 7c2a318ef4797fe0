"""Workers for long work say that they live."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "jobs_worker",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("started_at", moment, nullable=False),
        sa.Column("beat_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_jobs_worker"),
    )


def downgrade() -> None:
    op.drop_table("jobs_worker")
