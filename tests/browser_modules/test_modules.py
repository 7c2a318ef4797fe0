"""Runs the tests of the browser's modules in Node: each file *.test.mjs is one test, and Node names what failed."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from community_teams.phones.views.app_questions import questions_as_json
from foundation.settings import PROJECT_ROOT

HERE = Path(__file__).parent
# The first with WebCrypto, gzip streams and a test runner as the tests need them.
OLDEST_NODE = 20


@pytest.fixture(scope="session")
def node() -> str:
    """Node of the machine, or the one that scripts/with-node installs beside Python."""
    beside = Path(sys.executable).parent / "node"
    for found in (shutil.which("node"), str(beside) if beside.exists() else None):
        if found and _version(found) >= OLDEST_NODE:
            return found
    pytest.fail(
        f"there is no Node {OLDEST_NODE} or newer: rm -f node_modules/.ready-test && make node_modules/.ready-test"
    )


def _version(node: str) -> int:
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout
    found = re.match(r"v(\d+)", said)
    return int(found.group(1)) if found else 0


@pytest.mark.parametrize("file", sorted(HERE.glob("*.test.mjs")), ids=lambda file: file.name.split(".")[0])
def test_the_browsers_modules_keep_their_promises(node, file, tmp_path):
    questions = tmp_path / "questions.json"
    questions.write_text(questions_as_json())
    quiet = {**os.environ, "NODE_NO_WARNINGS": "1", "VISIT_QUESTIONS": str(questions)}
    run = subprocess.run(
        [node, "--test", "--test-reporter=tap", str(file)],
        cwd=PROJECT_ROOT,
        env=quiet,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert run.returncode == 0, "\n".join([*_failed(run.stdout), run.stderr[-3000:]])


def _failed(tap: str) -> list[str]:
    """The lines of every test that failed, with what Node says of it."""
    lines, keeping = [], False
    for line in tap.splitlines():
        if re.match(r"\s*(not )?ok \d", line):
            keeping = line.strip().startswith("not ok")
        if keeping:
            lines.append(line)
    return lines[:120]
