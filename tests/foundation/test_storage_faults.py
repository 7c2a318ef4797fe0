"""Real trouble of both databases, and what a visitor and an administrator are told of it."""

import os
import shutil
import sqlite3
from contextlib import contextmanager

import pytest
from sqlalchemy import event, select, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app import create_app
from foundation.accounts.models import Person
from foundation.database import make_engine
from foundation.migrating import upgrade
from foundation.settings import Settings
from foundation.storage_faults import StorageFault, storage_fault
from tests.visitor import Visitor


def fault_of(act) -> StorageFault | None:
    try:
        act()
    except (DBAPIError, sqlite3.Error, OSError) as error:
        return storage_fault(error)
    raise AssertionError("nothing was raised")


@pytest.fixture
def file(tmp_path):
    """An SQLite file with every table."""
    engine = make_engine(f"sqlite:///{tmp_path}/bdhvs.sqlite3")
    upgrade(engine)
    engine.dispose()
    return tmp_path / "bdhvs.sqlite3"


@contextmanager
def served(folder, **settings):
    app = create_app(Settings(data_folder=folder, secret_key="only for tests", **settings))
    yield app
    app.extensions["engine"].dispose()


def spoil(file):
    """Overwrites every page but the first, as a dying disk does."""
    with sqlite3.connect(file) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    for extra in ("-wal", "-shm"):
        file.with_name(file.name + extra).unlink(missing_ok=True)
    size = file.stat().st_size
    with file.open("r+b") as opened:
        opened.seek(4096)
        opened.write(b"\xa5" * (size - 4096))


def test_a_file_that_is_no_database(tmp_path):
    (tmp_path / "bdhvs.sqlite3").write_bytes(os.urandom(8192))

    with served(tmp_path) as app:
        page = Visitor(app).open("/do-phu", expect=503)

    assert page.heading == "Máy chủ đang chờ sửa"
    assert "503 · maintenance" in page
    assert page.response.headers["Retry-After"] == "300"


def test_a_malformed_file(file, tmp_path):
    spoil(file)

    with served(tmp_path) as app:
        page = Visitor(app).send("/dang-nhap", expect=503, name="to-vien", password="bi-mat-lam")
        command = app.test_cli_runner().invoke(args=["accounts", "reset", "to-vien"])

    assert page.heading == "Máy chủ đang chờ sửa"
    assert "Gửi lại" not in page
    assert "bi-mat-lam" not in page.html
    assert command.exit_code == 1
    assert "bị hỏng" in command.output
    assert "restore" in command.output
    assert len(command.output.splitlines()) <= 3


@pytest.mark.parametrize("table", ["person", "area"])
def test_a_database_that_was_never_migrated(tmp_path, table):
    with served(tmp_path) as app:
        assert Visitor(app).open("/do-phu", expect=503).heading == "Máy chủ đang chờ sửa"
        command = app.test_cli_runner().invoke(args=["accounts", "reset", "to-vien"])

    assert command.exit_code == 1
    assert "app migrate" in command.output


def test_a_full_disk_is_read_and_says_that_it_cannot_write(file, tmp_path):
    with served(tmp_path) as app:

        @event.listens_for(app.extensions["engine"], "connect")
        def no_room(connection, _record):
            (pages,) = connection.execute("PRAGMA page_count").fetchone()
            connection.execute(f"PRAGMA max_page_count={pages}")

        visitor = Visitor(app)
        # Sign-in failures are written down until the pages that are there are full.
        for number in range(400):
            answer = visitor.client.post(
                "/dang-nhap",
                data={"name": f"{number}" + "a" * 30, "password": f"khong-phai-{number}"},
                environ_overrides={"REMOTE_ADDR": f"10.0.{number // 20}.1"},
            )
            if answer.status_code == 503:
                break
        page = visitor.open("/do-phu")

    assert "Máy chủ chưa ghi được lúc này" in answer.text
    # Without its password the form could only fail again.
    assert "Gửi lại" not in answer.text
    assert "Mở lại trang này" in answer.text
    assert answer.headers["Retry-After"] == "60"
    assert page.heading


