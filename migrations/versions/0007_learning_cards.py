"""Learning cards and shared phones: several people on one phone, one person on several."""

import os

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "phone",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_phone"),
        sa.UniqueConstraint("token_hash", name="uq_phone_token_hash"),
    )
    op.create_table(
        "phone_learner",
        sa.Column("phone", sa.Uuid(), nullable=False),
        sa.Column("learner", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["phone"], ["phone.id"], name="fk_phone_learner_phone_phone"),
        sa.ForeignKeyConstraint(["learner"], ["learner.id"], name="fk_phone_learner_learner_learner"),
        sa.PrimaryKeyConstraint("phone", "learner", name="pk_phone_learner"),
    )
    op.create_index("ix_phone_learner_learner", "phone_learner", ["learner"])
    # Until now a phone had one learner and a learner one phone.
    op.execute("INSERT INTO phone (id, token_hash, created_at) SELECT id, token_hash, created_at FROM learner")
    op.execute("INSERT INTO phone_learner (phone, learner, position) SELECT id, id, 1 FROM learner")
    with op.batch_alter_table("learner") as learner:
        learner.drop_constraint("uq_learner_token_hash", type_="unique")
        learner.drop_column("token_hash")
        learner.add_column(sa.Column("nickname", sa.String(30), nullable=False, server_default=""))
        learner.add_column(sa.Column("picture", sa.String(20), nullable=False, server_default=""))
        learner.add_column(sa.Column("age_band", sa.String(10), nullable=True))
    with op.batch_alter_table("learner") as learner:
        learner.alter_column("nickname", server_default=None)
        learner.alter_column("picture", server_default=None)
    with op.batch_alter_table("answer") as answer:
        answer.alter_column("right", existing_type=sa.Boolean(), nullable=True)
        answer.add_column(sa.Column("assisted", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("answer") as answer:
        answer.alter_column("assisted", server_default=None)
    op.create_table(
        "card",
        sa.Column("code", sa.String(10), nullable=False),
        sa.Column("learner", sa.Uuid(), nullable=True),
        sa.Column("secret_hash", sa.String(200), nullable=False),
        sa.Column("made_by", sa.String(40), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("wrong_tries", sa.Integer(), nullable=False),
        sa.Column("paused_until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["learner"], ["learner.id"], name="fk_card_learner_learner"),
        sa.PrimaryKeyConstraint("code", name="pk_card"),
    )
    op.create_index("ix_card_learner", "card", ["learner"])
    # One card in use for each learner: whoever makes another has lost the one before.
    op.create_index(
        "uq_card_learner_in_use",
        "card",
        ["learner"],
        unique=True,
        sqlite_where=sa.text("stopped_at IS NULL"),
        postgresql_where=sa.text("stopped_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_table("card")
    op.execute(sa.text('DELETE FROM answer WHERE "right" IS NULL'))
    with op.batch_alter_table("answer") as answer:
        answer.drop_column("assisted")
        answer.alter_column("right", existing_type=sa.Boolean(), nullable=False)
    with op.batch_alter_table("learner") as learner:
        learner.add_column(sa.Column("token_hash", sa.LargeBinary(32), nullable=True))
        learner.drop_column("nickname")
        learner.drop_column("picture")
        learner.drop_column("age_band")
    _give_each_phone_to_its_first_learner()
    with op.batch_alter_table("learner") as learner:
        learner.alter_column("token_hash", existing_type=sa.LargeBinary(32), nullable=False)
        learner.create_unique_constraint("uq_learner_token_hash", ["token_hash"])
    op.drop_index("ix_phone_learner_learner", "phone_learner")
    op.drop_table("phone_learner")
    op.drop_table("phone")


def _give_each_phone_to_its_first_learner() -> None:
    """The others of a shared phone get a token no cookie holds: their answers stay, nobody opens them any more."""
    connection = op.get_bind()
    learner = sa.table("learner", sa.column("id", sa.Uuid()), sa.column("token_hash", sa.LargeBinary(32)))
    phone = sa.table("phone", sa.column("id", sa.Uuid()), sa.column("token_hash", sa.LargeBinary(32)))
    held = sa.table(
        "phone_learner",
        sa.column("phone", sa.Uuid()),
        sa.column("learner", sa.Uuid()),
        sa.column("position", sa.Integer()),
    )
    tokens = {id_: os.urandom(32) for (id_,) in connection.execute(sa.select(learner.c.id))}
    given: set[bytes] = set()
    of_phones = (
        sa.select(held.c.learner, phone.c.token_hash).join(phone, phone.c.id == held.c.phone).order_by(held.c.position)
    )
    served: set[object] = set()
    for id_, token_hash in connection.execute(of_phones):
        if token_hash not in given and id_ not in served:
            given.add(token_hash)
            served.add(id_)
            tokens[id_] = token_hash
    for id_, token_hash in tokens.items():
        connection.execute(learner.update().where(learner.c.id == id_).values(token_hash=token_hash))
