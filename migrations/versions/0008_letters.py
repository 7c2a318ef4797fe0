"""Letters of completion: signed awards, a public status list, correction and revocation."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "letter_status",
        sa.Column("index", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("void", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("index", name="pk_letter_status"),
    )
    op.create_table(
        "award_key",
        sa.Column("id", sa.String(8), nullable=False),
        sa.Column("salt", sa.LargeBinary(16), nullable=False),
        sa.Column("public", sa.LargeBinary(32), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("distrusted", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_award_key"),
    )
    with op.batch_alter_table("certificate") as certificate:
        certificate.add_column(sa.Column("status_index", sa.Integer(), nullable=True))
        certificate.add_column(sa.Column("replaced_by", sa.String(10), nullable=False, server_default=""))
        certificate.add_column(sa.Column("revoked_for", sa.String(20), nullable=True))
        certificate.add_column(sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True))
    _give_every_letter_its_place()
    with op.batch_alter_table("certificate") as certificate:
        certificate.alter_column("status_index", existing_type=sa.Integer(), nullable=False)
        certificate.alter_column("replaced_by", existing_type=sa.String(10), server_default=None)
        certificate.create_foreign_key(
            "fk_certificate_status_index_letter_status", "letter_status", ["status_index"], ["index"]
        )
        certificate.create_unique_constraint("uq_certificate_status_index", ["status_index"])


def _give_every_letter_its_place() -> None:
    connection = op.get_bind()
    letters = connection.execute(sa.text("SELECT code, status FROM certificate ORDER BY code")).all()
    places = sa.table("letter_status", sa.column("index", sa.Integer), sa.column("void", sa.Boolean))
    for index, (code, status) in enumerate(letters):
        connection.execute(places.insert().values(index=index, void=status != "valid"))
        connection.execute(
            sa.text("UPDATE certificate SET status_index = :index WHERE code = :code"), {"index": index, "code": code}
        )


def downgrade() -> None:
    with op.batch_alter_table("certificate") as certificate:
        certificate.drop_constraint("uq_certificate_status_index", type_="unique")
        certificate.drop_constraint("fk_certificate_status_index_letter_status", type_="foreignkey")
        certificate.drop_column("revoked_at")
        certificate.drop_column("revoked_for")
        certificate.drop_column("replaced_by")
        certificate.drop_column("status_index")
    op.drop_table("award_key")
    op.drop_table("letter_status")
