"""`flask doctor` on a database of its own: nothing found while all is well, and each thing that may be wrong."""

import json
from datetime import timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest

import foundation.deployment_checks as checks
from app import create_app
from foundation import clock
from foundation.command_name import COMMAND
from foundation.database import make_engine
from foundation.doctor import Finding, Severity, run_checks
from foundation.jobs import services
from foundation.migrating import upgrade
from foundation.settings import Settings
from tests.postgres import own_database


@pytest.fixture(scope="module")
def served(database_kind, tmp_path_factory):
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
    served.extensions["readiness"]._checked_at = float("-inf")
    return served


def codes(check, app):
    with app.app_context():
        return {finding.code for finding in check(app)}


def given(app, monkeypatch, **values):
    monkeypatch.setitem(app.extensions, "settings", app.extensions["settings"].model_copy(update=values))


@pytest.mark.parametrize(
    ("values", "code", "severity"),
    [
        ({}, None, None),
        ({"secret_key": "abc"}, "secret_key_short", Severity.WARNING),
        (
            {"secret_key": "abc", "https_only": True, "behind_proxy": 1, "public_address": "https://a.vn"},
            "secret_key_short",
            Severity.FAULT,
        ),
        ({"public_address": "https://a.vn"}, "https_only_off", Severity.WARNING),
        ({"https_only": True, "public_address": "https://a.vn"}, "behind_proxy_zero", Severity.WARNING),
        ({"https_only": True, "behind_proxy": 1}, "no_public_address", Severity.WARNING),
        (
            {"https_only": True, "behind_proxy": 1, "public_address": "https://a.vn", "development": True},
            "development_on",
            Severity.WARNING,
        ),
    ],
)
def test_settings(app, monkeypatch, values, code, severity):
    given(app, monkeypatch, **values)

    assert [(each.code, each.severity) for each in checks.check_settings(app)] == ([(code, severity)] if code else [])


def test_what_stops_readiness_is_a_fault_with_what_to_type(app, monkeypatch):
    assert checks.check_readiness(app) == []
    given(app, monkeypatch, data_folder=app.extensions["settings"].data_folder / "not there")
    app.extensions["readiness"]._checked_at = float("-inf")

    found = {each.code: each for each in checks.check_readiness(app)}

    assert found["data_folder_no_folder"].severity is Severity.FAULT
    assert "ls -ld" in found["data_folder_no_folder"].fix
    app.extensions["readiness"]._checked_at = float("-inf")


def test_missing_browser_files_are_told_once(app, monkeypatch):
    monkeypatch.setattr(app.extensions["static_files"], "missing", lambda: ["vendor/leaflet.js"])
    app.extensions["readiness"]._checked_at = float("-inf")

    found = [each.code for each in run_checks(app) if each.code.startswith("browser_files")]

    assert found == ["browser_files_missing"]
    app.extensions["readiness"]._checked_at = float("-inf")


def test_a_disk_that_fills_up_is_told_before_it_is_full(app, monkeypatch):
    monkeypatch.setattr(checks.shutil, "disk_usage", lambda _path: SimpleNamespace(free=900 * 1024 * 1024))

    assert codes(checks.check_disk_room, app) == {"disk_low"}


def test_pages_of_sqlite_are_read(app):
    assert codes(checks.check_sqlite_pages, app) == set()


def test_a_spoiled_page_that_nobody_opened_is_found(tmp_path):
    engine = make_engine(f"sqlite:///{tmp_path}/bdhvs.sqlite3")
    upgrade(engine)
    engine.dispose()
    file = tmp_path / "bdhvs.sqlite3"
    with file.open("r+b") as opened:
        opened.seek(file.stat().st_size - 3 * 4096)
        opened.write(b"\xa5" * 3 * 4096)

    app = SimpleNamespace(extensions={"engine": make_engine(f"sqlite:///{file}")})

    assert [each.code for each in checks.check_sqlite_pages(app)] == ["database_damaged"]


def test_work_that_nobody_does(app):
    assert codes(checks.check_jobs, app) == {"no_jobs_worker"}
    with app.extensions["sessions"]() as session:
        old = clock.now() - timedelta(hours=1)
        services.submit_job(session, "letters", {"n": str(uuid4())}, who="a", now=old)
        services.record_heartbeat(session, uuid4(), started_at=clock.now(), now=clock.now())
        session.commit()
    app.extensions["readiness"]._checked_at = float("-inf")

    assert codes(checks.check_jobs, app) == {"jobs_stuck"}


@pytest.mark.parametrize(("synchronised", "found"), [(True, 0), (None, 0), (False, 1)])
def test_a_clock_that_nobody_sets(app, monkeypatch, synchronised, found):
    monkeypatch.setattr(checks, "clock_is_synchronised", lambda: synchronised)

    assert len(checks.check_time_service(app)) == found


def test_the_kernel_is_asked():
    assert checks.clock_is_synchronised() in {True, False, None}


def test_fonts_and_libraries_of_prints(app, monkeypatch, tmp_path):
    monkeypatch.setattr(checks, "FONT_FOLDERS", (str(tmp_path),))
    (found,) = checks.check_fonts(app)
    assert found.severity is Severity.WARNING
    assert "NotoSansTaiViet" in found.what

    monkeypatch.setattr(checks, "PRINT_LIBRARIES", ("no-such-library",))
    (found,) = checks.check_fonts(app)
    assert found.severity is Severity.FAULT
    assert "apt install" in found.fix


def test_every_finding_says_why_and_what_to_do(app, monkeypatch):
    given(app, monkeypatch, secret_key="abc", https_only=True, development=True)

    found = run_checks(app)

    assert found
    for each in found:
        assert each.what
        assert (each.why and each.fix) or each.severity is Severity.INFO
        assert "abc" not in each.what + each.why + each.fix


@pytest.mark.parametrize(("severity", "code"), [(Severity.WARNING, 0), (Severity.FAULT, 1)])
def test_the_command_ends_with_one_on_a_fault(app, monkeypatch, severity, code):
    finding = Finding("a", severity, "Có chuyện.", "Vì thế.", "Gõ thế này.")
    monkeypatch.setitem(app.extensions, "doctor_checks", [lambda _app: [finding]])

    text = app.test_cli_runner().invoke(args=["doctor"])
    told = app.test_cli_runner().invoke(args=["doctor", "--json"])

    assert (text.exit_code, told.exit_code) == (code, code)
    assert "Có chuyện." in text.output
    assert "Cần làm: Gõ thế này." in text.output
    assert json.loads(told.output) == [
        {"code": "a", "severity": severity.value, "what": "Có chuyện.", "why": "Vì thế.", "fix": "Gõ thế này."}
    ]


def test_a_database_without_tables_is_told_once_with_what_to_type(empty_database, tmp_path):
    engine = make_engine(empty_database)
    app = create_app(Settings(data_folder=tmp_path, database_url=empty_database, secret_key="x" * 40), engine=engine)

    found = {each.code: each for each in run_checks(app)}
    engine.dispose()

    assert "check_failed" not in found
    assert found["schema_schema_behind"].fix == f"{COMMAND} migrate"
    assert "database trống" in found["schema_schema_behind"].what
    assert all(name in found["checks_blocked"].what for name in ("check_sample", "check_phones", "check_jobs"))
    assert sum("migrate" in each.fix for each in found.values()) == 1
