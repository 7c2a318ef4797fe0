"""Backups that were made and found good."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "backup_record",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("file", sa.String(255), nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("encrypted", sa.Boolean, nullable=False),
        sa.Column("keys_included", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_backup_record"),
    )
    op.create_index("ix_backup_record_made_at", "backup_record", ["made_at"])


def downgrade() -> None:
    op.drop_table("backup_record")
