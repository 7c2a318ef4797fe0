"""Learning without network: how soon a kept lesson stands, what a kept course weighs, and whether answers survive."""

import os
import shutil
import statistics
import sys
import tempfile
import urllib.request
from pathlib import Path

from playwright.sync_api import Page, sync_playwright
from sqlalchemy.orm import Session

from app import create_app
from bench.table import Row
from courses.catalogue import Catalogue
from foundation.database import Base, make_engine
from foundation.settings import Settings
from tests.browser.line import Line, line_to
from tests.browser.serving import serve
from tests.faults.learning_lives import live, served

LESSON = "/bai-hoc/at-otp"
RUNS = 9
READABLE_MS = 500
MOST_KB = 400
SEEDS = 1000
# When the first thing to read stood on the screen, in milliseconds since the page was asked for.
STOOD = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? null"
KEPT = """async (path) => {
  await navigator.serviceWorker.ready;
  const {active} = await navigator.serviceWorker.ready;
  await new Promise((resolve) => {
    const {port1, port2} = new MessageChannel();
    port1.onmessage = resolve;
    active.postMessage({what: "hello", path, lang: "vi", online: true}, [port2]);
  });
}"""


def measure() -> list[Row]:
    with tempfile.TemporaryDirectory() as folder, serve(Path(folder), DEVELOPMENT="0") as address:
        rows = [*_opening(address), *_weights(address)]
    return [*rows, _lives()]


def _opening(address: str) -> list[Row]:
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    goal = f"≤ {READABLE_MS} ms to readable"
    if chromium is None:
        return [Row("kept lesson without network", "no Chromium here", goal, None)]
    rows = []
    with sync_playwright() as playwright, line_to(address) as line:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 360, "height": 740})
        page.goto(line.address + LESSON)
        page.evaluate(KEPT, LESSON)
        page.goto("about:blank")
        cuts = (("network off", line.cut), ("connected in name only", line.hush), ("network on", lambda: None))
        for how, cut in cuts:
            line.mend()
            cut()
            for name, path in (("lesson", LESSON), ("practice", f"{LESSON}/tap"), ("question", f"{LESSON}/cau-hoi")):
                times = sorted(_readable(page, line, path) for _ in range(RUNS))
                told = f"{statistics.median(times):.0f} ms ({times[0]:.0f}–{times[-1]:.0f})"
                rows.append(Row(f"kept {name}, {how}", told, goal, statistics.median(times) <= READABLE_MS))
        browser.close()
    return rows


def _readable(page: Page, line: Line, path: str) -> float:
    page.goto(line.address + path, wait_until="domcontentloaded")
    while (stood := page.evaluate(STOOD)) is None:
        page.wait_for_timeout(5)
    page.goto("about:blank")
    return float(stood)


def _weights(address: str) -> list[Row]:
    rows = []
    for course in Catalogue.load().courses:
        paths = [f"/khoa-hoc/{course.id}"]
        for lesson in course.lessons:
            paths += [f"/bai-hoc/{lesson.id}", f"/bai-hoc/{lesson.id}/goi.json"]
        sizes = [_wire(address + path) for path in paths]
        kilobytes = sum(sizes) / 1024
        what = f"course kept, {len(course.lessons)} lessons, without voices: {course.id}"
        rows.append(Row(what, f"{kilobytes:.0f} KB on the wire", f"≤ {MOST_KB} KB", kilobytes <= MOST_KB))
    return rows


def _wire(url: str) -> int:
    request = urllib.request.Request(url, headers={"Accept-Encoding": "br"})
    with urllib.request.urlopen(request) as answer:
        return len(answer.read())


def _lives() -> Row:
    what = f"{SEEDS:,} phones that were cut, sent double, were closed, changed learner and clock"
    node = shutil.which(
        "node", path=os.pathsep.join([os.environ.get("PATH", os.defpath), str(Path(sys.executable).parent)])
    )
    if node is None:
        return Row(what, "there is no Node here", "0 lost, 0 counted twice", None)
    with tempfile.TemporaryDirectory() as folder:
        engine = make_engine(f"sqlite:///{folder}/answers.sqlite3")
        Base.metadata.create_all(engine)
        app = create_app(Settings(data_folder=Path(folder), secret_key="only for measuring"), engine=engine)
        with served(app) as address, Session(engine) as session:
            found = live(node, address, session, first=1, count=SEEDS)
        engine.dispose()
    told = (
        f"{found.given:,} answers: {found.lost} lost, {found.twice} counted twice, {found.strayed} under another name"
    )
    return Row(what, told, "0 lost, 0 counted twice", found.faultless)
