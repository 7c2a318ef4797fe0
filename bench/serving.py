"""The server: pages a second beside the one before, slow strangers, a thin line."""

import gzip
import re
import resource
import shutil
import socket
import statistics
import subprocess
import tempfile
import time
import urllib.request
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from urllib.parse import urlsplit
from uuid import uuid4

from bench.nginx import nginx
from bench.nodes import Node, serving
from bench.table import Row
from bench.visit_batches import Round, batch_of, hamlets_with_members, visits_to
from bench.visit_load import sign_in
from foundation.database import make_engine
from tests.browser.serving import prepare, settings_of
from tests.strangers import half_sent_body, held, idle, slow_headers

LESSON = "/bai-hoc/vneid-kich-hoat"
STRANGERS = 2000
ROUNDS = 3


def measure() -> list[Row]:
    _raise_open_files()
    with tempfile.TemporaryDirectory() as folder:
        settings = settings_of(Path(folder), DEVELOPMENT="0")
        prepare(settings)
        engine = make_engine(f"sqlite:///{folder}/bdhvs.sqlite3")
        (walk,) = hamlets_with_members(engine, hamlets=1, households=50)
        engine.dispose()
        return [
            *_pages(Path(folder), settings),
            *_slow_strangers(settings),
            _thin_line(settings, walk),
        ]


def _pages(folder: Path, settings: dict[str, str]) -> list[Row]:
    """Lesson pages of both servers, one after the other in each round, alone and behind nginx."""
    wrk = shutil.which("wrk")
    goal = "≥ 0.55 × granian WSGI and ≥ 1,000/s"
    if wrk is None:
        return [Row("lesson pages a second", "wrk is not installed", goal, None)]
    with ExitStack() as running:
        ours = running.enter_context(serving(settings))
        before = running.enter_context(serving(settings, before=True))
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
    with serving(settings) as node:
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


def _thin_line(settings: dict[str, str], walk: Round) -> Row:
    """50 visits, not packed, at 1 kB/s, with three silences of ten seconds, while 200 other bodies stay half-sent."""
    now = datetime.now(UTC)
    visits = list(visits_to(walk.households, Random(2), now=now))
    body = gzip.decompress(batch_of(visits, device=uuid4(), pending=0, now=now))
    with serving(settings) as node, held(node.address, 200, half_sent_body()):
        connection, cookie = sign_in(urlsplit(node.address).netloc, walk.name)
        connection.close()
        began = time.monotonic()
        with socket.create_connection(("127.0.0.1", node.port), timeout=60) as line:
            head = f"POST /api/v1/visits HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\n"
            kind = f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
            line.sendall(f"{head}{kind}".encode())
            for start in range(0, len(body), 100):
                line.sendall(body[start : start + 100])
                silence = 10 if start // 100 in {len(body) * part // 400 for part in (1, 2, 3)} else 0
                time.sleep(0.1 + silence)
            answer = b""
            while b'"results"' not in answer or not answer.endswith(b"}"):
                answer += line.recv(65536) or b"(closed)}"
        took = time.monotonic() - began
    stored = answer.count(b'"stored"')
    return Row(
        f"50 visits ({len(body) / 1000:.0f} kB) at 1 kB/s with three cuts of 10 s",
        f"{stored} stored after {took:.0f} s",
        "all stored",
        stored == 50,
    )


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


def _raise_open_files() -> None:
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 65_536), hard))
