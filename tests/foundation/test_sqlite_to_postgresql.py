"""From SQLite to PostgreSQL: everything arrives, or nothing does."""

import shutil
from datetime import UTC, datetime

import pytest
from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app import create_app
from foundation import migrating, sqlite_to_postgresql
from foundation.accounts.models import AuditEntry
from foundation.accounts.services.audit import record
from foundation.database import Base, make_engine
from foundation.problems import Conflict, Problem
from foundation.settings import Settings
from foundation.sqlite_to_postgresql import copy_database, plain_table, sum_table
from learning.models import AwardKey
from learning.services.award_keys import signing_key, usable_key
from tests.making import Make
from tests.postgres import postgres_database

NOW = datetime(2026, 11, 21, 5, 0, 0, 123456, tzinfo=UTC)
SECRET = "only for tests, and longer than thirty-two characters"


@pytest.fixture(scope="session")
def sample_file(database_kind, tmp_path_factory):
    """A SQLite file as a commune has it after some weeks: 1,000 households, visits, a letter's key, odd values."""
    if database_kind == "sqlite":
        pytest.skip("the way from SQLite to PostgreSQL is walked once, with PostgreSQL")
    folder = tmp_path_factory.mktemp("commune")
    app = create_app(Settings(data_folder=folder, secret_key=SECRET))
    run = app.test_cli_runner().invoke
    for words in (["migrate"], ["areas", "load"], ["sample", "load", "--households", "1000"]):
        done = run(args=words)
        assert done.exit_code == 0, done.output
    with Session(app.extensions["engine"].execution_options(writing=True)) as session:
        signing_key(session, secret=SECRET, now=NOW)
        Make(session).learner()
        record(session, "quan-tri", "try", {"của bác": ['"', "\\", None, 1.5, "\t\n"]}, now=NOW)
        session.commit()
    app.extensions["engine"].dispose()
    return folder / "bdhvs.sqlite3"


@pytest.fixture
def source(sample_file, tmp_path):
    shutil.copy(sample_file, tmp_path / "bdhvs.sqlite3")
    engine = make_engine(f"sqlite:///{tmp_path}/bdhvs.sqlite3")
    yield engine
    engine.dispose()


@pytest.fixture
def target():
    with postgres_database() as url:
        engine = make_engine(url)
        yield engine
        engine.dispose()


def _execute(engine, statement):
    with engine.connect().execution_options(writing=True) as connection, connection.begin():
        connection.exec_driver_sql(statement)


def _is_empty(engine):
    with engine.connect() as connection:
        names = set(inspect(connection).get_table_names()) - {"alembic_version", "schema_requirement"}
        return not any(connection.scalar(text(f'SELECT count(*) FROM "{name}"')) for name in names)


def test_everything_arrives_and_counts_the_same_on_both_sides(source, target, tmp_path):
    url = target.url.render_as_string(hide_password=False)
    here = create_app(Settings(data_folder=tmp_path, secret_key=SECRET), engine=source)
    there = create_app(Settings(data_folder=tmp_path, secret_key=SECRET), engine=target)

    done = here.test_cli_runner().invoke(args=["database", "copy-to"], env={"TARGET_DATABASE_URL": url})

    assert done.exit_code == 0, done.output
    assert "hai bên như nhau" in done.output
    with source.connect() as one, target.connect() as other:
        for table in Base.metadata.sorted_tables:
            plain = plain_table(table)
            assert sum_table(one, plain) == sum_table(other, plain), table.name
            # Not by our own sums alone: NULL stays NULL, and a JSON null a JSON null.
            for column in table.columns:
                empty = text(f'SELECT count(*) FROM "{table.name}" WHERE "{column.name}" IS NULL')
                assert one.scalar(empty) == other.scalar(empty), column
        assert one.scalar(text("SELECT count(*) FROM household")) == 1000
        assert one.scalar(text("SELECT count(*) FROM visit")) > 500
    assert migrating.is_clean(target)
    for app in (here, there):
        counted = app.test_cli_runner().invoke(args=["teams", "recount"])
        assert counted.exit_code == 0, counted.output
        assert "Mọi con số đều khớp" in counted.output
    with Session(target) as session:
        assert usable_key(session, secret=SECRET).public == session.query(AwardKey).one().public
        last = session.query(AuditEntry).order_by(AuditEntry.id.desc()).first()
        assert (last.at, last.what) == (NOW, {"của bác": ['"', "\\", None, 1.5, "\t\n"]})


