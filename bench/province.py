"""A province in the middle of its campaign: each page of the map against itself with 10,000 visits, and on the line.

HOUSEHOLDS (60,000 if not said) times VISITS (3) are made on DATABASE (postgresql), and a twin with the same hamlets and
households and 10,000 visits in all. The goals are set for HOUSEHOLDS=1000000, which takes some ten minutes to make on
two cores, and on sqlite for HOUSEHOLDS=300000.
FILLED: the address of a database that holds such a sample already, postgresql://… or sqlite:///…, which is measured in
place of a new one; that makes measuring again a matter of minutes. FEW: that of its twin; without it one is made.
`flask sample load` fills them, of a million households the twin with `--visits-per-household 0.01`.
BOUNDARIES: a folder of outlines (GeoJSON); without it tiles are drawn, and nothing is told of the line.

Each database has a worker of its own, and the two are asked for a page in turn, so that whatever else the machine does
disturbs both alike. Each page is timed twice: as it stands, and right after a visit has been recorded in the commune.
The very first request of a worker is told beside: it also compiles templates and statements. What visitors meet
among many visits is told by `python -m bench evening`.
"""

import gzip
import json
import os
import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import func, select

from bench.filled import address_of, fill, opened, wanted
from bench.table import Row, spread_of
from community_teams.domain.counting import week_of
from community_teams.models import HamletTotal, Household, Visit
from community_teams.services.recounting import recount
from foundation import clock
from foundation.areas.domain.scope import Scope
from foundation.areas.services.outlines import import_outlines
from foundation.settings import PROJECT_ROOT
from foundation.web.database import transaction

FEW = 10_000
ONCE, REFRESH = 70, 2  # KB on the line
MOST, MORE = 20, 1.2  # milliseconds, and times as long as with FEW visits
TIMES, TIMES_AFTER, WARM = 30, 15, 3


def measure() -> list[Row]:
    kind, households, visits = wanted()
    filled, few = os.environ.get("FILLED", ""), os.environ.get("FEW", "")
    kind = filled.partition(":")[0] or kind
    with opened(kind, filled) as app:
        rows = [_made(app, kind, None if filled else fill(app, households, visits))]
        households = _count(app, Household)
        with opened(few.partition(":")[0] or kind, few) as twin:
            rows.append(_made(twin, kind, None if few else fill(twin, households, FEW / households)))
            assert [_count(twin, table) for table in _SAME] == [_count(app, table) for table in _SAME]
            rows.append(_recounted(app))
            outlines = [_outlines(each) for each in (twin, app)]
            with _worker(twin) as of_few, _worker(app) as of_many:
                rows += _pages(_first_hamlet(app), of_few, of_many)
        rows += _on_the_line(app, outlines[-1])
    return rows


_SAME = (Household, HamletTotal)


