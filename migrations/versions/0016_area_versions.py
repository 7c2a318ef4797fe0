"""A second version of each commune, which visits leave alone, so that names and borders may be kept through them."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("commune_version") as versions:
        versions.add_column(sa.Column("areas", sa.BigInteger, nullable=True))
    op.execute("UPDATE commune_version SET areas = version")
    with op.batch_alter_table("commune_version") as versions:
        versions.alter_column("areas", existing_type=sa.BigInteger, nullable=False)


def downgrade() -> None:
    with op.batch_alter_table("commune_version") as versions:
        versions.drop_column("areas")
