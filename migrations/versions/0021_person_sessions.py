"""Sessions the server knows. Whoever is signed in signs in once more; what waits on phones waits on."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "person_session",
        sa.Column("id_hash", sa.String(64), nullable=False),
        sa.Column("person_id", sa.Integer, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name="fk_person_session_person_id_person", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id_hash", name="pk_person_session"),
    )
    op.create_index("ix_person_session_person_id", "person_session", ["person_id"])


def downgrade() -> None:
    op.drop_table("person_session")
