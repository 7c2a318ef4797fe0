"""What Lighthouse says of the pages people meet first, on its picture of a phone.

BOUNDARIES: a folder of outlines (GeoJSON), for the page of coverage; without it that page shows tiles.
"""

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

from app import create_app
from bench.table import Row
from community_teams.sample.loading import load_sample
from foundation import clock
from foundation.areas.services.loading import load
from foundation.areas.services.outlines import import_outlines
from foundation.migrating import upgrade
from foundation.settings import Settings
from foundation.web.database import transaction
from tests.browser.serving import PROJECT_ROOT, serve

PAGES = {
    "coverage of a province": "/do-phu/38",
    "home": "/",
    "course": "/khoa-hoc/vneid-cai-dat",
    "lesson": "/bai-hoc/vneid-kich-hoat",
    "practice": "/bai-hoc/vneid-kich-hoat/tap",
    "questions": "/bai-hoc/vneid-kich-hoat/cau-hoi",
}
# Of a hundred; in this order.
LEAST = {"performance": 99, "accessibility": 100, "best-practices": 100, "seo": 100}
GOAL = "performance ≥ 99; accessibility, best practices, SEO 100"
# A page with a map of 166 communes and a table of them weighs more than a lesson.
PERFORMANCE = {"/do-phu/38": 95}
TRIES = 4


def measure() -> list[Row]:
    # It weighs 185 MB, so it is no part of package.json.
    places = os.pathsep.join([str(PROJECT_ROOT / "node_modules" / ".bin"), os.environ.get("PATH", os.defpath)])
    lighthouse = shutil.which("lighthouse", path=places)
    if lighthouse is None:
        return [Row("Lighthouse", "not installed: npm install --no-save --ignore-scripts lighthouse", GOAL, None)]
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if chromium is None:
        return [Row("Lighthouse", "no Chromium here", GOAL, None)]
    with tempfile.TemporaryDirectory() as folder, _served(Path(folder)) as address:
        return [_page(lighthouse, chromium, name, address, path) for name, path in PAGES.items()]


@contextmanager
def _served(folder: Path) -> Iterator[str]:
    """The whole site with a sample in every commune of the province."""
    app = create_app(Settings(data_folder=folder, secret_key="bench"))
    upgrade(app.extensions["engine"])
    with app.test_request_context(), transaction() as session:
        load(session)
        load_sample(session, households=5_000, communes=166, password="mau-thu-2026", now=clock.now())
        if os.environ.get("BOUNDARIES"):
            import_outlines(session, [Path(os.environ["BOUNDARIES"])])
    app.extensions["engine"].dispose()
    with serve(folder, DEVELOPMENT="0") as address:
        yield address


def _page(lighthouse: str, chromium: str, name: str, address: str, path: str) -> Row:
    url = address + path
    # What the server keeps of a page is there for all but the first who ask.
    urlopen(url, timeout=60).read()
    wanted = LEAST | {"performance": PERFORMANCE.get(path, LEAST["performance"])}
    command = [lighthouse, url, "--quiet", "--output=json", f"--only-categories={','.join(LEAST)}"]
    command.append("--chrome-flags=--headless --no-sandbox --disable-gpu")
    environment = {**os.environ, "CHROME_PATH": chromium}
    for tries_left in reversed(range(TRIES)):
        run = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=180)
        if run.returncode == 0:
            break
        # Chromium now and then records no trace; Lighthouse says so and asks to be run again.
        assert tries_left, run.stderr
    report = json.loads(run.stdout)
    scores = {category: round(100 * (report["categories"][category]["score"] or 0)) for category in LEAST}
    lacking = [
        audit["id"]
        for category, least in wanted.items()
        if scores[category] < least
        for audit in report["categories"][category]["auditRefs"]
        if audit["weight"] and (report["audits"][audit["id"]]["score"] or 0) < 1
    ]
    measured = ", ".join(f"{category} {score}" for category, score in scores.items())
    return Row(
        f"Lighthouse {report['lighthouseVersion']}, mobile: {name}",
        f"{measured} ({', '.join(lacking)})" if lacking else measured,
        GOAL.replace("99", str(wanted["performance"])),
        all(scores[category] >= least for category, least in wanted.items()),
    )
