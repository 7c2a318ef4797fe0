"""The team's app with ten thousand households on a slow phone: search, scrolling, and opening without a network."""

import shutil
import statistics
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from playwright.sync_api import Browser, CDPSession, Page, sync_playwright
from sqlalchemy.orm import Session

from bench.table import Row
from community_teams.domain.household_lists import NewHousehold
from community_teams.services.households import add_households
from foundation import clock
from foundation.database import make_engine
from foundation.settings import Settings
from tests.browser.line import Line, line_to
from tests.browser.serving import PASSWORD, serve

HAMLET = "14956-M001"
HOUSEHOLDS = 10_000
# How much more slowly a cheap phone computes than the machine that measures.
SLOWER = 6
PIN = "402817"
RUNS = 5
SEARCH_MS, TASK_MS, OPEN_MS = 100, 100, 1000
NAMES = ("Đặng", "Lò", "Hà", "Vi", "Phạm", "Trương", "Bùi", "Quách", "Thao", "Sùng")
WORDS = ("d", "da", "dan", "dang", "dang 1", "lo", "m9", "m9 00", "ngo 12", "thao mau", "khong co", "9999")

# From the letter typed to the frame that shows what was found.
SEARCH = """async (words) => {
  const box = document.querySelector('input[name="tim"]');
  const start = performance.now();
  box.value = words;
  box.dispatchEvent(new Event("input", {bubbles: true}));
  const frame = () => new Promise(requestAnimationFrame);
  await frame();
  await frame();
  return performance.now() - start;
}"""
# A thumb that flings: most of a screen every frame, and at the end whether anything but rows was ever shown.
SCROLL = """async (frames) => {
  const tasks = [];
  const watcher = new PerformanceObserver((list) => tasks.push(...list.getEntries().map((each) => each.duration)));
  watcher.observe({entryTypes: ["longtask"]});
  const frame = () => new Promise(requestAnimationFrame);
  let empty = 0, last = performance.now(), slowest = 0;
  for (let at = 0; at < frames; at += 1) {
    window.scrollBy(0, 500);
    await frame();
    const now = performance.now();
    slowest = Math.max(slowest, now - last);
    last = now;
    const middle = document.elementFromPoint(180, 370);
    if (middle?.classList.contains("block")) empty += 1;
  }
  await new Promise((resolve) => setTimeout(resolve, 200));
  return {longest: Math.max(0, ...tasks), slowest, empty, y: window.scrollY};
}"""
# When the first heading of the app stood on the screen, in milliseconds since the page was asked for.
STOOD = """(() => {
  const look = () => {
    if (!document.querySelector("main h1:not(noscript *)")) return;
    watcher.disconnect();
    requestAnimationFrame(() => { window.stoodAt = performance.now(); });
  };
  const watcher = new MutationObserver(look);
  watcher.observe(document, {childList: true, subtree: true});
})()"""


def measure() -> list[Row]:
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if chromium is None:
        return [Row("team app", "no Chromium here", "search ≤ 100 ms, opens offline ≤ 1 s", None)]
    with tempfile.TemporaryDirectory() as folder, serve(Path(folder), DEVELOPMENT="0") as address:
        _add_households(Path(folder))
        with sync_playwright() as playwright, line_to(address) as line:
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
            rows = _on_a_phone(browser, line)
            browser.close()
    return rows


def _add_households(folder: Path) -> None:
    new = [
        NewHousehold(
            f"M9-{number:05}",
            HAMLET,
            lane=f"Ngõ {number // 60 + 1}",
            label=f"Nhà {NAMES[number % len(NAMES)]} Mẫu {number}",
        )
        for number in range(HOUSEHOLDS)
    ]
    with Session(make_engine(Settings(data_folder=folder, database_url="").database)) as session:
        add_households(session, new, is_sample=True, now=clock.now())
        session.commit()


