"""Runs tests in forks of a process that has imported every library, and nothing of ours: saves a second each time.

`python -P bench/forked_tests.py LOG` in a copy of the source reads one JSON object a line,
{"tests": [...], "seconds": 300, "record": null}, and answers each with one: {"passed": true}.
A run that takes longer than `seconds` has not passed. LOG: a file that gets what the last run prints.
record: a file that gets {"lines": {path: {line: [test]}}, "seconds": {test: s}}, of the tests that passed.
"""

import importlib
import json
import os
import signal
import subprocess
import sys
import time
import traceback
from collections import defaultdict
from contextlib import suppress
from pathlib import Path
from typing import Any

import coverage
import pytest

OURS = {"app", "bench", "community_teams", "courses", "foundation", "learning", "scripts", "tests", "translations"}
NAMES = "import json, sys, app, hypothesis, tests.conftest; print(json.dumps(list(sys.modules)))"
OPTIONS = ["-x", "--no-header", "--database", "sqlite", "-p", "no:randomly"]


class Recorder:
    """A pytest plugin: which lines of the domain rules each test runs, and how long it takes."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._coverage = coverage.Coverage(include=["*/domain/*", "*/domain.py"], data_file=None)
        self._seconds: dict[str, float] = defaultdict(float)
        self._failed: set[str] = set()
        self._coverage.start()

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        self._coverage.switch_context(nodeid)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._seconds[report.nodeid] += report.duration
        if report.failed:
            self._failed.add(report.nodeid)

    def pytest_sessionfinish(self) -> None:
        self._coverage.stop()
        data = self._coverage.get_data()
        lines = {
            os.path.relpath(path): {
                line: [test for test in tests if test and test not in self._failed]
                for line, tests in data.contexts_by_lineno(path).items()
            }
            for path in data.measured_files()
        }
        self._file.write_text(json.dumps({"lines": lines, "seconds": self._seconds}))


def import_libraries() -> None:
    listed = subprocess.run([sys.executable, "-c", NAMES], check=True, capture_output=True, text=True).stdout
    for name in json.loads(listed):
        if name.partition(".")[0] not in OURS:
            with suppress(ImportError):  # parts of compiled modules cannot be imported by name
                importlib.import_module(name)


def run(tests: list[str], seconds: float, record: str | None = None) -> bool:
    child = os.fork()
    if not child:
        _become_pytest(tests, record)
    end = time.monotonic() + seconds
    while True:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return status == 0
        if time.monotonic() > end:
            os.killpg(child, signal.SIGKILL)
            os.waitpid(child, 0)
            return False
        time.sleep(0.02)


def _become_pytest(tests: list[str], record: str | None) -> None:
    os.setsid()  # so that whatever it starts can be ended with it
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    log = os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    for stream in (1, 2):
        os.dup2(log, stream)
    status = 1
    try:
        plugins: list[Any] = [Recorder(Path(record))] if record else []
        options = OPTIONS[1:] if record else OPTIONS  # all tests are recorded, whatever fails
        status = int(pytest.main([*options, *tests], plugins=plugins))
    finally:
        if sys.exc_info()[0]:
            traceback.print_exc()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


if __name__ == "__main__":
    import_libraries()
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        print(json.dumps({"passed": run(**json.loads(line))}), flush=True)
