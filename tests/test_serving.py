"""What `make run` leaves running while it serves, and what is left of it afterwards: nothing."""

import os
import signal
import subprocess
import uuid
from pathlib import Path

import pytest

from app import create_app
from foundation import migrating
from foundation.settings import Settings
from tests.browser.serving import free_port, wait_for

HOUSE = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A data folder with an empty database in it."""
    made = tmp_path_factory.mktemp("served")
    app = create_app(Settings(data_folder=made))
    migrating.upgrade(app.extensions["engine"])
    app.extensions["engine"].dispose()
    return made


@pytest.fixture
def mark():
    """A word in the environment of all that one test starts: they are found by it, whatever their session."""
    return f"SERVED_FOR={uuid.uuid4()}"


@pytest.fixture
def serving(folder, tmp_path, mark):
    """The platform and its worker: the process, and what it said."""
    log = tmp_path / "said.log"
    port = free_port()
    name, _, value = mark.partition("=")
    with log.open("w") as said:
        process = subprocess.Popen(
            # As a terminal starts it; whoever started the tests may have them ignore Ctrl+C.
            ["env", "--default-signal=INT", "scripts/serve", str(port), "1"],
            cwd=HOUSE,
            env={**os.environ, "DATA_FOLDER": str(folder), "DATABASE_URL": "", name: value},
            stdout=said,
            stderr=said,
            start_new_session=True,
        )
    wait_for(f"http://127.0.0.1:{port}/healthz", process)
    yield process, log
    for each in running(mark):
        os.kill(each, signal.SIGKILL)


def running(mark: str) -> list[int]:
    """The processes that still run with a mark in their environment; a zombie has none."""
    found = []
    for each in Path("/proc").glob("[0-9]*/environ"):
        try:
            said = each.read_bytes()
        except OSError:
            continue
        if mark.encode() in said.split(b"\0"):
            found.append(int(each.parent.name))
    return found


@pytest.mark.parametrize("how", ["Ctrl+C", "Ctrl+C in a hurry", "SIGTERM"])
def test_server_and_worker_end_together_and_leave_nobody_behind(serving, mark, how):
    process, log = serving
    assert len(running(mark)) >= 4  # the shell, the worker, granian and its own worker

    if how == "SIGTERM":
        process.terminate()
    else:  # as a terminal does it: the whole group is told, and told again by whoever cannot wait
        for _each in range(5 if "hurry" in how else 1):
            os.killpg(process.pid, signal.SIGINT)

    assert process.wait(timeout=30) == 0
    assert running(mark) == []
    assert "Traceback" not in log.read_text()
