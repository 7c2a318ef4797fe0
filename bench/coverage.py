"""The coverage page of a province: 166 communes, a sample of 100,000 households, on SQLite."""

import gc
import tempfile
import time
from pathlib import Path

from flask import Flask

from app import create_app
from bench.table import Row, timed
from community_teams.sample.loading import load_sample
from foundation import clock
from foundation.areas.services.loading import load
from foundation.migrating import upgrade
from foundation.settings import Settings
from foundation.web.database import transaction

PROVINCE = "/do-phu/38"
HOUSEHOLDS = 100_000
COMMUNES = 166
PASSWORD = "mau-thu-2026"


def measure() -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(Settings(data_folder=Path(folder), secret_key="bench"))
        start = time.perf_counter()
        _fill(app)
        filled = time.perf_counter() - start
        gc.collect()
        gc.freeze()  # as app.serve() does
        rows = [
            _page(app, "province coverage page, the public", signed_in=None),
            _page(app, "province coverage page, an organiser", signed_in="can-bo-tinh"),
        ]
    loaded = Row(f"sample of {HOUSEHOLDS:,} households loaded", f"{filled:.1f} s", "told, no goal", None)
    return [*rows, loaded]


def _fill(app: Flask) -> None:
    upgrade(app.extensions["engine"])
    with app.test_request_context(), transaction() as session:
        load(session)
        load_sample(session, households=HOUSEHOLDS, communes=COMMUNES, password=PASSWORD, now=clock.now())


def _page(app: Flask, what: str, *, signed_in: str | None) -> Row:
    visitor = app.test_client()
    if signed_in:
        visitor.post("/dang-nhap", data={"name": signed_in, "password": PASSWORD})
    answer = visitor.get(PROVINCE)
    assert answer.status_code == 200
    assert answer.text.count("/do-phu/") > COMMUNES
    spread = timed(lambda: visitor.get(PROVINCE), times=60, warm=5)
    return Row(f"{what} (166 communes, 100,000 households)", str(spread), "≤ 20 ms", spread.median <= 20)
