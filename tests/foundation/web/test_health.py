"""/healthz and /readyz on real databases: well, and with each thing that may be wrong."""

import os
import socket
import threading
import time
import tomllib
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from uuid import uuid4

import pytest
from sqlalchemy import event, text

import foundation.readiness as readiness
from app import create_app
from foundation import clock, database
from foundation.database import make_engine
from foundation.jobs import services
from foundation.migrating import downgrade, upgrade
from foundation.schema import head
from foundation.settings import PROJECT_ROOT, Settings
from foundation.storage_faults import StorageFault
from tests.postgres import own_database


@pytest.fixture(scope="module")
def served(database_kind, tmp_path_factory):
    """The platform on a migrated database of its own, with everything in place."""
    folder = tmp_path_factory.mktemp("served")
    with own_database(database_kind, folder) as url:
        engine = make_engine(url)
        upgrade(engine)
        made = create_app(Settings(data_folder=folder, database_url=url, secret_key="x" * 40), engine=engine)
        yield made
        engine.dispose()


@pytest.fixture
def app(served, monkeypatch):
    monkeypatch.setattr(served.extensions["static_files"], "missing", list)
    monkeypatch.setitem(served.extensions, "settings", served.extensions["settings"])
    served.extensions["readiness"]._faults.clear()
    yield served
    with served.extensions["sessions"]() as session:
        session.execute(text("DELETE FROM jobs_worker"))
        session.commit()


@pytest.fixture
def engine(app):
    return app.extensions["engine"]


def probe(app, **options):
    app.extensions["readiness"]._checked_at = float("-inf")
    answer = app.test_client().get("/readyz", **options)
    assert answer.headers["Cache-Control"] == "no-store"
    return answer


def faulty(app):
    answer = probe(app)
    checks = answer.json["checks"]
    bad = {name: check["code"] for name, check in checks.items() if not check["ok"]}
    assert (answer.status_code, answer.json["status"]) == ((503, "not_ready") if bad else (200, "ready"))
    return bad


def test_all_is_well(app):
    assert faulty(app) == {}
    assert probe(app).json["checks"].keys() == {
        "schema",
        "database",
        "browser_files",
        "data_folder",
        "disk",
        "clock",
        "jobs_worker",
    }


