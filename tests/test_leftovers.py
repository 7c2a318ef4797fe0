"""However a run of tests ends, no process and no folder of it is left; and a run that leaves some fails."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from foundation.settings import PROJECT_ROOT
from tests.leftovers import RUN_FOLDER

PYTEST = [sys.executable, "-m", "pytest", "tests/leaving.py", "-n", "2", "--database", "postgresql"]
ALONE = PYTEST[:4]
WRAPPED = [sys.executable, "-m", "tests.run", *PYTEST]


@pytest.fixture
def small_run(tmp_path_factory):
    """Starts a run of its own, not inside this one; what is left of it is ended here."""
    folder = tmp_path_factory.mktemp("run")
    started = []

    def start(command, leave_by):
        environment = {**os.environ, "TMPDIR": str(folder), "LEAVE_BY": leave_by, "REPORT": str(folder / "report")}
        del environment[RUN_FOLDER]
        log = (folder / "log").open("w")
        started.append(
            subprocess.Popen(
                ["env", "--default-signal=INT", "SAMPLE_PASSWORD=from the shell", *command],
                cwd=PROJECT_ROOT,
                env=environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        )
        return folder, started[-1]

    yield start
    for process in started:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    for pid in belonging(folder):
        os.kill(pid, signal.SIGKILL)


def belonging(folder: Path) -> dict[int, str]:
    """Processes with the folder in their environment, arguments or place of work, by whatever route they came."""
    found = {}
    for place in Path("/proc").glob("[0-9]*"):
        try:
            words = (place / "environ").read_bytes() + (place / "cmdline").read_bytes()
            if os.fsencode(folder) in words + os.fsencode((place / "cwd").readlink()):
                found[int(place.name)] = (place / "cmdline").read_bytes().decode(errors="replace")
        except OSError:
            continue
    return found


def wait_for(condition, seconds=300):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.1)


def begun(folder, process):
    report = folder / "report"
    wait_for(lambda: process.poll() is not None or (report.exists() and report.read_text()))
    assert report.exists(), (folder / "log").read_text()
    return report.read_text().split()


def nothing_left(folder):
    return belonging(folder) == {} and sorted(file.name for file in folder.iterdir()) == ["log", "report"]


def test_a_run_that_cleans_up_passes_and_leaves_nothing(small_run):
    folder, process = small_run(WRAPPED, "passing")

    assert process.wait(timeout=300) == 0, (folder / "log").read_text()
    assert nothing_left(folder)
    assert "Left behind" not in (folder / "log").read_text()


@pytest.mark.parametrize("command", [ALONE, WRAPPED], ids=["pytest alone", "as make test"])
def test_a_run_that_forgets_a_process_fails_and_names_it(small_run, command):
    folder, process = small_run(command, "forgetting")

    assert process.wait(timeout=300) == 1
    told = (folder / "log").read_text()
    assert "2 passed" in told
    assert f"process {begun(folder, process)[1]}: sleep 600" in told
    assert nothing_left(folder)


@pytest.mark.parametrize(
    ("command", "leave_by"), [(ALONE, "failing"), (WRAPPED, "worker killed"), (WRAPPED, "Ctrl+C"), (PYTEST, "Ctrl+C")]
)
def test_a_run_that_breaks_leaves_nothing(small_run, command, leave_by):
    folder, process = small_run(command, leave_by)
    begun(folder, process)
    if leave_by == "Ctrl+C":  # a terminal tells the whole group
        os.killpg(process.pid, signal.SIGINT)

    assert process.wait(timeout=300) != 0
    assert nothing_left(folder), belonging(folder)


@pytest.mark.parametrize("command", [PYTEST, WRAPPED], ids=["two workers", "as make test"])
def test_a_run_whose_owner_is_killed_is_cleaned_up_by_its_watcher(small_run, command):
    folder, process = small_run(command, "all killed")
    begun(folder, process)
    assert len(belonging(folder)) > 5  # pytest, its workers and theirs, PostgreSQL

    process.kill()

    wait_for(lambda: nothing_left(folder))
