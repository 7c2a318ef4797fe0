"""The lesson page: what a first visit weighs, and how many of them two cores serve."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import brotli
from playwright.sync_api import sync_playwright

from bench.table import Row
from courses.catalogue import Catalogue
from tests.browser.serving import free_port, serve, wait_for

LESSON = "/bai-hoc/vneid-kich-hoat"
SECONDS = 8
CONNECTIONS = 16
# wrk prints no 95th percentile by itself.
TELL = """
done = function(summary, latency, requests)
  io.write(string.format("told %f %f %d\\n", summary.requests / summary.duration * 1e6, latency:percentile(95) / 1000,
    summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.timeout))
end
"""
HELLO = "from flask import Flask\napp = Flask(__name__)\n@app.get('/')\ndef hello():\n    return 'hello'\n"


def measure() -> list[Row]:
    with tempfile.TemporaryDirectory() as folder, serve(Path(folder), workers=2, DEVELOPMENT="0") as address:
        rows = [row for path in (LESSON, _heaviest(address)) for row in _first_visit(address, path)]
        with _hello() as bare:
            rows += _load(address, bare)
        worker = max(_worker_memory(address))
    rows.append(Row("memory of a worker after the load", f"{worker:.0f} MB", "≤ 150 MB", worker <= 150))
    return rows


def _heaviest(address: str) -> str:
    """The lesson whose page weighs most: what holds for it holds for any."""
    paths = [f"/bai-hoc/{lesson.id}" for lesson in Catalogue.load().lessons]
    return max(paths, key=lambda path: len(_compressed(address + path)))


def _compressed(url: str) -> bytes:
    request = urllib.request.Request(url, headers={"Accept-Encoding": "br"})
    with urllib.request.urlopen(request) as answer:
        assert answer.headers["Content-Encoding"] == "br"
        page: bytes = answer.read()
    return page


def _first_visit(address: str, path: str) -> list[Row]:
    html = _compressed(address + path)
    readable = len(re.sub(r"<[^>]+>", "", brotli.decompress(html).decode()).split())
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    rows = [Row(f"{path}, HTML compressed", f"{len(html) / 1024:.1f} KB", "≤ 14 KB", len(html) <= 14 * 1024)]
    if chromium is None:
        return [
            *rows,
            Row(f"{path}, whole first visit", "no Chromium here", "≤ 60 KB, ≤ 6 requests, ≤ 15 KB JavaScript", None),
        ]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 360, "height": 740})
        network = page.context.new_cdp_session(page)
        network.send("Network.enable")
        sizes: dict[str, float] = {}
        kinds: dict[str, str] = {}
        network.on(
            "Network.loadingFinished", lambda event: sizes.update({event["requestId"]: event["encodedDataLength"]})
        )
        network.on("Network.responseReceived", lambda event: kinds.update({event["requestId"]: event["type"]}))
        page.goto(address + path, wait_until="networkidle")
        without = browser.new_context(java_script_enabled=False).new_page()
        without.goto(address + path)
        words = len(without.locator("main").inner_text().split())
        browser.close()
    weight = sum(sizes.values()) / 1024
    scripts = sum(size for each, size in sizes.items() if kinds[each] == "Script") / 1024
    fonts = list(kinds.values()).count("Font")
    # What comes out of the page itself or out of the cache is told as a request, too, but of no bytes.
    requests = sum(size > 0 for size in sizes.values())
    fits = weight <= 60 and requests <= 6 and scripts <= 15 and not fonts
    return [
        *rows,
        Row(
            f"{path}, whole first visit",
            f"{weight:.1f} KB, {requests} requests, {scripts:.1f} KB of them JavaScript, {fonts} web fonts",
            "≤ 60 KB, ≤ 6 requests, ≤ 15 KB JavaScript, no web font",
            fits,
        ),
        Row(f"{path}, readable without JavaScript", f"{words} words shown of {readable}", "readable", words > 20),
    ]


def _load(address: str, bare: str) -> list[Row]:
    wrk = shutil.which("wrk")
    goal = "≥ 1,000/s, p95 ≤ 50 ms"
    if wrk is None:
        return [Row("lesson pages served on 2 cores", "wrk is not installed: apt-get install wrk", goal, None)]
    rounds = [(_wrk(wrk, address + LESSON), _wrk(wrk, bare + "/")) for _ in range(3)]
    rates = sorted(lesson[0] for lesson, _ in rounds)
    waits = sorted(lesson[1] for lesson, _ in rounds)
    hellos = sorted(hello[0] for _, hello in rounds)
    failed = sum(lesson[2] for lesson, _ in rounds)
    return [
        Row(
            "lesson pages served on 2 cores (2 workers, wrk beside them)",
            f"{rates[1]:,.0f}/s ({rates[0]:,.0f}–{rates[2]:,.0f}), p95 {waits[1]:.1f} ms, {failed} failed",
            goal,
            rates[1] >= 1000 and waits[1] <= 50 and not failed,
        ),
        Row(
            "its ratio to a bare Flask hello on the same server",
            f"{rates[1] / hellos[1]:.2f} ({hellos[1]:,.0f}/s, {hellos[0]:,.0f}–{hellos[2]:,.0f})",
            "told, no goal",
            None,
        ),
    ]


def _wrk(wrk: str, url: str) -> tuple[float, float, int]:
    """Requests a second, 95th percentile in milliseconds, requests that failed."""
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(TELL)
        script.flush()
        command = [wrk, "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s", "-H", "Accept-Encoding: br", "-s", script.name, url]
        told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    rate, p95, failed = re.search(r"told (\S+) (\S+) (\d+)", told).groups()  # type: ignore[union-attr]
    return float(rate), float(p95), int(failed)


@contextmanager
def _hello() -> Iterator[str]:
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "hello.py").write_text(HELLO)
        granian = [sys.executable, "-m", "granian", "--interface", "wsgi", "hello:app", "--workers", "2"]
        process = subprocess.Popen(
            [*granian, "--host", "127.0.0.1", "--port", str(port), "--no-access-log", "--log-level", "warning"],
            cwd=folder,
        )
        try:
            wait_for(f"http://127.0.0.1:{port}/", process)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(timeout=20)


def _worker_memory(address: str) -> list[float]:
    """Resident memory in MB of every process serving at `address`'s port, workers last."""
    port = address.rsplit(":", 1)[1]
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            words = place.joinpath("cmdline").read_bytes().split(b"\0")
            status = place.joinpath("status").read_text()
        except OSError:
            continue
        if port.encode() in words or os.fsencode(f"PORT={port}") in _environment(place):
            resident = re.search(r"VmRSS:\s+(\d+) kB", status)
            if resident and b"foundation.serving.worker" in words:
                found.append(int(resident.group(1)) / 1024)
    return found or [float("nan")]


def _environment(place: Path) -> list[bytes]:
    try:
        return place.joinpath("environ").read_bytes().split(b"\0")
    except OSError:
        return []
