"""The household that one which was merged turned out to be, so that its visits count there.

Until now only the audit log knew. Run `teams recount` afterwards where households have been merged: what the visits
of a merged one add up to moves with it.
"""

import uuid

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_household = sa.table(
    "household", sa.column("id", sa.Uuid), sa.column("status", sa.String), sa.column("merged_into", sa.Uuid)
)
_audit = sa.table("audit_entry", sa.column("id"), sa.column("act", sa.String), sa.column("what", sa.JSON))


def upgrade() -> None:
    with op.batch_alter_table("household") as table:
        table.add_column(sa.Column("merged_into", sa.Uuid, nullable=True))
        table.create_foreign_key("fk_household_merged_into_household", "household", ["merged_into"], ["id"])
    op.create_index("ix_household_merged_into", "household", ["merged_into"])
    connection = op.get_bind()
    merged = sa.select(_audit.c.what).where(_audit.c.act == "merge_household").order_by(_audit.c.id)
    for what in connection.execute(merged).scalars().all():
        household, stays = uuid.UUID(what["household"]), uuid.UUID(what["into"])
        # A sample may have been taken away since.
        if connection.scalar(sa.select(_household.c.id).where(_household.c.id == stays)) is not None:
            which = sa.and_(_household.c.id == household, _household.c.status == "merged")
            connection.execute(_household.update().where(which).values(merged_into=stays))
    # Nobody knows what such a one was merged into: back on the list, where somebody sees it.
    lost = sa.and_(_household.c.status == "merged", _household.c.merged_into.is_(None))
    connection.execute(_household.update().where(lost).values(status="active"))


def downgrade() -> None:
    op.drop_index("ix_household_merged_into", "household")
    with op.batch_alter_table("household") as household:
        household.drop_constraint("fk_household_merged_into_household", type_="foreignkey")
        household.drop_column("merged_into")
