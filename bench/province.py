"""A province in the middle of its campaign: each page of the map against itself with 10,000 visits, and on the line.

HOUSEHOLDS (60,000 if not said) times VISITS (3) are made on DATABASE (postgresql). The figures of the issue are those
of HOUSEHOLDS=1000000, which takes some ten minutes to make on two cores, and of HOUSEHOLDS=300000 on sqlite.
FILLED: the address of a database that holds such a sample already, postgresql://… or sqlite:///…, which is measured in
place of a new one; that makes measuring again a matter of a minute. `flask sample load` fills one.
BOUNDARIES: a folder of outlines (GeoJSON); without it nothing is told of the line.

Each page is timed twice: as it stands, and right after a visit has been recorded in the province, when whatever is kept
of the commune, of the province and of the nation has to be reckoned and drawn anew. With 10,000 visits the commune has
one hamlet; with 3 million it has 151, and a page so much the longer.
"""

import gc
import gzip
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from flask import Flask
from sqlalchemy import func, select, text

from app import create_app
from bench.table import Row, Spread, timed
from community_teams.domain.counting import week_of
from community_teams.models import HamletTotal, Household, Visit
from community_teams.sample.loading import load_sample
from community_teams.services.recounting import recount
from foundation import clock
from foundation.areas.domain.scope import Scope
from foundation.areas.services.loading import load
from foundation.areas.services.outlines import import_outlines
from foundation.areas.services.versions import renew_versions
from foundation.migrating import upgrade
from foundation.settings import Settings
from foundation.web.database import transaction
from tests.postgres import start_postgres

PASSWORD = "mau-thu-2026"
COMMUNES = 166
SMALL = 10_000
ONCE, REFRESH = 70, 2  # KB on the line
MOST, MORE = 20, 1.2  # milliseconds, and times as long as with SMALL visits


def measure() -> list[Row]:
    households = int(os.environ.get("HOUSEHOLDS", "60000"))
    visits = float(os.environ.get("VISITS", "3"))
    filled = os.environ.get("FILLED", "")
    kind = filled.partition(":")[0] or os.environ.get("DATABASE", "postgresql")
    with _opened(kind) as app:
        _fill(app, SMALL // 3, 3)
        before = dict(_pages(app))
        outlines = _outlines(app)
    with _opened(kind, filled) as app:
        seconds = None if filled else _fill(app, households, visits)
        rows = [_made(app, kind, seconds)]
        rows += [_recounted(app)]
        rows += [_told(what, spreads, before[what]) for what, spreads in _pages(app)]
        rows += _on_the_line(app, outlines)
    return rows


@contextmanager
def _opened(kind: str, filled: str = "") -> Iterator[Flask]:
    """The application over a database of its own, empty but for its tables, or over the one that is filled already."""
    with tempfile.TemporaryDirectory() as folder:
        url = filled or (start_postgres() if kind == "postgresql" else "")
        app = create_app(Settings(data_folder=Path(folder), secret_key="bench", database_url=url))
        upgrade(app.extensions["engine"])
        yield app
        app.extensions["engine"].dispose()


def _fill(app: Flask, households: int, visits: float) -> float:
    """Seconds it took to make the sample."""
    start = time.perf_counter()
    with app.test_request_context(), transaction() as session:
        load(session)
        load_sample(
            session,
            households=households,
            communes=COMMUNES,
            visits_per_household=visits,
            password=PASSWORD,
            now=clock.now(),
        )
    seconds = time.perf_counter() - start
    engine = app.extensions["engine"]
    with engine.connect() as connection:
        analyse = "VACUUM ANALYZE" if engine.dialect.name == "postgresql" else "ANALYZE"
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(text(analyse))
    return seconds


def _made(app: Flask, kind: str, seconds: float | None) -> Row:
    with app.test_request_context(), transaction() as session:
        counts = [session.scalar(select(func.count()).select_from(table)) or 0 for table in (Household, HamletTotal)]
        visits = session.scalar(select(func.count()).select_from(Visit)) or 0
    told = f"{counts[0]:,} households in {counts[1]:,} hamlets, {visits:,} visits, {kind}"
    how = "filled before" if seconds is None else f"made in {seconds:.0f} s, {visits / seconds:,.0f} visits/s"
    return Row(told, how, "told, no goal", None)


def _told(what: str, spread: tuple[Spread, Spread], small: tuple[Spread, Spread]) -> Row:
    wall, processor = spread
    share = processor.median / small[1].median
    measured = f"{wall}; processor {processor.median:.1f} ms, {share:.2f} × of 10,000 visits"
    return Row(what, measured, f"≤ {MOST} ms, ≤ {MORE} ×", wall.median <= MOST and share <= MORE)


def _pages(app: Flask) -> Iterator[tuple[str, tuple[Spread, Spread]]]:
    """What was asked for, and how long it took: on the wall, and of this process alone, which others disturb less."""
    with app.test_request_context(), transaction() as session:
        hamlet = session.scalars(select(HamletTotal.hamlet_code).order_by(HamletTotal.hamlet_code)).first()
    assert hamlet is not None
    commune = hamlet.partition("-")[0]
    gc.collect()
    gc.freeze()  # as app.serve() does
    for who in ("", "can-bo-tinh"):
        visitor = app.test_client()
        if who:
            visitor.post("/dang-nhap", data={"name": who, "password": PASSWORD})
        for what, address in _addresses(commune, hamlet):
            assert visitor.get(address).status_code == 200

            def ask(visitor=visitor, address=address) -> object:
                return visitor.get(address)

            told = f"{what}, {'inside' if who else 'the public'}"
            yield told, (timed(ask, times=30), timed(ask, times=30, clock=time.process_time))
            yield f"  {told}, after a visit", _after_visits(app, commune, ask)
    gc.unfreeze()


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


def _after_visits(app: Flask, commune: str, ask: Callable[[], object]) -> tuple[Spread, Spread]:
    """Each time as after a visit in the commune: to the pages it is nothing but another version."""
    taken: list[float] = []

    def measured(clock_of: Callable[[], float]) -> Spread:
        del taken[:]
        for _ in range(15):
            with app.test_request_context(), transaction() as session:
                renew_versions(session, [commune])
            start = clock_of()
            ask()
            taken.append((clock_of() - start) * 1000)
        taken.sort()
        return Spread(taken[len(taken) // 2], taken[-2], taken[0], taken[-1])

    return measured(time.perf_counter), measured(time.process_time)


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