def test_numbering_and_guards_go_on_afterwards(source, target):
    copy_database(source, target)

    with Session(target) as session:
        highest = session.query(AuditEntry).order_by(AuditEntry.id.desc()).first().id
        record(session, "quan-tri", "try", {}, now=NOW)
        session.commit()
        assert session.query(AuditEntry).order_by(AuditEntry.id.desc()).first().id == highest + 1
    with pytest.raises(DBAPIError, match="append"):
        _execute(target, "UPDATE audit_entry SET who = 'x'")
    with pytest.raises(DBAPIError, match="fk_"):
        _execute(target, "DELETE FROM area WHERE code = '38'")


def test_a_database_with_a_row_is_refused_and_an_empty_one_with_tables_is_not(source, target):
    migrating.upgrade(target)
    copy_database(source, target)
    with pytest.raises(Conflict, match="not_empty"):
        copy_database(source, target)


def test_tables_of_somebody_else_are_refused(source, target):
    _execute(target, "CREATE TABLE accounts_of_the_office (id INTEGER)")
    with pytest.raises(Conflict, match="not_empty"):
        copy_database(source, target)
    assert inspect(target).get_table_names() == ["accounts_of_the_office"]


@pytest.mark.parametrize(
    ("statement", "key", "reason"),
    [
        ("UPDATE area SET name = printf('%.150c', 'x') WHERE code = '38'", "code=38", "too long"),
        ("UPDATE area SET name = 'a' || char(0) WHERE code = '38'", "code=38", "NUL"),
        ("UPDATE person SET session_version = 3000000000 WHERE name = 'quan-tri'", "id=", "range"),
    ],
)
def test_a_row_that_postgresql_refuses_is_named_and_nothing_is_written(source, target, statement, key, reason):
    _execute(source, statement)

    with pytest.raises(Problem) as refused:
        copy_database(source, target)

    assert refused.value.code == "row_refused"
    assert key in refused.value.details["key"]
    assert reason in refused.value.details["reason"]
    assert _is_empty(target)
    assert inspect(target).get_foreign_keys("visit") != []


def test_a_row_lost_on_the_way_is_noticed(source, target, monkeypatch):
    insert = sqlite_to_postgresql.insert_rows
    monkeypatch.setattr(
        sqlite_to_postgresql,
        "insert_rows",
        lambda connection, table, rows: insert(connection, table, rows[1:] if table.name == "visit_person" else rows),
    )

    with pytest.raises(Problem) as refused:
        copy_database(source, target)

    assert (refused.value.code, refused.value.details) == ("differs", {"table": "visit_person"})
    assert _is_empty(target)


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("UPDATE alembic_version SET version_num = '0001'", "older_schema"),
        ("CREATE TABLE later (id INTEGER)", "unknown_tables"),
        ("UPDATE household SET hamlet_code = 'nowhere' WHERE id = (SELECT min(id) FROM household)", "damaged_database"),
    ],
)
def test_a_source_that_is_not_as_it_should_be_is_refused(source, target, statement, code):
    with source.connect() as connection:
        raw = connection.connection.dbapi_connection
        raw.execute("PRAGMA foreign_keys=OFF")
        raw.execute(statement)
        raw.execute("PRAGMA foreign_keys=ON")

    with pytest.raises(Problem) as refused:
        copy_database(source, target)

    assert refused.value.code == code
    assert _is_empty(target)


@pytest.mark.parametrize(
    ("url", "answer"),
    [
        ("sqlite:///other.sqlite3", "postgresql://"),
        ("mysql://nobody@localhost/x", "postgresql://"),
        ("nonsense", "postgresql://"),
        ("postgresql://nobody:secret-word@127.0.0.1:1/x", "Không nối được"),
    ],
)
def test_an_address_that_leads_nowhere_is_answered_in_a_sentence(source, tmp_path, url, answer):
    app = create_app(Settings(data_folder=tmp_path, secret_key=SECRET), engine=source)

    done = app.test_cli_runner().invoke(args=["database", "copy-to", url])

    assert done.exit_code == 1
    assert answer in done.output
    assert "Chưa ghi gì" in done.output
    assert "secret-word" not in done.output
