"""Workers killed under load, and a rolling restart: who notices, and whether anything acknowledged is lost."""

import http.client
import json
import os
import shutil
import signal
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from sqlalchemy import text

from bench.nginx import nginx
from bench.nodes import serving
from bench.table import Row
from bench.visit_batches import Round, batch_of, hamlets_with_members, visits_to
from bench.visit_load import HEADERS, sign_in
from foundation.database import make_engine
from tests.browser.serving import prepare, settings_of

LESSON = "/bai-hoc/vneid-kich-hoat"
PACE = 50  # requests a second
MINUTE = 60  # seconds


def measure() -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        settings = settings_of(Path(folder), DEVELOPMENT="0")
        prepare(settings)
        engine = make_engine(f"sqlite:///{folder}/bdhvs.sqlite3")
        (walk,) = hamlets_with_members(engine, hamlets=1, households=MINUTE * 5)
        engine.dispose()
        return [_killed_workers(settings, walk), _rolling_restart(Path(folder), settings)]


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


def _killed_workers(settings: dict[str, str], walk: Round) -> Row:
    engine = make_engine(f"sqlite:///{settings['DATA_FOLDER']}/bdhvs.sqlite3")
    with serving(settings) as node:
        phone = Sender(node.address, walk, MINUTE)
        phone.start()
        with Paced(node.address, MINUTE) as people:
            killed = _every(5, MINUTE, lambda: os.kill(min(node.workers()), signal.SIGKILL))
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
        nodes = [running.enter_context(serving(settings)) for _ in range(2)]
        front = running.enter_context(nginx(folder / "c", [node.address for node in nodes]))
        with Paced(front, 75) as people:
            for node in nodes:
                time.sleep(3)
                node.stop()
                node.start()
            for node in nodes:
                old = set(node.workers())
                node.process.send_signal(signal.SIGHUP)
                while old & set(node.workers()):
                    time.sleep(0.2)
    return Row(name, f"{people.late} of {people.asked:,} failed", goal, not people.late)
