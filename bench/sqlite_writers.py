"""Phones that send to SQLite at once: how long the last ones wait, with the writers' queue and without it.

ROUNDS rounds of each, in turn; the first round of each warms up.
"""

import base64
import json
import statistics
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from unittest.mock import patch
from uuid import uuid4

from flask import Flask

from app import serve as serve_app
from bench.table import Row
from bench.visit_batches import Round, batch_of, hamlets_with_members, visits_to
from foundation import sqlite_lock
from foundation.database import make_engine
from foundation.settings import PROJECT_ROOT
from tests.browser.serving import serve

PHONES, BATCHES, BATCH, ROUNDS = 4, 25, 50, 5
GOAL = 600  # milliseconds


def without_queue() -> Flask:
    """The platform as it was before writers queued."""
    patch.object(sqlite_lock, "_FileLock", _NoLock).start()
    return serve_app()


class _NoLock:
    def __init__(self, _path: str, _seconds: float) -> None:
        pass

    def release(self) -> None:
        pass


def measure() -> list[Row]:
    before, after = _Server("bench.sqlite_writers:without_queue"), _Server("app:serve")
    with before, after:
        for seed in range(ROUNDS + 1):
            for server in (before, after) if seed % 2 else (after, before):
                server.send(seed)
    p95, rate = statistics.median(after.p95[1:]), statistics.median(after.rates[1:])
    rate_before = statistics.median(before.rates[1:])
    what = f"SQLite, batches of {BATCH} from {PHONES} connections at once: "
    return [
        Row(f"{what}p95", _spread(after.p95, "ms"), f"≤ {GOAL} ms", p95 <= GOAL),
        Row("  slowest batch", _spread(after.slowest, "ms"), "told, no goal", None),
        Row("  stored", _spread(after.rates, "visits/s"), "≥ 0.95 × without the queue", rate >= 0.95 * rate_before),
        Row("  without the queue: p95", _spread(before.p95, "ms"), "", None),
        Row("  slowest batch", _spread(before.slowest, "ms"), "", None),
        Row("  stored", _spread(before.rates, "visits/s"), "", None),
    ]


def _spread(figures: list[float], unit: str) -> str:
    counted = sorted(figures[1:])
    return f"{statistics.median(counted):,.0f} {unit} ({counted[0]:,.0f}–{counted[-1]:,.0f})"


class _Server:
    """Two workers on a database of their own. By round: p95, slowest in milliseconds of a batch; rates in visits/s."""

    def __init__(self, factory: str) -> None:
        self._folder = tempfile.TemporaryDirectory()
        self._factory = factory
        self.p95: list[float] = []
        self.slowest: list[float] = []
        self.rates: list[float] = []

    def __enter__(self) -> None:
        url = f"sqlite:///{self._folder.name}/bdhvs.sqlite3"
        self._serving = serve(Path(self._folder.name), workers=2, DEVELOPMENT="0", factory=self._factory)
        self._address = self._serving.__enter__()
        engine = make_engine(url)
        self._members = hamlets_with_members(engine, hamlets=PHONES * (ROUNDS + 1), households=BATCHES * BATCH)
        engine.dispose()

    def __exit__(self, *_error: object) -> None:
        self._serving.__exit__(None, None, None)
        self._folder.cleanup()

    def send(self, seed: int) -> None:
        chance, now = Random(seed), datetime.now(UTC)
        members = self._members[seed :: ROUNDS + 1]
        lines = [json.dumps({"name": each.name, "bodies": _bodies(each, chance, now)}) for each in members]
        command = [sys.executable, "-m", "bench.visit_load", self._address]
        sent = subprocess.run(
            command, cwd=PROJECT_ROOT, input="\n".join(lines), check=True, capture_output=True, text=True
        )
        answer = json.loads(sent.stdout)
        assert answer["outcomes"] == {"200": PHONES * BATCHES}, answer["outcomes"]
        self.p95.append(statistics.quantiles(answer["batches"], n=20)[-1])
        self.slowest.append(max(answer["batches"]))
        self.rates.append(PHONES * BATCHES * BATCH / answer["seconds"])


def _bodies(member: Round, chance: Random, now: datetime) -> list[str]:
    device, doors = uuid4(), member.households
    return [
        base64.b64encode(
            batch_of(list(visits_to(doors[start : start + BATCH], chance, now=now)), device=device, pending=0, now=now)
        ).decode()
        for start in range(0, len(doors), BATCH)
    ]
