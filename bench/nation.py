"""The page of the whole nation: 90,000 hamlets and 28 million households, of which only the counters are made.

FILLED: the address of a database filled so before, sqlite:///… or postgresql://…, which is measured in place of new
ones. The goal holds at the first request, which is told apart.
"""

import gc
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, cast

from flask import Flask
from sqlalchemy import Table, func, select, text
from sqlalchemy.orm import Session

from app import create_app
from bench.table import Row, timed
from community_teams.domain.counting import TOTALS, WEEKS, week_of
from community_teams.models import HamletTotal, HamletWeek
from community_teams.services.closing import close_weeks
from community_teams.services.rollups import refresh_communes
from foundation import clock
from foundation.accounts.domain.roles import Role
from foundation.accounts.services.audit import COMMAND_LINE
from foundation.accounts.services.people import Administrator, add_person, check_person
from foundation.areas.domain.kinds import AreaKind, Level
from foundation.areas.domain.naming import fold, sort_key
from foundation.areas.domain.scope import NATION
from foundation.areas.models import Area
from foundation.areas.services.loading import load
from foundation.bulk import insert_rows
from foundation.database import Base
from foundation.migrating import upgrade
from foundation.settings import Settings
from foundation.web.database import transaction
from tests.postgres import own_database

# The goal is set for HAMLETS=90000, which take two minutes to make on each database.
HAMLETS = int(os.environ.get("HAMLETS", "9000"))
WEEKS_BACK = 12
PASSWORD = "mau-thu-2026"
SOURCE = "Số liệu mẫu"


def measure() -> list[Row]:
    filled = os.environ.get("FILLED", "")
    return _on(filled.partition(":")[0], filled) if filled else [*_on("sqlite"), *_on("postgresql")]


def _on(kind: str, filled: str = "") -> list[Row]:
    with (
        tempfile.TemporaryDirectory() as folder,
        nullcontext(filled) if filled else own_database(kind, Path(folder)) as url,
    ):
        app = create_app(Settings(data_folder=Path(folder), secret_key="bench", database_url=url))
        if not filled:
            fill(app)
        gc.collect()
        gc.freeze()  # as app.serve() does
        with app.test_request_context(), transaction() as session:
            hamlets = session.scalar(select(func.count()).select_from(HamletTotal)) or 0
            households = session.scalar(select(func.sum(HamletTotal.households))) or 0
        week = week_of(clock.day_in_vietnam(clock.now())) - timedelta(weeks=3)
        asked = ("/do-phu", "/do-phu?lop=vneid-muc-2", f"/do-phu?tuan={week}", f"/do-phu?lop=tieng-noi&tuan={week}")
        rows = [_page(app, path, signed_in=signed_in) for signed_in in (False, True) for path in asked]
        gc.unfreeze()
        app.extensions["engine"].dispose()
        told = f"{int(households):,} households in {hamlets:,} hamlets, {kind}"
        return [Row(told, "filled before" if filled else "made now", "told, no goal", None), *rows]


def fill(app: Flask) -> None:
    """All provinces and communes, made-up hamlets in each, and the counters of WEEKS_BACK weeks in every hamlet."""
    engine = app.extensions["engine"]
    upgrade(engine)
    now = clock.now()
    with app.test_request_context(), transaction() as session:
        load(session)
        hamlets = _hamlets(session)
        connection = session.connection()
        for start in range(0, len(hamlets), 5_000):
            some = hamlets[start : start + 5_000]
            insert_rows(connection, _table(Area), some)
            totals, weeks = _counters(some, now)
            insert_rows(connection, _table(HamletTotal), totals)
            insert_rows(connection, _table(HamletWeek), weeks)
        refresh_communes(session, {hamlet["parent_code"] for hamlet in hamlets}, weeks=True)
        close_weeks(session, now=now)
        server = Administrator(COMMAND_LINE, NATION)
        told = {"name": "can-bo", "display_name": "Cán bộ Mẫu", "role": Role.ADMIN.value, "area_code": "VN"}
        add_person(session, server, check_person(session, server, **told, password=PASSWORD), now=now)
    with engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(
            text("VACUUM ANALYZE" if engine.dialect.name == "postgresql" else "ANALYZE")
        )


