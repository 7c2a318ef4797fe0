"""Tables of the library that woke workers up, which made them by itself. The table of jobs is the queue now.

The version before answers an error to who asks it for the letters of a class after this; the job is stored, and a
worker of this version does it.
"""

from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

TABLES = ("huey_task", "huey_schedule", "huey_kv", "huey_counter")


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for name in TABLES:
            op.execute(f"DROP TABLE IF EXISTS {name}")


def downgrade() -> None:
    """The library makes them again where it needs them."""
