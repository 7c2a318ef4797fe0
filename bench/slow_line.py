"""A first visit on a thin, far line: the lesson, its next step, the practice and a question, in Chromium."""

import shutil
import statistics
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from bench.shaping import shaped
from bench.table import Row
from tests.browser.serving import serve

LESSON = "/bai-hoc/vneid-kich-hoat"
RATE = 50_000  # bytes a second: 400 kbit/s
ROUND_TRIP = 0.4
RUNS = 5
# A phone of two million đồng computes about four times more slowly than the machine that measures.
SLOWER = 4
FIRST, FURTHER = 2500, 1000
LINE = "400 kbit/s, 400 ms round trip"

# Milliseconds since the visit began, once the text counted on stands on the screen and nothing larger follows.
PAINTED = """async (text) => {
  const largest = await new Promise((resolve) =>
    new PerformanceObserver((list) => resolve(list.getEntries()))
      .observe({type: "largest-contentful-paint", buffered: true}));
  if (!document.querySelector(text).checkVisibility()) throw new Error(text + " is not to be seen");
  const [first] = performance.getEntriesByName("first-contentful-paint");
  return [first.startTime, largest.at(-1).startTime];
}"""
# From the tap to the frame after the one that shows the step.
STEPPED = """async (link) => {
  const start = performance.now();
  document.querySelector(link).click();
  const frame = () => new Promise(requestAnimationFrame);
  await frame();
  await frame();
  if (!document.querySelector(".step:target .say").checkVisibility()) throw new Error("no step is to be seen");
  return performance.now() - start;
}"""


def measure() -> list[Row]:
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if chromium is None:
        return [Row(f"lesson at {LINE}", "no Chromium here", "≤ 2.5 s; further screens ≤ 1 s", None)]
    with tempfile.TemporaryDirectory() as folder, serve(Path(folder), DEVELOPMENT="0") as address:
        visits: list[dict[str, float]] = []
        secured: list[dict[str, float]] = []
        with sync_playwright() as playwright:
            for _ in range(RUNS):
                for kept, round_trips in ((visits, 1), (secured, 2)):
                    # A new browser knows nothing: no connection, no style sheet, no compiled page.
                    browser = playwright.chromium.launch(
                        executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
                    )
                    with shaped(
                        address, bytes_a_second=RATE, round_trip=ROUND_TRIP, round_trips_to_connect=round_trips
                    ) as line:
                        kept.append(_visit(browser, line))
                    browser.close()
    return [
        _row(f"{LESSON} at {LINE}, cold, first text", [v["first"] for v in visits], FIRST),
        _row("  its goal readable (largest text painted)", [v["readable"] for v in visits], FIRST),
        _row("  the same with a round trip more to connect, as TLS 1.3 has", [v["readable"] for v in secured], None),
        _row("  next step", [v["step"] for v in visits], FURTHER),
        _row("  practice screen, warm", [v["practice"] for v in visits], FURTHER),
        _row("  question, warm", [v["question"] for v in visits], FURTHER),
    ]


def _visit(browser: Browser, line: str) -> dict[str, float]:
    page = browser.new_page(viewport={"width": 360, "height": 640})
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.goto(line + LESSON, wait_until="networkidle")
    first, readable = page.evaluate(PAINTED, ".opening .say")
    step = page.evaluate(STEPPED, ".opening .actions .button-main")
    return {
        "first": first,
        "readable": readable,
        "step": step,
        "practice": _further(page, f"{line}{LESSON}/tap"),
        "question": _further(page, f"{line}{LESSON}/cau-hoi"),
    }


def _further(page: Page, url: str) -> float:
    page.goto(url, wait_until="networkidle")
    _, readable = page.evaluate(PAINTED, "main h1")
    return float(readable)


def _row(what: str, times: list[float], most: float | None) -> Row:
    median = statistics.median(times)
    measured = f"{median / 1000:.2f} s ({min(times) / 1000:.2f}–{max(times) / 1000:.2f}, {len(times)} runs)"
    goal = "told, no goal" if most is None else f"≤ {most / 1000:g} s"
    return Row(what, measured, goal, None if most is None else median <= most)
