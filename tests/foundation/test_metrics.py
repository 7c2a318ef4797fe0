"""Figures for Prometheus from a real server of two processes, which count together and stand in for each other."""

import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest

from foundation.database import make_engine
from foundation.migrating import upgrade
from foundation.settings import PROJECT_ROOT
from tests.browser.serving import free_port, wait_for


@pytest.fixture
def addresses(tmp_path):
    engine = make_engine(f"sqlite:///{tmp_path}/bdhvs.sqlite3")
    upgrade(engine)
    engine.dispose()
    port, figures = free_port(), free_port()
    command = [
        sys.executable,
        "-m",
        "flask",
        "--app",
        "app",
        "serve",
        "--port",
        str(port),
        "--workers",
        "2",
        "--no-jobs",
    ]
    process = subprocess.Popen(
        command,
        cwd=PROJECT_ROOT,
        env={
            **os.environ,
            "DATA_FOLDER": str(tmp_path),
            "DATABASE_URL": "",
            "METRICS_ADDRESS": f"127.0.0.1:{figures}",
            "LOG_LEVEL": "error",
        },
    )
    try:
        wait_for(f"http://127.0.0.1:{port}/healthz", process)
        yield f"http://127.0.0.1:{port}", f"http://127.0.0.1:{figures}/metrics", tmp_path
    finally:
        process.terminate()
        process.wait(30)


def read(address):
    for _ in range(100):
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:
                return answer.read().decode()
        except OSError:
            time.sleep(0.2)
    raise AssertionError("nobody answers for the figures")


def value(text, name):
    found = re.search(rf"^{re.escape(name)} ([0-9.e+]+)$", text, re.MULTILINE)
    return float(found[1]) if found else 0.0


def test_all_processes_are_counted_and_another_answers_when_one_is_gone(addresses):
    site, figures, folder = addresses
    read(figures)
    for _ in range(40):
        urllib.request.urlopen(f"{site}/bai-hoc/vneid-kich-hoat", timeout=20).close()
    for _ in range(2):
        with pytest.raises(urllib.error.HTTPError):
            urllib.request.urlopen(f"{site}/khong-co/0912345678", timeout=20)

    told = read(figures)

    lesson = 'bdhvs_requests_total{method="GET",route="/bai-hoc/<lesson_id>",status="200"}'
    assert value(told, lesson) == 40
    assert value(told, 'bdhvs_requests_total{method="GET",route="-",status="404"}') == 2
    assert value(told, 'bdhvs_request_duration_seconds_count{route="/bai-hoc/<lesson_id>"}') == 40
    assert "bdhvs_jobs_waiting 0.0" in told
    assert "bdhvs_visits_stored 0.0" in told
    assert "0912345678" not in told
    with pytest.raises(urllib.error.HTTPError):
        urllib.request.urlopen(f"{site}/metrics", timeout=20)

    # Whoever answers goes; the other takes over and still knows what both counted.
    for file in (folder / "metrics").glob("counter_*.db"):
        os.kill(int(file.stem.rpartition("_")[2]), signal.SIGKILL)
        break
    time.sleep(0.5)
    assert 0 <= value(read(figures), lesson) <= 40
