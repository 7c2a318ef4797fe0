"""Plain names: the column visit.said becomes summary_counts, the table knock becomes anonymous_visit.

The version before reads and writes the old names, so every node is stopped first.
"""

from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("UPDATE schema_requirement SET minimum_code = '0030'")
    op.execute("ALTER TABLE visit RENAME COLUMN said TO summary_counts")
    _rename_table("knock", "anonymous_visit")


def downgrade() -> None:
    _rename_table("anonymous_visit", "knock")
    op.execute("ALTER TABLE visit RENAME COLUMN summary_counts TO said")
    op.execute("UPDATE schema_requirement SET minimum_code = '0027'")


def _rename_table(old: str, new: str) -> None:
    op.rename_table(old, new)
    op.drop_index(f"ix_{old}_household_id", new)
    op.create_index(f"ix_{new}_household_id", new, ["household_id"])
    # SQLite has no statement for the names of constraints, and nothing refers to them.
    if op.get_bind().dialect.name == "postgresql":
        for name in (f"pk_{old}", f"fk_{old}_household_id_household"):
            op.execute(f"ALTER TABLE {new} RENAME CONSTRAINT {name} TO {name.replace(old, new)}")
        op.execute(f"ALTER SEQUENCE {old}_id_seq RENAME TO {new}_id_seq")
