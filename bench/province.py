"""A province in the middle of its campaign: each page of the map against itself with 10,000 visits, and on the line.

HOUSEHOLDS (60,000 if not said) times VISITS (3) are made on DATABASE (postgresql). The figures of the issue are those
of HOUSEHOLDS=1000000, which takes some ten minutes to make on two cores, and of HOUSEHOLDS=300000 on sqlite.
BOUNDARIES: a folder of outlines (GeoJSON); without it nothing is told of the line.
"""

import gc
import gzip
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from flask import Flask
from sqlalchemy import select, text

from app import create_app
from bench.table import Row, Spread, timed
from community_teams.domain.counting import week_of
from community_teams.models import HamletTotal
from community_teams.sample.loading import Loaded, load_sample
from community_teams.services.recounting import recount
from foundation import clock
from foundation.areas.domain.scope import Scope
from foundation.areas.services.loading import load
from foundation.areas.services.outlines import import_outlines
from foundation.migrating import upgrade
from foundation.settings import Settings
from foundation.web.database import transaction
from tests.postgres import start_postgres

PASSWORD = "mau-thu-2026"
COMMUNES = 166
SMALL = 10_000
ONCE, REFRESH = 70, 2  # KB on the line


def measure() -> list[Row]:
    households = int(os.environ.get("HOUSEHOLDS", "60000"))
    visits = float(os.environ.get("VISITS", "3"))
    kind = os.environ.get("DATABASE", "postgresql")
    with _filled(kind, SMALL // 3, 3) as (app, _, _):
        before = {what: spread for what, spread in _pages(app)}  # noqa: C416 - an iterator is no mapping
        wire = _on_the_line(app)
    with _filled(kind, households, visits) as (app, loaded, seconds):
        told = f"{loaded.households:,} households, {loaded.visits:,} visits made, {kind}"
        rows = [Row(told, f"{seconds:.0f} s, {loaded.visits / seconds:,.0f} visits/s", "told, no goal", None)]
        rows.append(_recounted(app))
        for what, spread in _pages(app):
            share = spread.median / before[what].median
            met = spread.median <= 20 and share <= 1.2
            rows.append(Row(what, f"{spread}, {share:.2f} × of 10,000 visits", "≤ 20 ms, ≤ 1.2 ×", met))
    return [*rows, *wire]


@contextmanager
def _filled(kind: str, households: int, visits: float) -> Iterator[tuple[Flask, Loaded, float]]:
    """The application over a sample of its own, and the seconds that took to make."""
    with tempfile.TemporaryDirectory() as folder:
        url = start_postgres() if kind == "postgresql" else ""
        app = create_app(Settings(data_folder=Path(folder), secret_key="bench", database_url=url))
        engine = app.extensions["engine"]
        upgrade(engine)
        start = time.perf_counter()
        with app.test_request_context(), transaction() as session:
            load(session)
            loaded = load_sample(
                session,
                households=households,
                communes=COMMUNES,
                visits_per_household=visits,
                password=PASSWORD,
                now=clock.now(),
            )
        seconds = time.perf_counter() - start
        with engine.connect() as connection:
            analyse = "VACUUM ANALYZE" if kind == "postgresql" else "ANALYZE"
            connection.execution_options(isolation_level="AUTOCOMMIT").execute(text(analyse))
        gc.collect()
        gc.freeze()  # as app.serve() does
        yield app, loaded, seconds
        gc.unfreeze()
        engine.dispose()


def _pages(app: Flask) -> Iterator[tuple[str, Spread]]:
    with app.test_request_context(), transaction() as session:
        hamlet = session.scalars(select(HamletTotal.hamlet_code).order_by(HamletTotal.hamlet_code)).first()
    assert hamlet is not None
    week = week_of(clock.day_in_vietnam(clock.now())) - timedelta(weeks=3)
    for who in ("", "can-bo-tinh"):
        visitor = app.test_client()
        if who:
            visitor.post("/dang-nhap", data={"name": who, "password": PASSWORD})
        for place, code in (("province", "38"), ("commune", hamlet.partition("-")[0]), ("hamlet", hamlet)):
            for what, query in (("", ""), (", a layer", "?lop=vneid-muc-2"), (", a week", f"?tuan={week}")):
                address = f"/do-phu/{code}{query}"
                assert visitor.get(address).status_code == 200
                spread = timed(lambda visitor=visitor, address=address: visitor.get(address), times=40, warm=3)  # type: ignore[misc]
                yield f"{place}{what}, {'inside' if who else 'the public'}", spread


def _recounted(app: Flask) -> Row:
    with app.test_request_context(), transaction() as session:
        paths = session.scalars(select(HamletTotal.path).order_by(HamletTotal.hamlet_code)).all()
        differences = recount(session, Scope(tuple(paths[:: len(paths) // 20])), now=clock.now())
    return Row("differences of a recount of 20 hamlets", str(len(differences)), "0", not differences)


def _on_the_line(app: Flask) -> list[Row]:
    what = "outlines of the province and its figures, compressed"
    folder = os.environ.get("BOUNDARIES")
    if not folder:
        return [Row(what, "not measured: BOUNDARIES names no folder of outlines", f"≤ {ONCE} KB once", None)]
    with app.test_request_context(), transaction() as session:
        import_outlines(session, [Path(folder)])
    visitor = app.test_client()
    outlines = visitor.get("/api/v1/outlines/38", follow_redirects=True)
    figures = visitor.get("/api/v1/coverage/38")
    once = (len(gzip.compress(outlines.data, 6)) + len(gzip.compress(figures.data, 6))) / 1024
    fresh = len(gzip.compress(figures.data, 6)) / 1024
    same = visitor.get("/api/v1/coverage/38", headers={"If-None-Match": figures.headers["ETag"]})
    assert same.status_code == 304
    assert not same.data
    told = f"{fresh:.1f} KB when something changed, a bare 304 when not"
    return [
        Row(what, f"{once:.1f} KB", f"≤ {ONCE} KB once", once <= ONCE),
        Row("  figures again", told, f"≤ {REFRESH} KB a refresh", fresh <= REFRESH),
    ]
