"""What Lighthouse says of the pages people meet first, on its picture of a phone."""

import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from bench.table import Row
from tests.browser.serving import HOUSE, serve

PAGES = {
    "home": "/",
    "course": "/khoa-hoc/vneid-cai-dat",
    "lesson": "/bai-hoc/vneid-kich-hoat",
    "practice": "/bai-hoc/vneid-kich-hoat/tap",
    "questions": "/bai-hoc/vneid-kich-hoat/cau-hoi",
}
# Of a hundred; in this order.
LEAST = {"performance": 99, "accessibility": 100, "best-practices": 100, "seo": 100}
GOAL = "performance ≥ 99; accessibility, best practices, SEO 100"


def measure() -> list[Row]:
    # It weighs 185 MB, so it is no part of package.json.
    places = os.pathsep.join([str(HOUSE / "node_modules" / ".bin"), os.environ.get("PATH", os.defpath)])
    lighthouse = shutil.which("lighthouse", path=places)
    if lighthouse is None:
        return [Row("Lighthouse", "not installed: npm install --no-save --ignore-scripts lighthouse", GOAL, None)]
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if chromium is None:
        return [Row("Lighthouse", "no Chromium here", GOAL, None)]
    with tempfile.TemporaryDirectory() as folder, serve(Path(folder), DEVELOPMENT="0") as address:
        return [_page(lighthouse, chromium, name, address + path) for name, path in PAGES.items()]


def _page(lighthouse: str, chromium: str, name: str, url: str) -> Row:
    command = [lighthouse, url, "--quiet", "--output=json", f"--only-categories={','.join(LEAST)}"]
    command.append("--chrome-flags=--headless --no-sandbox --disable-gpu")
    environment = {**os.environ, "CHROME_PATH": chromium}
    told = subprocess.run(command, check=True, capture_output=True, text=True, env=environment, timeout=180).stdout
    report = json.loads(told)
    scores = {category: round(100 * (report["categories"][category]["score"] or 0)) for category in LEAST}
    lacking = [
        audit["id"]
        for category, least in LEAST.items()
        if scores[category] < least
        for audit in report["categories"][category]["auditRefs"]
        if audit["weight"] and (report["audits"][audit["id"]]["score"] or 0) < 1
    ]
    measured = ", ".join(f"{category} {score}" for category, score in scores.items())
    return Row(
        f"Lighthouse {report['lighthouseVersion']}, mobile: {name}",
        f"{measured} ({', '.join(lacking)})" if lacking else measured,
        GOAL,
        all(scores[category] >= least for category, least in LEAST.items()),
    )
