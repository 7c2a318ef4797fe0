"""The numbered migrations and the models say the same, on both databases."""

import pytest
from sqlalchemy import inspect, text

from foundation import migrating
from foundation.database import make_engine


@pytest.fixture
def empty(engine, database_kind, tmp_path):
    """A database of its own, with nothing in it."""
    if database_kind == "sqlite":
        fresh = make_engine(f"sqlite:///{tmp_path}/empty.sqlite3")
        yield fresh
        fresh.dispose()
        return
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as outside:
        outside.execute(text("CREATE DATABASE empty"))
        fresh = make_engine(engine.url.set(database="empty").render_as_string(hide_password=False))
        try:
            yield fresh
        finally:
            fresh.dispose()
            outside.execute(text("DROP DATABASE empty WITH (FORCE)"))


def test_the_migrations_make_one_line(whole_app):
    assert len(migrating.heads()) == 1


def test_migrations_go_up_down_and_up_again(empty):
    assert migrating.current(empty) is None

    migrating.upgrade(empty)
    assert [migrating.current(empty)] == migrating.heads()
    migrating.downgrade(empty, "base")
    assert migrating.current(empty) is None
    assert set(inspect(empty).get_table_names()) <= {"alembic_version"}
    migrating.upgrade(empty)
    assert [migrating.current(empty)] == migrating.heads()


def test_migrating_twice_changes_nothing(empty):
    migrating.upgrade(empty)
    migrating.upgrade(empty)

    assert [migrating.current(empty)] == migrating.heads()


def test_the_migrated_tables_are_exactly_what_the_models_say(empty):
    migrating.upgrade(empty)

    assert migrating.differences(empty) == []
    assert migrating.is_clean(empty)


def test_a_database_that_lacks_something_is_not_clean(empty):
    migrating.upgrade(empty, "0001")

    assert migrating.differences(empty)


def test_foreign_keys_are_watched_again_after_migrating(empty):
    migrating.upgrade(empty)
    if empty.dialect.name == "sqlite":
        with empty.connect() as connection:
            assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
