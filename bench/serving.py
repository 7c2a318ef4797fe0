"""The server: pages a second, slow strangers, killed workers, a rolling restart."""

import http.client
import json
import os
import re
import resource
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from sqlalchemy import text

from bench.nginx import nginx
from bench.table import Row
from bench.visit_batches import Round, batch_of, hamlets_with_members, visits_to
from bench.visit_load import HEADERS, sign_in
from foundation.database import make_engine
from tests.browser.serving import HOUSE, free_port, prepare, serve_command, settings_of, wait_for
from tests.strangers import half_sent_body, held, idle, slow_headers

LESSON = "/bai-hoc/vneid-kich-hoat"
STRANGERS = 2000
ROUNDS = 3
PACE = 50  # requests a second
MINUTE = 60  # seconds


def measure() -> list[Row]:
    _raise_open_files()
    with tempfile.TemporaryDirectory() as folder:
        settings = settings_of(Path(folder), DEVELOPMENT="0")
        prepare(settings)
        return [
            *_pages(Path(folder), settings),
            *_slow_strangers(settings),
            _killed_workers(settings),
            _rolling_restart(Path(folder), settings),
        ]


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
            self._command, cwd=HOUSE, env=self._settings, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
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
def _node(settings: dict[str, str], *, before: bool = False) -> Iterator[Node]:
    node = Node(settings, before=before)
    try:
        yield node
    finally:
        node.stop()


def _pages(folder: Path, settings: dict[str, str]) -> list[Row]:
    """Lesson pages of both servers, one after the other in each round, alone and behind nginx."""
    wrk = shutil.which("wrk")
    goal = "≥ 0.55 × granian WSGI and ≥ 1,000/s"
    if wrk is None:
        return [Row("lesson pages a second", "wrk is not installed", goal, None)]
    with ExitStack() as running:
        ours = running.enter_context(_node(settings))
        before = running.enter_context(_node(settings, before=True))
        for node in (ours, before):
            _wrk(wrk, node.address)
        alone = [(_wrk(wrk, ours.address), _wrk(wrk, before.address)) for _ in range(ROUNDS)]
        rows = [_compared("lesson pages a second, alone", alone, 0.55, 1000)]
        if not (shutil.which("nginx") or Path("/usr/sbin/nginx").exists()):
            return [*rows, Row("lesson pages a second behind nginx", "nginx is not installed", "≥ 0.8 ×", None)]
        (folder / "a").mkdir()
        (folder / "b").mkdir()
        front = running.enter_context(nginx(folder / "a", [ours.address]))
        front_before = running.enter_context(nginx(folder / "b", [before.address]))
        behind = [(_wrk(wrk, front), _wrk(wrk, front_before)) for _ in range(ROUNDS)]
        return [*rows, _compared("lesson pages a second, behind nginx", behind, 0.8, 0)]


def _compared(name: str, rounds: list[tuple[float, float]], ratio: float, least: float) -> Row:
    ours = statistics.median(round[0] for round in rounds)
    before = statistics.median(round[1] for round in rounds)
    found = statistics.median(mine / theirs for mine, theirs in rounds)
    spread = f"{min(a / b for a, b in rounds):.2f} to {max(a / b for a, b in rounds):.2f}"
    return Row(
        name,
        f"{ours:,.0f}/s, granian WSGI {before:,.0f}/s, ratio {found:.2f} ({spread})",
        f"≥ {ratio} × granian WSGI" + (f" and ≥ {least:,.0f}/s" if least else ""),
        found >= ratio and ours >= least,
    )


def _wrk(wrk: str, address: str) -> float:
    command = [wrk, "-t1", "-c16", "-d5s", "-H", "Accept-Encoding: br", address + LESSON]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert "Non-2xx" not in printed, printed
    return float(re.search(r"Requests/sec:\s+([\d.]+)", printed)[1])  # type: ignore[index]


def _slow_strangers(settings: dict[str, str]) -> list[Row]:
    """2,000 half-sent bodies, 2,000 half-sent headers and 2,000 idle connections at once."""
    goal = "lesson and /healthz ≤ 200 ms, 0 failed"
    with _node(settings) as node:
        _ask_both(node, 20)
        empty = node.memory()
        with held(node.address, STRANGERS, half_sent_body()):
            time.sleep(1)
            bodies = node.memory() - empty
            with held(node.address, STRANGERS, slow_headers()), held(node.address, STRANGERS, idle()):
                times, failed = _ask_both(node, 60)
    longest, middle = max(times) * 1000, statistics.median(times) * 1000
    return [
        Row(
            f"{STRANGERS:,} half-sent bodies, {STRANGERS:,} slow headers, {STRANGERS:,} idle connections held",
            f"median {middle:.1f} ms, longest {longest:.0f} ms of {len(times)}, {failed} failed",
            goal,
            longest <= 200 and not failed,
        ),
        Row(f"memory for {STRANGERS:,} half-sent bodies", f"{bodies:.0f} MB", "≤ 64 MB", bodies <= 64),
    ]


