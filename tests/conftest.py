"""One database of each kind for the whole run; every test works inside a transaction that is rolled back."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import cache

import pytest
from flask import Flask
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session, sessionmaker

import foundation.clock
from app import create_app
from community_teams.models import HamletTotal, HamletWeek
from community_teams.services.rollups import refresh_rows
from foundation.database import Base, make_engine
from foundation.settings import PROJECT_ROOT, Settings
from tests import lock_watch
from tests.leftovers import RUN_FOLDER
from tests.making import Make
from tests.ordering import sort_key
from tests.postgres import own_database
from tests.run import Leftovers, whole_run
from tests.shared_parts import made_once
from tests.visitor import Visitor

RUN = pytest.StashKey[ExitStack]()
NOON = datetime(2026, 11, 21, 5, 0, tzinfo=UTC)  # 12:00 on 21 November in Việt Nam


def pytest_addoption(parser):
    parser.addoption("--walk-engines", action="store_true", help="walk in every browser engine: see tests/engines")
    parser.addoption(
        "--database", choices=["sqlite", "postgresql", "both"], default="both", help="which databases to run on"
    )


def pytest_configure(config):
    begins_run = RUN_FOLDER not in os.environ
    run = config.stash[RUN] = ExitStack()
    run.enter_context(whole_run())
    run.enter_context(made_once())
    config.add_cleanup(run.close)  # where no session was begun
    if begins_run:  # else it was done before: a worker of pytest, `make test`, `make mutate`
        _build_browser_files(config)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(items):
    written = list(items)
    yield
    items.sort(key=sort_key(written, items))


def pytest_terminal_summary(terminalreporter, config):
    """-q hides the head of pytest's report, where pytest-randomly says it."""
    if config.getoption("randomly_seed", None) is not None:
        terminalreporter.write_line(f"in this order again: --randomly-seed={config.getoption('randomly_seed')}")


@pytest.hookimpl(wrapper=True)
def pytest_sessionfinish(session):
    """After all fixtures and workers have ended: whoever still runs fails the session."""
    yield
    try:
        session.config.stash[RUN].close()
    except Leftovers as left:
        sys.stderr.write(f"\nLeft behind, now removed:\n{left}\n")
        session.exitstatus = session.exitstatus or pytest.ExitCode.TESTS_FAILED


def _build_browser_files(config) -> None:
    """Build what browsers load, where a source has changed, before any test looks at it (0.3 s where none has)."""
    if not (PROJECT_ROOT / "node_modules/esbuild").exists():
        text = "node_modules lacks esbuild, so no scripts are served: npm ci --ignore-scripts (or make test)"
        config.issue_config_time_warning(pytest.PytestWarning(text), stacklevel=2)
        return
    command = ["scripts/with-node", "node", "scripts/browser/build.mjs"]
    run = subprocess.run(command, cwd=PROJECT_ROOT, capture_output=True, text=True, timeout=300)
    if run.returncode:
        raise pytest.UsageError(f"browser files were not built:\n{run.stderr[-2000:]}")


def pytest_generate_tests(metafunc):
    if "database_kind" in metafunc.fixturenames:
        chosen = metafunc.config.getoption("--database")
        kinds = ["sqlite", "postgresql"] if chosen == "both" else [chosen]
        if metafunc.definition.get_closest_marker("one_database"):
            kinds = kinds[:1]
        metafunc.parametrize("database_kind", kinds, scope="session")


@pytest.fixture(scope="session")
def engine_of(tmp_path_factory) -> Iterator[Callable[[str], Engine]]:
    """The engine of a kind of database. Each is made once, however often the tests go from one kind to the other."""
    with ExitStack() as stack:

        @cache
        def made(kind: str) -> Engine:
            engine = make_engine(stack.enter_context(own_database(kind, tmp_path_factory.mktemp("database"))))
            stack.callback(engine.dispose)
            Base.metadata.create_all(engine)
            return engine

        yield made


@pytest.fixture(scope="session")
def engine(database_kind, engine_of) -> Engine:
    return engine_of(database_kind)


@pytest.fixture
def empty_database(database_kind, tmp_path) -> Iterator[str]:
    """The address of a database of the test's own with nothing in it, for several connections or processes."""
    with own_database(database_kind, tmp_path) as url:
        yield url


@pytest.fixture(scope="session")
def settings(tmp_path_factory) -> Settings:
    return Settings(
        data_folder=tmp_path_factory.mktemp("data"),
        secret_key="only for tests",
        development=True,
        organisation="Xã Đoàn Mẫu",
    )


@pytest.fixture(scope="session")
def whole_app_of(settings, engine_of) -> Callable[[str], Flask]:
    """The application on a kind of database, made once as its engine is."""
    lock_watch.watch()

    @cache
    def made(kind: str) -> Flask:
        app = create_app(settings, engine=engine_of(kind))
        app.config["TESTING"] = True
        return app

    return made


@pytest.fixture(scope="session")
def whole_app(database_kind, whole_app_of) -> Flask:
    """The application on the test database. Use `app`, which keeps nothing behind."""
    return whole_app_of(database_kind)


@pytest.fixture
def connection(engine):
    with engine.connect() as connection:
        outer = connection.begin()
        yield connection
        outer.rollback()


@pytest.fixture
def sessions(connection) -> sessionmaker[Session]:
    made = sessionmaker(connection, join_transaction_mode="create_savepoint", expire_on_commit=False)
    event.listen(made, "after_flush", _roll_up)
    return made


def _roll_up(session, _context):
    """Counters that a test writes by hand count in their communes, as those that services write do."""
    counters = [row for row in (*session.new, *session.dirty) if isinstance(row, HamletTotal | HamletWeek)]
    if counters:
        refresh_rows(session.connection(), {row.path.split("/")[1] for row in counters}, weeks=True)


@pytest.fixture
def session(sessions) -> Iterator[Session]:
    with sessions() as session:
        yield session


@pytest.fixture
def app(whole_app, sessions, monkeypatch):
    monkeypatch.setitem(whole_app.extensions, "sessions", sessions)
    lock_watch.forgotten.clear()
    yield whole_app
    assert not lock_watch.forgotten, "done while others wait to write: tests/lock_watch.py"


@pytest.fixture
def now(monkeypatch) -> datetime:
    """Stops the clock at noon on 21 November 2026 in Việt Nam."""
    monkeypatch.setattr(foundation.clock, "now", lambda: NOON)
    return NOON


@pytest.fixture
def make(session) -> Make:
    """Makes what a test needs, with a sensible value for every argument."""
    return Make(session)


@pytest.fixture
def visitor(app) -> Visitor:
    return Visitor(app)


@pytest.fixture
def count_statements(connection):
    """A list that grows by each SQL statement run."""
    seen: list[str] = []

    def note(_connection, _cursor, statement, *_rest):
        seen.append(statement)

    event.listen(connection, "before_cursor_execute", note)
    yield seen
    event.remove(connection, "before_cursor_execute", note)