def test_a_file_that_may_only_be_read(file, tmp_path):
    def open_it():
        with make_engine(f"sqlite:///file:{file}?mode=ro&uri=true").begin() as connection:
            connection.execute(text("DELETE FROM person"))

    assert fault_of(open_it) is StorageFault.READ_ONLY


def test_a_full_disk_of_ours_is_recognised_whoever_wrote():
    def write():
        with open("/dev/full", "wb", buffering=0) as full:
            full.write(b"x")

    def copy(tmp="/dev/full"):
        shutil.copyfile(__file__, tmp)

    assert fault_of(write) is StorageFault.FULL
    assert fault_of(copy) is StorageFault.FULL


def test_no_connection_left_in_the_pool_is_busy(engine):
    assert storage_fault(PoolTimeout("QueuePool limit reached")) is StorageFault.BUSY


@pytest.mark.parametrize("wrong", ["SELECT no_such_column FROM person", "SELECT 1 FROM no_such_table"])
def test_what_the_schema_lacks_is_the_same_on_both(connection, wrong):
    def ask():
        with connection.begin_nested():
            connection.execute(text(wrong))

    assert fault_of(ask) is StorageFault.SCHEMA


@pytest.mark.parametrize("wrong", ["SELEC 1", "INSERT INTO person (name) VALUES (NULL)"])
def test_a_mistake_of_ours_is_no_trouble_of_the_storage(connection, wrong):
    def ask():
        with connection.begin_nested():
            connection.execute(text(wrong))

    assert fault_of(ask) is None


def test_a_missing_table_is_answered_alike_on_both(app, visitor, connection, monkeypatch):
    connection.execute(text("DROP TABLE throttle_bucket"))

    page = visitor.send("/dang-nhap", expect=503, name="to-vien", password="khong-phai")

    assert "503 · maintenance" in page


@pytest.fixture
def postgresql(engine, database_kind):
    if database_kind != "postgresql":
        pytest.skip("PostgreSQL alone")
    return engine


def test_a_server_in_recovery_is_read_only(postgresql):
    def write():
        with postgresql.connect() as connection:
            connection.execute(text("SET default_transaction_read_only = on"))
            connection.commit()
            connection.execute(text("DELETE FROM throttle_bucket"))

    assert fault_of(write) is StorageFault.READ_ONLY
    postgresql.dispose()


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"database": "khong-co"}, StorageFault.REFUSED),
        ({"username": "khong-co"}, StorageFault.REFUSED),
        ({"host": "127.0.0.1", "port": 1, "query": {}}, StorageFault.UNREACHABLE),
    ],
)
def test_a_server_that_refuses_and_one_that_is_not_there(postgresql, change, fault):
    def connect():
        make_engine(postgresql.url.set(**change).render_as_string(hide_password=False)).connect()

    assert fault_of(connect) is fault


@pytest.mark.parametrize(
    ("state", "fault"),
    [
        ("57P01", StorageFault.UNREACHABLE),
        ("53100", StorageFault.FULL),
        ("53300", StorageFault.BUSY),
        ("40P01", StorageFault.BUSY),
        ("42501", StorageFault.REFUSED),
        ("XX001", StorageFault.DAMAGED),
        ("22P02", None),
        ("23505", None),
    ],
)
def test_states_that_are_hard_to_bring_about(postgresql, state, fault):
    def fail():
        with postgresql.connect() as connection:
            connection.execute(text(f"DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '{state}'; END $$"))

    assert fault_of(fail) is fault


def test_an_error_without_its_cause_is_no_trouble_of_the_storage():
    assert storage_fault(DBAPIError("x", {}, None)) is None
    assert storage_fault(OperationalError("x", {}, sqlite3.OperationalError("database is locked"))) is StorageFault.BUSY


def test_reading_a_person_of_a_database_that_is_gone(tmp_path):
    def ask():
        with make_engine(f"sqlite:///{tmp_path}/no/such/folder.sqlite3").connect() as connection:
            connection.execute(select(Person.id))

    assert fault_of(ask) is StorageFault.UNREACHABLE
