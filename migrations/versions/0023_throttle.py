"""One table for all limits. sign_in_failure stays for the version before, which still counts in it; it holds addresses
for a quarter of an hour, so what is in it goes now.
"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "throttle_bucket",
        sa.Column("name", sa.String(30), nullable=False),
        sa.Column("key", sa.String(32), nullable=False),
        sa.Column("full_until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", "key", name="pk_throttle_bucket"),
    )
    op.create_index("ix_throttle_bucket_full_until", "throttle_bucket", ["full_until"])
    op.execute("DELETE FROM sign_in_failure")
    op.execute("UPDATE fault_report SET address = '' WHERE address <> ''")


def downgrade() -> None:
    op.drop_table("throttle_bucket")