def _on_a_phone(browser: Browser, line: Line) -> list[Row]:
    context = browser.new_context(viewport={"width": 360, "height": 740}, base_url=line.address, locale="vi-VN")
    page = context.new_page()
    page.set_default_timeout(120_000)
    cdp = context.new_cdp_session(page)
    cdp.send("Performance.enable", {"timeDomain": "threadTicks"})
    _set_up(page)
    page.evaluate("navigator.serviceWorker.ready")

    page.evaluate(f"location.hash = '#/thon/{HAMLET}/ho?loc=tat-ca'")
    page.locator('[role="listitem"]').first.wait_for()
    page.evaluate(SEARCH, "x")
    # What other programs do at the same time does not count here.
    computed = [_computed(cdp, partial(page.evaluate, SEARCH, words)) for words in WORDS * 2]

    cdp.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    searches = [page.evaluate(SEARCH, words) for _ in range(RUNS) for words in WORDS]
    page.evaluate(SEARCH, "")
    scrolls = []
    for _ in range(RUNS):
        page.evaluate("window.scrollTo(0, 0)")
        page.wait_for_timeout(500)
        scrolls.append(page.evaluate(SCROLL, 120))

    line.cut()
    page.add_init_script(STOOD)
    opened, listed = [], []
    for _ in range(RUNS):
        page.goto("about:blank")
        page.goto("/doi-so")
        page.locator("[data-pin]").wait_for()
        page.wait_for_timeout(300)
        opened.append(page.evaluate("window.stoodAt"))
        listed.append(_unlock(page))
    context.close()

    median = statistics.median
    worst = sorted(searches)[int(0.95 * (len(searches) - 1))]
    about = f"{HOUSEHOLDS:,} households, CPU {SLOWER} × slower"
    return [
        Row(
            f"search, {about}",
            f"{median(searches):.0f} ms (p95 {worst:.0f}, {min(searches):.0f}–{max(searches):.0f})",
            f"≤ {SEARCH_MS} ms",
            worst <= SEARCH_MS,
        ),
        Row(
            f"  the same by what its thread computes, times {SLOWER}",
            f"{SLOWER * median(computed):.0f} ms ({SLOWER * min(computed):.0f}–{SLOWER * max(computed):.0f})",
            "told, no goal",
            None,
        ),
        Row(
            "  longest task while scrolling 60,000 px, each of five times",
            f"{median(s['longest'] for s in scrolls):.0f} ms (max {max(s['longest'] for s in scrolls):.0f})",
            f"none > {TASK_MS} ms",
            max(s["longest"] for s in scrolls) <= TASK_MS,
        ),
        Row(
            "  frames of 120 that showed no row",
            f"{median(s['empty'] for s in scrolls):.0f} (max {max(s['empty'] for s in scrolls)})",
            "told, no goal",
            None,
        ),
        Row(
            f"opens without a network to the PIN, CPU {SLOWER} × slower",
            f"{median(opened):.0f} ms ({min(opened):.0f}–{max(opened):.0f})",
            f"≤ {OPEN_MS} ms",
            median(opened) <= OPEN_MS,
        ),
        Row(
            "  from the PIN to the hamlets, PBKDF2 and all",
            f"{median(listed):.0f} ms ({min(listed):.0f}–{max(listed):.0f})",
            "told, no goal",
            None,
        ),
    ]


def _set_up(page: Page) -> None:
    page.goto("/dang-nhap?next=/doi-so/tren-may")
    page.get_by_label("Tên đăng nhập").fill("to-vien")
    page.locator("input[type=password]").fill(PASSWORD)
    page.locator("main form button").first.click()
    page.get_by_role("link", name="Chọn mã PIN").click()
    for heading in ("Chọn mã PIN 6 số", "Bấm lại mã PIN lần nữa"):
        page.get_by_role("heading", name=heading).wait_for()
        page.locator("#pin").fill(PIN)
        page.locator("#pin").press("Enter")
    page.get_by_role("heading", name="Hôm nay mình đi đâu?").wait_for()


def _unlock(page: Page) -> float:
    page.locator("#pin").fill(PIN)
    page.evaluate("window.asked = performance.now()")
    page.locator("#pin").press("Enter")
    page.locator(".hamlet-card").first.wait_for()
    return float(page.evaluate("performance.now() - window.asked"))


def _computed(cdp: CDPSession, act: Callable[[], object]) -> float:
    """Milliseconds the page's main thread computes during `act`, unthrottled."""
    before = _computed_so_far(cdp)
    act()
    return (_computed_so_far(cdp) - before) * 1000


def _computed_so_far(cdp: CDPSession) -> float:
    told = cdp.send("Performance.getMetrics")["metrics"]
    return next(float(each["value"]) for each in told if each["name"] == "TaskDuration")
