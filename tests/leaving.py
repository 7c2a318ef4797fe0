"""A small run for test_leftovers.py, which starts pytest on this file. LEAVE_BY says how it ends."""

import os
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import pytest

from foundation.settings import Settings
from tests.postgres import postgres_database

LEAVE_BY = os.environ["LEAVE_BY"]


@pytest.fixture
def process():
    """A process in a session of its own, as servers and browsers are; stopped by this fixture, if it comes to that."""
    process = subprocess.Popen(["sleep", "600"], start_new_session=True)
    yield process
    if LEAVE_BY != "forgetting":
        process.kill()
        process.wait()


def test_something_with_a_process_a_database_and_a_folder(process):
    assert Settings().sample_password == ""
    tempfile.mkdtemp()
    with postgres_database() as address:
        Path(os.environ["REPORT"]).write_text(f"{os.getpid()} {process.pid} {address}")
        if LEAVE_BY == "worker killed":
            os.kill(os.getpid(), signal.SIGKILL)
        if LEAVE_BY in {"Ctrl+C", "all killed"}:
            time.sleep(600)
        assert LEAVE_BY != "failing"


def test_another(process):
    """So that a second worker has something to do."""
