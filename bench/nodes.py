"""Servers as a bench starts them: ours, and granian's WSGI server as it was used before."""

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.browser.serving import PROJECT_ROOT, free_port, serve_command, wait_for


class Node:
    """`flask serve` with two workers, or granian's WSGI server as it was used before."""

    def __init__(self, settings: dict[str, str], *, before: bool = False) -> None:
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self._settings = settings
        self._command = serve_command(self.port, workers=2)
        if before:
            granian = [sys.executable, "-m", "granian", "--interface", "wsgi", "--factory", "app:serve"]
            self._command = [*granian, "--port", str(self.port), "--workers", "2", "--blocking-threads", "4"]
            self._command += ["--no-access-log", "--log-level", "error"]
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen(
            self._command, cwd=PROJECT_ROOT, env=self._settings, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        wait_for(f"{self.address}/healthz", self.process)

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(timeout=30)

    def workers(self) -> list[int]:
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return [int(number) for number in children.split()]

    def memory(self) -> float:
        """Resident memory of all workers together, in MB."""
        found = 0
        for number in self.workers():
            match = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{number}/status").read_text())
            found += int(match[1]) if match else 0
        return found / 1024


@contextmanager
def serving(settings: dict[str, str], *, before: bool = False) -> Iterator[Node]:
    node = Node(settings, before=before)
    try:
        yield node
    finally:
        node.stop()