class _Worker:
    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def ask(self, page: str, name: str, after: str) -> tuple[float, float]:
        """Milliseconds it took: on the wall, and of the worker alone."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(json.dumps({"page": page, "as": name, "after": after}), file=self._process.stdin, flush=True)
        wall, processor = json.loads(self._process.stdout.readline())
        return wall, processor


@contextmanager
def _worker(app: Flask) -> Iterator[_Worker]:
    with subprocess.Popen(
        [sys.executable, "-m", "bench.province_pages", address_of(app)],
        cwd=PROJECT_ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        # Its input closes here, and so it ends.
        yield _Worker(process)


def _pages(hamlet: str, of_few: _Worker, of_many: _Worker) -> Iterator[Row]:
    commune = hamlet.partition("-")[0]
    for name in ("", "can-bo-tinh"):
        for what, page in _addresses(commune, hamlet):
            for after, times in (("", TIMES), (hamlet, TIMES_AFTER)):
                every = [(of_few.ask(page, name, after), of_many.ask(page, name, after)) for _ in range(WARM + times)]
                told = f"{'  ' if after else ''}{what}, {'inside' if name else 'the public'}"
                # Of the worker's first, of many visits: nothing was kept for it.
                first = "" if after else f"; the first {every[0][1][0]:.0f} ms"
                yield _told(told + (", after a visit" if after else ""), every[WARM:], first)


def _told(what: str, taken: list[tuple[tuple[float, float], tuple[float, float]]], first: str) -> Row:
    """taken: of the one with FEW visits and of the one with many, one right after the other."""
    wall, processor = (spread_of(many[place] for _, many in taken) for place in (0, 1))
    # Pair by pair: what disturbed one of them disturbed the other.
    more, work = (statistics.median(many[place] / few[place] for few, many in taken) for place in (0, 1))
    measured = f"{wall}, {more:.2f} × of 10,000 visits; processor {processor.median:.1f} ms, {work:.2f} ×{first}"
    return Row(what, measured, f"≤ {MOST} ms, ≤ {MORE} ×", wall.median <= MOST and more <= MORE)


def _addresses(commune: str, hamlet: str) -> Iterator[tuple[str, str]]:
    week = week_of(clock.day_in_vietnam(clock.now())) - timedelta(weeks=3)
    for place, code in (("province", "38"), ("commune", commune), ("hamlet", hamlet)):
        for what, query in (
            ("", ""),
            (", a layer", "?lop=vneid-muc-2"),
            (", a week", f"?tuan={week}"),
            (", a layer and week", f"?lop=tieng-noi&tuan={week}"),
        ):
            yield f"{place}{what}", f"/do-phu/{code}{query}"
    yield "numbers of an open page", "/api/v1/coverage/38?dang=so"
    yield "trend of the province", "/do-phu/38/xu-huong.svg"


def _made(app: Flask, kind: str, seconds: float | None) -> Row:
    visits = _count(app, Visit)
    told = f"{_count(app, Household):,} households in {_count(app, HamletTotal):,} hamlets, {visits:,} visits, {kind}"
    how = "filled before" if seconds is None else f"made in {seconds:.0f} s, {visits / seconds:,.0f} visits/s"
    return Row(told, how, "told, no goal", None)


def _count(app: Flask, table: Any) -> int:
    with app.test_request_context(), transaction() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def _first_hamlet(app: Flask) -> str:
    with app.test_request_context(), transaction() as session:
        code = session.scalars(select(HamletTotal.hamlet_code).order_by(HamletTotal.hamlet_code)).first()
    assert code is not None
    return code


def _recounted(app: Flask) -> Row:
    with app.test_request_context(), transaction() as session:
        paths = session.scalars(select(HamletTotal.path).order_by(HamletTotal.hamlet_code)).all()
        differences = recount(session, Scope(tuple(paths[:: len(paths) // 20])), now=clock.now())
    return Row("differences of a recount of 20 hamlets", str(len(differences)), "0", not differences)


def _outlines(app: Flask) -> float | None:
    """Kilobytes of the outlines of the province; None where there are none to measure."""
    folder = os.environ.get("BOUNDARIES")
    if not folder:
        return None
    with app.test_request_context(), transaction() as session:
        import_outlines(session, [Path(folder)])
    return _kilobytes(app.test_client().get("/api/v1/outlines/38", follow_redirects=True).data)


def _on_the_line(app: Flask, outlines: float | None) -> list[Row]:
    what = "outlines of the province and its figures, compressed"
    visitor = app.test_client()
    figures = visitor.get("/api/v1/coverage/38")
    numbers = visitor.get("/api/v1/coverage/38?dang=so")
    fresh = _kilobytes(numbers.data)
    same = visitor.get("/api/v1/coverage/38?dang=so", headers={"If-None-Match": numbers.headers["ETag"]})
    assert same.status_code == 304
    assert not same.data
    told = f"{fresh:.1f} KB when something changed, a bare 304 when not"
    again = Row("  numbers again", told, f"≤ {REFRESH} KB a refresh", fresh <= REFRESH)
    if outlines is None:
        return [Row(what, "not measured: BOUNDARIES names no folder of outlines", f"≤ {ONCE} KB once", None), again]
    once = outlines + _kilobytes(figures.data)
    return [Row(what, f"{once:.1f} KB", f"≤ {ONCE} KB once", once <= ONCE), again]


def _kilobytes(data: bytes) -> float:
    return len(gzip.compress(data, 6)) / 1024
