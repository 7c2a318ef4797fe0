"""The numbered migrations and the models say the same, on both databases."""

import json
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from sqlalchemy import MetaData, Uuid, inspect, text

from foundation import migrating
from foundation.database import make_engine


@pytest.fixture
def empty(empty_database):
    """A database of its own, with nothing in it."""
    fresh = make_engine(empty_database)
    yield fresh
    fresh.dispose()


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


def test_what_was_merged_before_finds_its_household_in_the_audit_log(empty):
    """Until 0015 only the log knew into which household another was merged."""
    migrating.upgrade(empty, "0014")
    merged, stays, lost, gone = (uuid4() for _ in range(4))
    tables = MetaData()
    tables.reflect(empty, only=["area", "household", "audit_entry"])
    area, household, log = (tables.tables[name] for name in ("area", "household", "audit_entry"))
    household.c.id.type = Uuid()
    at = datetime(2026, 11, 1, tzinfo=UTC)
    with empty.connect().execution_options(writing=True) as connection, connection.begin():
        told = {
            "code": "H",
            "level": "hamlet",
            "kind": "ban",
            "name": "Mẫu",
            "path": "38/1/H/",
            "valid_from": at.date(),
        }
        connection.execute(area.insert().values(_whole(area, told)))
        for number, (id, status) in enumerate([(merged, "merged"), (stays, "active"), (lost, "merged")]):
            told = {"id": id, "short_code": f"M1-{number}", "hamlet_code": "H", "status": status}
            connection.execute(household.insert().values(_whole(household, told)))
        for one, into in ((merged, stays), (lost, gone)):
            what = {"household": str(one), "into": str(into)}
            entry = {"who": "can-bo", "act": "merge_household", "what": what, "area_path": "38/1/H/", "at": at}
            connection.execute(log.insert().values(entry))

    migrating.upgrade(empty)

    with empty.connect() as connection:
        rows = connection.execute(text("SELECT short_code, status, merged_into FROM household ORDER BY short_code"))
        found = {code: (status, into and UUID(str(into))) for code, status, into in rows}
    # What nobody knows the household of is on the list again.
    assert found == {"M1-0": ("merged", stays), "M1-1": ("active", None), "M1-2": ("active", None)}


def _whole(table, told):
    """A row of the table: what is told, and something for whatever else may not be empty."""
    some = {bool: False, int: 1, str: ""}
    needed = [
        column for column in table.columns if not (column.nullable or column.server_default or column.name in told)
    ]
    return told | {column.name: some[column.type.python_type] for column in needed}


def test_the_tables_of_the_former_queue_go(empty):
    """A library made them beside ours on PostgreSQL, some or all; nobody reads them any more."""
    migrating.upgrade(empty, "0028")
    if empty.dialect.name == "postgresql":
        with empty.begin() as connection:
            connection.execute(text("CREATE TABLE huey_task (id serial PRIMARY KEY, data bytea)"))
            connection.execute(text("CREATE TABLE huey_kv (key text PRIMARY KEY, value bytea)"))

    migrating.upgrade(empty)

    assert not [name for name in inspect(empty).get_table_names() if name.startswith("huey")]


def test_summary_counts_and_anonymous_visits_keep_their_rows_up_and_down(empty):
    """0030 renames visit.said and knock; the rows stay, and new ones get an id of their own."""
    migrating.upgrade(empty, "0029")
    household, visit, at = uuid4(), uuid4(), datetime(2026, 11, 1, tzinfo=UTC)
    tables = MetaData()
    tables.reflect(empty, only=["area", "household", "knock", "person", "visit"])
    for table in tables.tables.values():
        for column in table.c:
            if table.name in ("household", "visit", "knock") and column.name in ("id", "household_id", "device"):
                column.type = Uuid() if (table.name, column.name) != ("knock", "id") else column.type
    rows = {
        "area": {"code": "H", "level": "hamlet", "kind": "ban", "name": "Mẫu", "path": "38/1/H/"},
        "household": {"id": household, "short_code": "M1-1", "hamlet_code": "H", "status": "active"},
        "person": {"id": 1, "name": "van", "created_at": at},
        "visit": {
            **{"id": visit, "hamlet_code": "H", "household_id": household, "member_id": 1, "outcome": "met_done"},
            **{"started_at": at, "received_at": at, "visited_on": at.date(), "said": {"adults": 3}},
        },
        "knock": {"id": 1, "household_id": household, "day": at.date(), "outcome": "moved"},
    }
    with empty.connect().execution_options(writing=True) as connection, connection.begin():
        for name, values in rows.items():
            connection.execute(tables.tables[name].insert().values(_whole(tables.tables[name], values)))
        if empty.dialect.name == "postgresql":
            connection.execute(text("SELECT setval('knock_id_seq', 1)"))

    migrating.upgrade(empty, "0030")
    with empty.connect().execution_options(writing=True) as connection, connection.begin():
        assert _as_json(connection.scalar(text("SELECT summary_counts FROM visit"))) == {"adults": 3}
        connection.execute(
            text("INSERT INTO anonymous_visit (household_id, day, outcome) VALUES (:id, '2026-11-02', 'vacant')"),
            {"id": household if empty.dialect.name == "postgresql" else household.hex},
        )
    migrating.downgrade(empty, "0029")

    with empty.connect() as connection:
        assert _as_json(connection.scalar(text("SELECT said FROM visit"))) == {"adults": 3}
        found = connection.execute(text("SELECT id, outcome FROM knock ORDER BY id")).all()
        assert [tuple(row) for row in found] == [(1, "moved"), (2, "vacant")]


def _as_json(stored):
    return json.loads(stored) if isinstance(stored, str) else stored