def _table(model: type[Base]) -> Table:
    return cast("Table", model.__table__)


def _hamlets(session: Session) -> list[dict[str, Any]]:
    chance = Random("cả nước")
    communes = session.execute(
        select(Area.code, Area.path).where(Area.level == Level.COMMUNE, Area.valid_to.is_(None)).order_by(Area.path)
    ).all()
    return [
        {
            "code": f"{commune}-D{number:03}",
            "parent_code": commune,
            "level": Level.HAMLET,
            "kind": AreaKind.THON,
            "name": f"Đo {number}",
            "path": f"{path}{commune}-D{number:03}/",
            "sort_key": sort_key(f"Đo {number}"),
            "folded": fold(f"Đo {number}"),
            # One in twenty has no list, one in fifty is very small.
            "official_households": None
            if chance.random() < 0.05
            else chance.randint(1, 9)
            if chance.random() < 0.02
            else chance.randint(200, 430),
            "households_source": SOURCE,
            "households_as_of": date(2026, 10, 31),
            "is_sample": True,
        }
        for commune, path, number in _spread(communes)
    ]


def _spread(communes: Any) -> Iterator[tuple[str, str, int]]:
    for place, (code, path) in enumerate(communes):
        here = HAMLETS * (place + 1) // len(communes) - HAMLETS * place // len(communes)
        for number in range(1, here + 1):
            yield code, path, number


def _counters(hamlets: list[dict[str, Any]], now: datetime) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Counters that add up as real ones do: what the weeks added is what there is."""
    chance = Random(hamlets[0]["code"])
    this_week = week_of(clock.day_in_vietnam(now))
    totals, weeks = [], []
    for hamlet in hamlets:
        households = (hamlet["official_households"] or 300) + chance.randint(-1, 3)
        total = dict.fromkeys(TOTALS, 0) | {"households": max(1, households)}
        for back in range(WEEKS_BACK, 0, -1):
            reached = int(total["households"] * chance.random() / WEEKS_BACK)
            added = {
                "met_done": reached,
                "not_home": reached // 2,
                "households_sized": reached,
                "adults": 2 * reached,
                "assessed": reached,
                "vneid_asked": reached,
                "level2": reached // 2,
                "timed": reached,
                "minutes": 20 * reached,
            }
            for name, count in added.items():
                total[name] += count
            total["reached"] += reached
            total["knocked"] += reached
            row = dict.fromkeys(WEEKS, 0) | added | {"first_knocked": reached, "first_reached": reached}
            place = {"hamlet_code": hamlet["code"], "path": hamlet["path"]}
            week = this_week - timedelta(weeks=back)
            weeks.append(place | {"week": week, "known_in": week} | row)
        place = {"hamlet_code": hamlet["code"], "path": hamlet["path"]}
        last = clock.day_in_vietnam(now) - timedelta(days=1)
        totals.append(place | {"last_visit_on": last, "updated_at": now, "change": int(now.timestamp())} | total)
    return totals, weeks


def _page(app: Flask, path: str, *, signed_in: bool) -> Row:
    visitor = app.test_client()
    if signed_in:
        visitor.post("/dang-nhap", data={"name": "can-bo", "password": PASSWORD})
    start = time.perf_counter()
    assert visitor.get(path).status_code == 200
    first = 1000 * (time.perf_counter() - start)
    spread = timed(lambda: visitor.get(path), times=40, warm=3)
    processor = timed(lambda: visitor.get(path), times=20, clock=time.process_time)
    told = f"{path}, {'inside' if signed_in else 'the public'}"
    measured = f"{spread}; processor {processor.median:.1f} ms; the first {first:.0f} ms"
    return Row(told, measured, "≤ 50 ms, the first too", max(first, spread.median) <= 50)
