"""Rename two columns of the job table to plain names: told to arguments, asked_at to requested_at.

Not safe for the version before, which reads both: it refuses to start on this database. Stop all nodes first.
"""

from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE job RENAME COLUMN told TO arguments")
    op.execute("ALTER TABLE job RENAME COLUMN asked_at TO requested_at")
    op.execute("UPDATE schema_requirement SET minimum_code = '0031'")


def downgrade() -> None:
    op.execute("UPDATE schema_requirement SET minimum_code = '0030'")
    op.execute("ALTER TABLE job RENAME COLUMN requested_at TO asked_at")
    op.execute("ALTER TABLE job RENAME COLUMN arguments TO told")
