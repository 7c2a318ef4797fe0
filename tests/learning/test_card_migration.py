"""Learners of before cards keep their phone, their answers and their cookie."""

from datetime import UTC, datetime
from uuid import uuid4

import sqlalchemy as sa

from foundation import migrating
from tests.test_migrations import empty  # noqa: F401  a database of its own

LEARNER = sa.table("learner", sa.column("id", sa.Uuid()), sa.column("token_hash", sa.LargeBinary(32)))
MOMENT = datetime(2026, 11, 1, tzinfo=UTC)


def test_learners_of_before_cards_keep_their_cookie_up_and_down(empty):  # noqa: F811
    migrating.upgrade(empty, "0006")
    learners = {uuid4(): bytes([number]) * 32 for number in range(3)}
    with empty.begin() as connection:
        for id_, token_hash in learners.items():
            old = sa.table(*["learner", *(sa.column(name) for name in ("id", "token_hash", "created_at"))])
            value = str(id_) if empty.dialect.name == "postgresql" else id_.hex
            connection.execute(old.insert().values(id=value, token_hash=token_hash, created_at=MOMENT))

    migrating.upgrade(empty, "0007")
    with empty.begin() as connection:
        joined = connection.exec_driver_sql(
            "SELECT learner.id, phone.token_hash, learner.nickname FROM phone_learner "
            "JOIN phone ON phone.id = phone_learner.phone JOIN learner ON learner.id = phone_learner.learner"
        ).all()
        assert sorted(bytes(row[1]) for row in joined) == sorted(learners.values())
        assert {row[2] for row in joined} == {""}
        # Two people on one phone, one of them on no other.
        (phone,) = connection.exec_driver_sql("SELECT phone FROM phone_learner LIMIT 1").one()
        extra = uuid4()
        value = str(extra) if empty.dialect.name == "postgresql" else extra.hex
        connection.execute(
            sa.text("INSERT INTO learner (id, nickname, picture, created_at) VALUES (:i, 'Tí', '', :m)"),
            {"i": value, "m": MOMENT},
        )
        connection.execute(sa.text("INSERT INTO phone_learner VALUES (:p, :i, 2)"), {"p": phone, "i": value})

    migrating.downgrade(empty, "0006")
    with empty.begin() as connection:
        back = dict(connection.execute(sa.select(LEARNER.c.id, LEARNER.c.token_hash)).all())
    assert {id_: bytes(back[id_]) for id_ in learners} == learners
    assert bytes(back[extra]) not in learners.values()
