"""Starts the platform as `make run` does: prepared, with the sample in it."""

import fcntl
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.run import run_folder

PROJECT_ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "mau-thu-2026"


@contextmanager
def serve(
    folder: Path,
    *,
    workers: int = 1,
    factory: str = "app:serve",
    jobs: bool = False,
    prepared: bool = False,
    **settings: str,
) -> Iterator[str]:
    """The address of a server. prepared: the folder comes from copy_prepared."""
    port = free_port()
    environment = settings_of(folder, PORT=str(port), **settings)
    if not prepared:
        prepare(environment)
    log = (folder / "server.log").open("w")
    process = subprocess.Popen(
        serve_command(port, workers=workers, factory=factory, jobs=jobs),
        cwd=PROJECT_ROOT,
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


def settings_of(folder: Path, **settings: str) -> dict[str, str]:
    """The environment of a platform with its data in `folder`."""
    ours = {"DATA_FOLDER": str(folder), "DATABASE_URL": "", "SAMPLE_PASSWORD": PASSWORD, "DEVELOPMENT": "1"}
    return {**os.environ, **ours, **settings}


def prepare(environment: dict[str, str]) -> None:
    command = [sys.executable, "-m", "flask", "--app", "app", "prepare"]
    subprocess.run(command, cwd=PROJECT_ROOT, env=environment, check=True, capture_output=True, text=True)


def copy_prepared(folder: Path) -> None:
    """Makes of an empty folder one that was prepared: a copy of that of the run, which whoever asks first prepares."""
    first = run_folder() / "prepared"
    with first.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (first / "prepared.txt").exists():
            prepare(settings_of(first))
    shutil.copytree(first, folder, dirs_exist_ok=True)


def serve_command(port: int, *, workers: int = 1, factory: str = "app:serve", jobs: bool = False) -> list[str]:
    """The one command that serves, here, with `make run` and in production."""
    flask = [sys.executable, "-m", "flask", "--app", "app", "serve"]
    options = ["--port", str(port), "--workers", str(workers), "--factory", factory, "--jobs" if jobs else "--no-jobs"]
    return [*flask, *options]


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def wait_for(url: str, process: subprocess.Popen, seconds: float = 240) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        assert process.poll() is None, "the server stopped while starting"
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"the server did not answer within {seconds} seconds")
