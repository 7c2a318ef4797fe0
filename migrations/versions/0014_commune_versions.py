"""A version for each commune, so that sums over its hamlets may be kept while nothing beneath it has changed."""

import secrets

import sqlalchemy as sa
from alembic import op

from foundation.database import bytewise

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    versions = op.create_table(
        "commune_version",
        sa.Column("commune_code", sa.String(20), nullable=False),
        sa.Column("path", bytewise(60), nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.ForeignKeyConstraint(["commune_code"], ["area.code"], name="fk_commune_version_commune_code_area"),
        sa.PrimaryKeyConstraint("commune_code", name="pk_commune_version"),
    )
    op.create_index("ix_commune_version_path", "commune_version", ["path"])
    communes = op.get_bind().execute(sa.text("SELECT code, path FROM area WHERE level = 'commune'")).all()
    if communes:
        op.bulk_insert(
            versions,
            [{"commune_code": code, "path": path, "version": secrets.randbits(48)} for code, path in communes],
        )


def downgrade() -> None:
    op.drop_table("commune_version")
