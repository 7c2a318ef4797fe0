"""One's own learning, signed in by card: how many pages two cores serve, each of another learner who learnt a lot."""

import http.cookiejar
import json
import re
import shutil
import subprocess
import tempfile
import urllib.parse
import urllib.request
from pathlib import Path
from uuid import uuid4

from bench.table import Row
from courses.catalogue import Catalogue
from courses.domain.practice import ScreenKind
from tests.browser.serving import serve

LEARNERS = 20
ORDER = ("trau", "hoa-ban", "nha-san", "trang")
SECONDS = 8
ROUNDS = 3
CONNECTIONS = 8
GOAL = "≥ 300/s, p95 ≤ 50 ms"
# Every connection asks for another learner's page in turn; wrk prints no 95th percentile by itself.
ASK = """
local cookies = { %s }
local turn = 0
request = function()
  turn = turn %% #cookies + 1
  return wrk.format("GET", "/toi", { ["Cookie"] = cookies[turn], ["Accept-Encoding"] = "br" })
end
done = function(summary, latency, requests)
  local rate = summary.requests / summary.duration * 1e6
  io.write(string.format("told %%f %%f %%d\\n", rate, latency:percentile(95) / 1000,
    summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.timeout))
end
"""


def measure() -> list[Row]:
    wrk = shutil.which("wrk")
    if wrk is None:
        return [Row("my learning on 2 cores", "wrk is not installed: apt-get install wrk", GOAL, None)]
    with tempfile.TemporaryDirectory() as folder, serve(Path(folder), workers=2, DEVELOPMENT="0") as address:
        cookies = [_signed_in_by_card(address) for _ in range(LEARNERS)]
        rounds = sorted(_ask(wrk, address, cookies) for _ in range(ROUNDS))
    rates, waits = [told[0] for told in rounds], sorted(told[1] for told in rounds)
    failed = sum(told[2] for told in rounds)
    answers = len(_answers())
    return [
        Row(
            f"my learning, {LEARNERS} learners with {answers} answers each, on 2 cores (2 workers, wrk beside them)",
            f"{rates[1]:,.0f}/s ({rates[0]:,.0f}–{rates[2]:,.0f}), p95 {waits[1]:.1f} ms, {failed} failed",
            GOAL,
            rates[1] >= 300 and waits[1] <= 50 and not failed,
        )
    ]


class _Phone:
    def __init__(self, address: str) -> None:
        self.address = address
        self.jar = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))

    def send(self, path: str, fields: list[tuple[str, str]]) -> str:
        with self.opener.open(self.address + path, urllib.parse.urlencode(fields).encode()) as answer:
            page: str = answer.read().decode()
        return page

    def touch(self, path: str, field: str, before: list[tuple[str, str]]) -> str:
        page = ""
        for place, picture in enumerate(ORDER):
            page = self.send(path, [*before, *((field, each) for each in ORDER[:place]), ("pick", picture)])
        return page


def _signed_in_by_card(address: str) -> str:
    """What the second phone of a learner sends as its cookies, after their card was opened there."""
    first, second = _Phone(address), _Phone(address)
    first.send("/toi/them", [("nickname", "Bà Mến"), ("picture", "trau"), ("age_band", "from_14")])
    answers = _answers()
    for start in range(0, len(answers), 500):
        body = json.dumps({"batch": str(uuid4()), "answers": answers[start : start + 500]}).encode()
        sending = urllib.request.Request(f"{address}/api/v1/answers", body, {"Content-Type": "application/json"})
        first.opener.open(sending).close()
    card = first.touch("/toi/the/hinh", "again", [("pin", each) for each in ORDER])
    code = re.search(r'class="code">([^<]+)<', card).group(1).replace("-", "")  # type: ignore[union-attr]
    page = second.touch(f"/the/{code}", "pin", [])
    assert "Bà Mến" in page
    return "; ".join(f"{cookie.name}={cookie.value}" for cookie in second.jar)


def _answers() -> list[dict[str, object]]:
    """The right answer to every step there is."""
    given: list[tuple[str, str, object]] = []
    for lesson in Catalogue.load().lessons:
        given += [(lesson.id, question.id, question.right.id) for question in lesson.questions]
        for screen in filter(None, map(lesson.practice.screen, lesson.practice.must_pass)):
            by_hand = screen.kind in {ScreenKind.TYPE, ScreenKind.SECRET}
            given.append((lesson.id, screen.id, by_hand or [each.id for each in screen.targets if each.right]))
    return [{"id": str(uuid4()), "lesson": lesson, "step": step, "given": each} for lesson, step, each in given]


def _ask(wrk: str, address: str, cookies: list[str]) -> tuple[float, float, int]:
    """Requests a second, 95th percentile in milliseconds, requests that failed."""
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(ASK % ", ".join(f'"{cookie}"' for cookie in cookies))
        script.flush()
        command = [wrk, "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s", "-s", script.name, address]
        told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    rate, p95, failed = re.search(r"told (\S+) (\S+) (\d+)", told).groups()  # type: ignore[union-attr]
    return float(rate), float(p95), int(failed)
