"""The oldest code that goes with this database, where a migration could not be made safe for the version before."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    table = op.create_table("schema_requirement", sa.Column("minimum_code", sa.String(32), primary_key=True))
    op.bulk_insert(table, [{"minimum_code": ""}])


def downgrade() -> None:
    op.drop_table("schema_requirement")