def test_alive_asks_nobody(app, count):
    version = tomllib.loads((PROJECT_ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]

    assert app.test_client().get("/healthz").json == {"status": "ok", "version": version}
    assert count == []


@pytest.fixture
def count(engine):
    seen = []

    def note(*arguments):
        seen.append(arguments[2])

    event.listen(engine, "before_cursor_execute", note)
    yield seen
    event.remove(engine, "before_cursor_execute", note)


def test_a_probe_writes_nothing_takes_no_lock_and_a_flood_costs_one_look(app, count, monkeypatch):
    ready = app.extensions["readiness"]
    # Stands still: a slow machine takes longer than a look is good for.
    monkeypatch.setattr(ready, "_monotonic", lambda: 1e9)
    ready._checked_at = float("-inf")
    for _ in range(200):
        app.test_client().get("/readyz")

    assert 0 < len(count) < 20
    assert not [each for each in count if each.lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE", "BEGIN IMM"))]


def test_a_writer_does_not_hold_a_probe_up(app, engine, tmp_path):
    with engine.connect().execution_options(writing=True) as holder, holder.begin():
        holder.execute(text("DELETE FROM job"))
        begun = time.monotonic()
        assert faulty(app) == {}
        assert time.monotonic() - begun < 2


def test_a_database_that_was_never_migrated_and_one_behind_and_one_ahead(app, engine):
    downgrade(engine, "0016")
    assert faulty(app)["schema"] == "schema_behind"
    downgrade(engine, "base")
    assert faulty(app)["schema"] == "schema_behind"
    upgrade(engine)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    assert faulty(app) == {}
    with engine.begin() as connection:
        connection.execute(text("UPDATE schema_requirement SET minimum_code = '9998'"))
    assert faulty(app)["schema"] == "schema_too_new"
    with engine.begin() as connection:
        connection.execute(text("UPDATE schema_requirement SET minimum_code = ''"))
        connection.execute(text("UPDATE alembic_version SET version_num = :head"), {"head": head()})


def test_a_database_that_takes_nothing(app, engine, database_kind, monkeypatch):
    if database_kind == "sqlite":
        # Whoever runs the tests may be root, to whom no file is closed.
        monkeypatch.setattr(readiness.os, "access", lambda path, _mode: not str(path).endswith("sqlite3"))
        assert faulty(app) == {"database": "read_only"}
        return
    with engine.connect() as connection:
        name = connection.scalar(text("SELECT current_database()"))
        connection.execute(text(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on'))
        connection.commit()
    engine.dispose()

    assert faulty(app) == {"database": "read_only"}

    with engine.connect() as connection:
        connection.execute(text("SET default_transaction_read_only = off"))
        connection.commit()
        connection.execute(text(f'ALTER DATABASE "{name}" RESET default_transaction_read_only'))
        connection.commit()
    engine.dispose()


def test_a_database_that_is_no_database(tmp_path):
    (tmp_path / "bdhvs.sqlite3").write_bytes(os.urandom(8192))
    settings = Settings(data_folder=tmp_path, secret_key="x" * 40)

    engine = make_engine(settings.database)

    assert readiness.check_database_schema(engine).code == "damaged"
    assert readiness.check_database(engine, settings)[0].code == "damaged"


def test_a_database_that_is_gone(app, monkeypatch):
    monkeypatch.setitem(app.extensions, "engine", make_engine("postgresql://nobody@127.0.0.1:1/nothing"))

    assert faulty(app) == {"schema": "unreachable", "database": "unreachable"}
    assert app.test_client().get("/healthz").status_code == 200


def test_what_a_request_met_counts_for_a_minute(app, monkeypatch):
    ready = app.extensions["readiness"]
    ready.note_fault(StorageFault.BUSY)
    assert faulty(app) == {}
    ready.note_fault(StorageFault.FULL)
    assert faulty(app) == {"database": "full"}

    now = time.monotonic()
    monkeypatch.setattr(ready, "_monotonic", lambda: now + 61)
    assert faulty(app) == {}


def test_a_request_that_meets_a_full_disk_is_remembered(app, monkeypatch):
    def full():
        Path("/dev/full").write_bytes(b"x")

    monkeypatch.setitem(app.view_functions, "web.robots", full)
    assert app.test_client().get("/robots.txt").status_code == 503

    assert faulty(app) == {"database": "full"}


def test_browser_files_that_were_never_built(app, monkeypatch):
    monkeypatch.setattr(app.extensions["static_files"], "missing", lambda: ["vendor/leaflet.js", "vendor/idb.js"])

    assert faulty(app) == {"browser_files": "missing"}
    assert probe(app).json["checks"]["browser_files"]["missing"] == 2


def test_a_data_folder_that_is_gone_and_a_disk_that_is_full(app, monkeypatch):
    monkeypatch.setattr(readiness.shutil, "disk_usage", lambda _path: SimpleNamespace(free=19 * 1024 * 1024))
    assert faulty(app) == {"disk": "full"}
    assert probe(app).json["checks"]["disk"]["free_mb"] == 19
    monkeypatch.setattr(readiness.shutil, "disk_usage", lambda _path: SimpleNamespace(free=10**9))

    settings = app.extensions["settings"]
    gone = settings.model_copy(update={"data_folder": settings.data_folder / "gone"})
    monkeypatch.setitem(app.extensions, "settings", gone)
    assert faulty(app)["data_folder"] == "no_folder"


@pytest.mark.parametrize("minutes", [-10, 10])
def test_a_clock_ten_minutes_off_is_noticed_where_it_can_be(app, database_kind, monkeypatch, minutes):
    real = clock.now
    monkeypatch.setattr(clock, "now", lambda: real() + timedelta(minutes=minutes))
    checks = probe(app).json["checks"]

    if database_kind == "postgresql":
        assert faulty(app) == {"clock": "differs_from_database"}
        assert abs(checks["clock"]["database_seconds"] - 60 * minutes) < 5
    else:
        # No other clock to compare with: only that it was set while the process ran.
        assert faulty(app) == {}
    assert abs(checks["clock"]["jump_seconds"] - 60 * minutes) < 5


def test_a_clock_from_before_this_code_was_written(app, monkeypatch):
    real = clock.now
    monkeypatch.setattr(clock, "now", lambda: real().replace(year=1970))

    assert "clock" in faulty(app)


@pytest.mark.parametrize(("minutes", "code"), [(0, None), (-5, "not_running"), (10, "clocks_differ")])
def test_the_jobs_worker_is_information_but_one_seen_in_the_future_is_a_wrong_clock(app, minutes, code):
    with app.extensions["sessions"]() as session:
        now = clock.now() + timedelta(minutes=minutes)
        services.record_heartbeat(session, uuid4(), started_at=now, now=now)
        session.commit()

    check = probe(app).json["checks"]["jobs_worker"]

    assert check.get("code") == code
    assert check["ok"] is (code != "clocks_differ")
    assert abs(check["seconds_since_seen"] + 60 * minutes) < 5


@pytest.mark.parametrize(
    ("address", "private"),
    [("127.0.0.1", True), ("::1", True), ("10.1.2.3", True), ("192.168.0.9", True), ("14.160.1.2", False)],
)
def test_what_was_found_is_told_to_private_addresses_alone(app, address, private):
    answer = probe(app, environ_overrides={"REMOTE_ADDR": address})

    assert ("checks" in answer.json) is private
    assert answer.json["status"] == "ready"


def test_a_proxy_that_is_not_trusted_makes_nobody_private(app):
    assert "checks" not in probe(app, headers={"X-Forwarded-For": "14.160.1.2"}).json


def test_no_secret_is_told(app):
    told = probe(app).text

    assert "x" * 40 not in told
    assert app.extensions["settings"].database not in told


def test_two_probes_at_once_look_once(app, count):
    app.extensions["readiness"]._checked_at = float("-inf")
    app.extensions["readiness"].checks()
    looked = len(count)
    app.extensions["readiness"]._checked_at = float("-inf")
    threads = [threading.Thread(target=app.extensions["readiness"].checks) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert len(count) <= 2 * looked


def test_a_machine_that_answers_nothing_is_given_up_soon(monkeypatch):
    monkeypatch.setattr(database, "CONNECT_TIMEOUT", 2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"postgresql://nobody@127.0.0.1:{silent.getsockname()[1]}/nothing"
        begun = time.monotonic()
        found = readiness.check_database_schema(database.make_engine(url))

    assert found.code == "unreachable"
    assert time.monotonic() - begun < 10
