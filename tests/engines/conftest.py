"""One server for all engines, and a browser of each kind. Where one is not installed its walks are skipped and say what
to install; where REQUIRE_BROWSER is set, that is a failure."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from community_teams.models import Visit
from courses.catalogue import Catalogue
from foundation.database import make_engine
from foundation.settings import Settings
from tests.browser.line import Line, line_to
from tests.browser.serving import serve
from tests.engines.engine import Engine
from tests.engines.installed import ENGINES, Missing
from tests.engines.walks import Person


def pytest_collection_modifyitems(config, items):
    """Five engines take minutes: they are walked by `make engines`, and left out of every other run."""
    if config.getoption("walk_engines"):
        return
    for item in items:
        if Path(__file__).parent in Path(item.fspath).parents:
            item.add_marker(pytest.mark.skip(reason="walked by: make engines"))


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return Catalogue.load()


@pytest.fixture(scope="session")
def served_folder(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("served")


@pytest.fixture(scope="session")
def server(served_folder) -> Iterator[str]:
    with serve(served_folder) as address:
        yield address


@pytest.fixture
def visits(server, served_folder):
    """How many visits the server has."""
    database = make_engine(Settings(data_folder=served_folder, database_url="").database)

    def count() -> int:
        with Session(database) as session:
            return session.scalar(select(func.count()).select_from(Visit)) or 0

    yield count
    database.dispose()


@pytest.fixture
def line(server) -> Iterator[Line]:
    with line_to(server) as line:
        yield line


@pytest.fixture(params=ENGINES)
def person(request, line) -> Iterator[Person]:
    """Somebody with one of the engines, who has never been here."""
    engine = _start(ENGINES[request.param])
    yield Person(engine, line)
    engine.close()


def _start(make: Callable[[], Engine]) -> Engine:
    try:
        return make()
    except Missing as missing:
        if os.environ.get("REQUIRE_BROWSER"):
            pytest.fail(f"REQUIRE_BROWSER is set: {missing}")
        pytest.skip(str(missing))
