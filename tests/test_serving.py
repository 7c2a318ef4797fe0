"""What `make run` leaves running while it serves, and what is left of it afterwards: nothing."""

import os
import signal
import subprocess
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
def serving(folder, tmp_path):
    """The platform and its worker: the process, and what it said."""
    log = tmp_path / "said.log"
    port = free_port()
    with log.open("w") as said:
        process = subprocess.Popen(
            ["scripts/serve", str(port), "1"],
            cwd=HOUSE,
            env={**os.environ, "DATA_FOLDER": str(folder), "DATABASE_URL": ""},
            stdout=said,
            stderr=said,
            start_new_session=True,
        )
    wait_for(f"http://127.0.0.1:{port}/healthz", process)
    yield process, log
    if processes_of(process.pid):
        os.killpg(process.pid, signal.SIGKILL)


def processes_of(session: int) -> list[str]:
    """What still runs in a session; a zombie that nobody has asked about runs no more."""
    found = []
    for each in Path("/proc").glob("[0-9]*/stat"):
        try:
            name, _, rest = each.read_text().rpartition(")")
        except OSError:
            continue
        state, _parent, _group, its = rest.split()[:4]
        if int(its) == session and state != "Z":
            found.append(name)
    return found


@pytest.mark.parametrize("everybody", [True, False], ids=["Ctrl+C", "SIGTERM"])
def test_server_and_worker_end_together_and_leave_nobody_behind(serving, everybody):
    process, log = serving
    assert len(processes_of(process.pid)) >= 4  # the shell, the worker, granian and its own worker

    if everybody:  # as a terminal does it: the whole group is told
        os.killpg(process.pid, signal.SIGINT)
    else:
        process.terminate()

    assert process.wait(timeout=30) == 0
    assert processes_of(process.pid) == []
    assert "Traceback" not in log.read_text()
