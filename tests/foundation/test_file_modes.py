"""No other user of the machine reads what the platform writes: shown with real commands and a real server."""

import os
import sqlite3
import stat
import subprocess
from pathlib import Path

import pytest

from foundation.file_modes import correct_modes, open_to_others, prepare_data_folder
from foundation.settings import PROJECT_ROOT, Settings
from tests.browser.serving import free_port, serve_command, wait_for


def modes_open(folder: Path) -> list[str]:
    """Everything beneath `folder`, itself included, that others may reach."""
    return [str(each) for each in (folder, *folder.rglob("*")) if stat.S_IMODE(each.lstat().st_mode) & 0o077]


def environment(folder: Path) -> dict[str, str]:
    return {**os.environ, "DATA_FOLDER": str(folder), "DATABASE_URL": "", "FLASK_APP": "app"}


def run(folder: Path, *words: str) -> None:
    # A machine's usual umask: what others may read is decided by us, not by it.
    line = ["sh", "-c", 'umask 022; exec "$@"', "sh", ".venv/bin/flask", "--app", "app", *words]
    subprocess.run(line, cwd=PROJECT_ROOT, env=environment(folder), check=True, capture_output=True, timeout=120)


@pytest.fixture
def folder(tmp_path_factory) -> Path:
    """A data folder as an earlier version left it: open to everybody."""
    made = tmp_path_factory.mktemp("open") / "var"
    made.mkdir(mode=0o755)
    made.chmod(0o755)
    (made / "jobs" / "one").mkdir(parents=True, mode=0o755)
    for name in ("bdhvs.sqlite3", "jobs/queue.sqlite3", "jobs/one/letters.pdf", "prepared.txt"):
        with sqlite3.connect(made / name) if "sqlite3" in name else (made / name).open("w"):
            pass
        (made / name).touch()
        (made / name).chmod(0o644)
    return made


def test_a_command_closes_what_was_open_and_a_server_writes_for_nobody_else(folder):
    assert modes_open(folder)
    run(folder, "migrate")
    assert (folder / "bdhvs.sqlite3").is_file()
    assert (folder / "static").is_dir()
    assert modes_open(folder) == []

    port = free_port()
    server = subprocess.Popen(
        ["sh", "-c", 'umask 022; exec "$@"', "sh", *serve_command(port, jobs=True)],
        cwd=PROJECT_ROOT,
        env=environment(folder),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        wait_for(f"http://127.0.0.1:{port}/healthz", server)
        names = {each.name for each in folder.rglob("*")}
        assert {"bdhvs.sqlite3", "bdhvs.sqlite3-wal", "secret_key", "static"} <= names
        assert modes_open(folder) == []
    finally:
        server.terminate()
        server.wait(30)


def test_a_folder_that_is_not_only_ours_stays_as_it_is(tmp_path):
    (tmp_path / "home.txt").write_text("somebody else's")
    (tmp_path / "home.txt").chmod(0o644)  # whatever umask an earlier test left
    tmp_path.chmod(0o755)
    settings = Settings(data_folder=tmp_path)
    prepare_data_folder(settings)
    correct_modes(settings)
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o755
    assert stat.S_IMODE((tmp_path / "home.txt").stat().st_mode) & 0o044
    assert open_to_others(settings) == [tmp_path]


def test_a_link_is_not_followed(tmp_path):
    outside = tmp_path / "outside.txt"
    outside.write_text("not ours")
    outside.chmod(0o644)
    folder = tmp_path / "var"
    folder.mkdir()
    (folder / "secret_key").touch()
    (folder / "link").symlink_to(outside)
    settings = Settings(data_folder=folder)
    prepare_data_folder(settings)
    correct_modes(settings)
    assert stat.S_IMODE(outside.stat().st_mode) == 0o644
    assert open_to_others(settings) == []


def test_a_database_elsewhere_is_closed_too(tmp_path):
    file = tmp_path / "elsewhere.sqlite3"
    file.touch(mode=0o644)
    file.chmod(0o644)
    prepare_data_folder(Settings(data_folder=tmp_path / "var", database_url=f"sqlite:///{file}"))
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