def _ask_both(node: Node, count: int) -> tuple[list[float], int]:
    times, failed = [], 0
    for number in range(count):
        began = time.monotonic()
        try:
            with urllib.request.urlopen(node.address + (LESSON if number % 2 else "/healthz"), timeout=30) as answer:
                answer.read()
        except OSError:
            failed += 1
        times.append(time.monotonic() - began)
    return times, failed


class Sender(threading.Thread):
    """A member's phone that sends a visit four times a second, each again until it is acknowledged."""

    def __init__(self, address: str, round_: Round, seconds: float) -> None:
        super().__init__()
        self._host = urlsplit(address).netloc
        connection, self._cookie = sign_in(self._host, round_.name)
        connection.close()
        self._visits = visits_to(round_.households, Random(1), now=datetime.now(UTC))
        self._until = time.monotonic() + seconds
        self.acknowledged: list[str] = []

    def run(self) -> None:
        device = uuid4()
        while time.monotonic() < self._until:
            visit = next(self._visits)
            body = batch_of([visit], device=device, pending=0, now=datetime.now(UTC))
            while not self._taken(body):
                time.sleep(0.1)
            self.acknowledged.append(str(visit["id"]))
            time.sleep(0.25)

    def _taken(self, body: bytes) -> bool:
        connection = http.client.HTTPConnection(self._host, timeout=30)
        try:
            connection.request("POST", "/api/v1/visits", body, HEADERS | {"Cookie": self._cookie})
            answer = connection.getresponse()
            results = json.loads(answer.read()).get("results", []) if answer.status == 200 else []
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()
        return [result["outcome"] for result in results] in (["stored"], ["already_stored"])


class Paced:
    """PACE pages a second for a while.

    late: requests that were answered only when asked again. lost: those that were not within two seconds of a retry.
    """

    def __init__(self, address: str, seconds: float) -> None:
        self._address = address
        self._until = time.monotonic() + seconds
        self.asked = self.late = self.lost = 0
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._ask, args=(number,)) for number in range(10)]

    def __enter__(self) -> "Paced":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        for thread in self._threads:
            thread.join()

    def _ask(self, number: int) -> None:
        step = len(self._threads) / PACE
        due = time.monotonic() + number / PACE
        while due < self._until:
            time.sleep(max(0.0, due - time.monotonic()))
            due += step
            answered = self._get()
            with self._lock:
                self.asked += 1
                self.late += not answered
            if not answered and not self._again():
                with self._lock:
                    self.lost += 1

    def _get(self) -> bool:
        try:
            with urllib.request.urlopen(self._address + LESSON, timeout=30) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def _again(self) -> bool:
        end = time.monotonic() + 2
        while time.monotonic() < end:
            if self._get():
                return True
            time.sleep(0.1)
        return False


def _killed_workers(settings: dict[str, str]) -> Row:
    engine = make_engine(f"sqlite:///{settings['DATA_FOLDER']}/bdhvs.sqlite3")
    (walk,) = hamlets_with_members(engine, hamlets=1, households=MINUTE * 5)
    with _node(settings) as node:
        phone = Sender(node.address, walk, MINUTE)
        phone.start()
        with Paced(node.address, MINUTE) as people:
            killed = _every(5, MINUTE, lambda: os.kill(node.workers()[0], signal.SIGKILL))
        phone.join()
    with engine.connect() as connection:
        stored = {str(UUID(str(found))) for found in connection.scalars(text("SELECT id FROM visit"))}
    engine.dispose()
    gone = len(set(phone.acknowledged) - stored)
    share = people.late / people.asked
    return Row(
        f"a worker killed every 5 s for a minute, {PACE} pages/s, 4 visits/s",
        f"{killed} killed, {people.late} of {people.asked:,} pages failed ({share:.2%}), "
        f"{people.lost} not answered in 2 s, {gone} of {len(phone.acknowledged)} acknowledged visits lost",
        "≤ 1 % fail, all answered within 2 s of a retry, 0 visits lost",
        share <= 0.01 and not people.lost and not gone and killed > 5,
    )


def _every(pause: float, seconds: float, act: Callable[[], None]) -> int:
    end, done = time.monotonic() + seconds, 0
    while time.monotonic() + pause < end:
        time.sleep(pause)
        act()
        done += 1
    return done


def _rolling_restart(folder: Path, settings: dict[str, str]) -> Row:
    name, goal = f"rolling restart and reload of two nodes behind nginx, {PACE} requests/s", "0 failed"
    if not (shutil.which("nginx") or Path("/usr/sbin/nginx").exists()):
        return Row(name, "nginx is not installed", goal, None)
    (folder / "c").mkdir()
    with ExitStack() as running:
        nodes = [running.enter_context(_node(settings)) for _ in range(2)]
        front = running.enter_context(nginx(folder / "c", [node.address for node in nodes]))
        with Paced(front, 75) as people:
            for node in nodes:
                time.sleep(3)
                node.stop()
                node.start()
                time.sleep(6)  # until nginx asks it again: fail_timeout
            for node in nodes:
                old = set(node.workers())
                node.process.send_signal(signal.SIGHUP)
                while old & set(node.workers()):
                    time.sleep(0.2)
    return Row(name, f"{people.late} of {people.asked:,} failed", goal, not people.late)


def _raise_open_files() -> None:
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 65_536), hard))
