"""A busy evening in a province: what visitors of the map meet while the teams' visits come in.

How busy is reckoned, for nobody has counted yet:
  * 1,660 members, ten in each of 166 communes, go to twenty households a day: that is a million households in a month.
    What they noted comes in during three hours of the evening, 184 visits a minute, ten of a phone at once.
  * Sixty pages a minute, so that in each commune somebody opens one every three minutes. A quarter are pages of the
    province, half of communes and a quarter of hamlets, all drawn at random; half of them as they are opened, the rest
    with a layer, a week, or both. Two of three are asked for by strangers, one by an officer of the province.

A server of two workers is asked as browsers do, each page on a line of its own, from the request to the last byte of
the page, compressed; it has answered some pages before. This takes MINUTES (3). FILLED, DATABASE, HOUSEHOLDS and VISITS
are as in `python -m bench province`; the evening's visits stay in a database that was filled before.
"""

import http.client
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from random import Random
from urllib.parse import urlencode, urlsplit

from flask import Flask
from sqlalchemy import select

from bench.evening_visits import VISITS
from bench.filled import PASSWORD, address_of, fill, opened, wanted
from bench.processor import processor_time, servers
from bench.table import Row, spread_of
from community_teams.coverage.domain.layers import Key
from community_teams.domain.counting import week_of
from community_teams.models import HamletTotal
from foundation import clock
from foundation.settings import PROJECT_ROOT
from foundation.web.database import transaction
from tests.browser.serving import serve

MEMBERS, HOUSEHOLDS_A_DAY, EVENING = 1_660, 20, 180  # minutes
VISITS_A_MINUTE = MEMBERS * HOUSEHOLDS_A_DAY / EVENING
PAGES_A_MINUTE = 60
BEFORE = 60  # pages
MOST = 20  # milliseconds
OFFICER = "can-bo-tinh"


@dataclass(frozen=True)
class PageRequest:
    place: str
    page: str
    inside: bool


def measure() -> list[Row]:
    kind, households, visits = wanted()
    filled, minutes = os.environ.get("FILLED", ""), float(os.environ.get("MINUTES", "3"))
    with opened(filled.partition(":")[0] or kind, filled) as app, tempfile.TemporaryDirectory() as folder:
        if not filled:
            fill(app, households, visits)
        chance = Random("tối")
        pages = _pages(app, chance)
        with serve(Path(folder), workers=2, DEVELOPMENT="0", DATABASE_URL=address_of(app)) as address:
            host = urlsplit(address).netloc
            cookie = _signed_in(host)
            for _ in range(BEFORE):
                _ask(host, next(pages), cookie)
            batches = round(VISITS_A_MINUTE / VISITS)
            command = [sys.executable, "-m", "bench.evening_visits", address_of(app), str(minutes), str(batches)]
            workers = servers(address)
            before = processor_time(workers)
            with subprocess.Popen(command, cwd=PROJECT_ROOT, stdout=subprocess.PIPE, text=True) as phones:
                taken = list(_evening(host, pages, cookie, minutes, chance))
                recorded = json.loads(phones.communicate()[0])
            used = processor_time(workers) - before
    return list(_rows(taken, used, recorded, minutes))


def _pages(app: Flask, chance: Random) -> Iterator[PageRequest]:
    """Endlessly, whatever visitors may ask for."""
    with app.test_request_context(), transaction() as session:
        hamlets = session.scalars(select(HamletTotal.hamlet_code).order_by(HamletTotal.hamlet_code)).all()
    communes = sorted({hamlet.partition("-")[0] for hamlet in hamlets})
    this_week = week_of(clock.day_in_vietnam(clock.now()))
    while True:
        place = chance.choice(("province", "commune", "commune", "hamlet"))
        code = {"province": "38", "commune": chance.choice(communes), "hamlet": chance.choice(hamlets)}[place]
        layer = {"lop": chance.choice(list(Key))}
        week = {"tuan": (this_week - timedelta(weeks=chance.randint(1, 5))).isoformat()}
        query = urlencode(chance.choice(({}, {}, {}, layer, week, layer | week)))
        yield PageRequest(place, f"/do-phu/{code}?{query}", inside=chance.random() < 1 / 3)


def _evening(
    host: str, pages: Iterator[PageRequest], cookie: str, minutes: float, chance: Random
) -> Iterator[tuple[PageRequest, float]]:
    start = time.perf_counter()
    for moment in sorted(chance.uniform(0, minutes * 60) for _ in range(round(minutes * PAGES_A_MINUTE))):
        time.sleep(max(0, start + moment - time.perf_counter()))
        page = next(pages)
        yield page, _ask(host, page, cookie)


def _ask(host: str, page: PageRequest, cookie: str) -> float:
    """Milliseconds."""
    connection = http.client.HTTPConnection(host, timeout=60)
    connection.connect()
    start = time.perf_counter()
    connection.request(
        "GET", page.page, headers={"Accept-Encoding": "gzip, br"} | ({"Cookie": cookie} if page.inside else {})
    )
    answer = connection.getresponse()
    answer.read()
    taken = (time.perf_counter() - start) * 1000
    connection.close()
    assert answer.status == 200, (page, answer.status)
    return taken


def _signed_in(host: str) -> str:
    connection = http.client.HTTPConnection(host, timeout=60)
    form = urlencode({"name": OFFICER, "password": PASSWORD})
    connection.request("POST", "/dang-nhap", form, {"Content-Type": "application/x-www-form-urlencoded"})
    answer = connection.getresponse()
    assert answer.status == 303, answer.status
    return "; ".join(cookie.split(";")[0] for cookie in answer.headers.get_all("Set-Cookie") or [])


def _rows(taken: list[tuple[PageRequest, float]], used: float, recorded: list[float], minutes: float) -> Iterator[Row]:
    busy = f"{VISITS_A_MINUTE:.0f} visits and {PAGES_A_MINUTE} pages a minute, {minutes:g} minutes"
    whole = spread_of(each for _, each in taken)
    yield Row(f"any page, {busy}", str(whole), f"≤ {MOST} ms", whole.median <= MOST)
    yield Row("  processor of the server's workers, a page", f"{used / len(taken):.1f} ms on average", "", None)
    for what in ("province", "commune", "hamlet"):
        for inside in (False, True):
            some = [each for page, each in taken if (page.place, page.inside) == (what, inside)]
            measured = f"{spread_of(some)}, {len(some)} pages" if some else "none requested"
            yield Row(f"  {what}, {'inside' if inside else 'the public'}", measured, "", None)
    yield Row(f"  {len(recorded)} batches of {VISITS} visits recorded meanwhile", str(spread_of(recorded)), "", None)
