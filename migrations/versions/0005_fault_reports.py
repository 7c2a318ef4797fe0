"""What people report to be wrong in a lesson."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "fault_report",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("lesson", sa.String(64), nullable=False),
        sa.Column("place", sa.String(150), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("note", sa.String(500), nullable=False),
        sa.Column("library", sa.String(16), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("address", sa.String(64), nullable=False),
        sa.Column("reply", sa.String(300), nullable=False),
        sa.Column("handled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("handled_by", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_fault_report"),
    )
    op.create_index("ix_fault_report_state_sent_at", "fault_report", ["state", "sent_at"])
    op.create_index("ix_fault_report_lesson", "fault_report", ["lesson"])
    op.create_index("ix_fault_report_address", "fault_report", ["address"])


def downgrade() -> None:
    op.drop_table("fault_report")
