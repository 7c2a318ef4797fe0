"""What the teams' phones need: devices, conflicts kept for a person, what changed in a work list."""

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
