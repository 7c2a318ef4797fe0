"""The files that jobs made, where every machine reads them."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "job_file_chunk",
        sa.Column("job_id", sa.Uuid, nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("position", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("data", sa.LargeBinary, nullable=False),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], name="fk_job_file_chunk_job_id_job"),
        sa.PrimaryKeyConstraint("job_id", "name", "position", name="pk_job_file_chunk"),
    )


def downgrade() -> None:
    op.drop_table("job_file_chunk")
