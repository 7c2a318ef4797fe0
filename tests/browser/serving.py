"""Starts the platform as `make run` does: prepared, with the sample in it, served by granian."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HOUSE = Path(__file__).resolve().parents[2]
PASSWORD = "mau-thu-2026"


@contextmanager
def serve(folder: Path, *, workers: int = 1, factory: str = "app:serve", **settings: str) -> Iterator[str]:
    port = free_port()
    environment = {
        **os.environ,
        "DATA_FOLDER": str(folder),
        "DATABASE_URL": "",
        "SAMPLE_PASSWORD": PASSWORD,
        "DEVELOPMENT": "1",
        "PORT": str(port),
        **settings,
    }
    command = [sys.executable, "-m", "flask", "--app", "app", "prepare"]
    subprocess.run(command, cwd=HOUSE, env=environment, check=True, capture_output=True, text=True)
    log = (folder / "server.log").open("w")
    granian = [sys.executable, "-m", "granian", "--interface", "wsgi", "--factory", factory]
    process = subprocess.Popen(
        [
            *granian,
            "--host",
            "127.0.0.1",
            "--port",
            str(port),
            "--workers",
            str(workers),
            "--blocking-threads",
            "4",
            "--workers-kill-timeout",
            "5",
        ],
        cwd=HOUSE,
        env=environment,
        stdout=log,
        stderr=log,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(f"{address}/healthz", process)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=20)


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def wait_for(url: str, process: subprocess.Popen) -> None:
    for _ in range(400):
        assert process.poll() is None, "the server stopped while starting"
        try:
            with urllib.request.urlopen(url, timeout=1):
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the server did not answer within 40 seconds")
