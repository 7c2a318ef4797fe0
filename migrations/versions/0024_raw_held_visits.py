"""Visits that the rules refuse are kept as they were told, with what is wrong and why somebody set them aside."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("held_visit", sa.Column("raw", sa.Text, nullable=True))
    op.add_column("held_visit", sa.Column("problems", sa.JSON, nullable=False, server_default=sa.text("'{}'")))
    op.add_column("held_visit", sa.Column("reason", sa.String(200), nullable=False, server_default=sa.text("''")))


def downgrade() -> None:
    # What cannot be read as a visit has no place in the older table.
    op.execute("DELETE FROM held_visit WHERE raw IS NOT NULL")
    op.drop_column("held_visit", "reason")
    op.drop_column("held_visit", "problems")
    op.drop_column("held_visit", "raw")
