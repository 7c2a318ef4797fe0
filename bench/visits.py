"""Visits from phones: how many are stored durably in a second, what one costs, and what it weighs on the line."""

import base64
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any
from unittest.mock import patch
from urllib.parse import urlsplit
from uuid import uuid4

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from bench.processor import postgres, processor_time, servers
from bench.table import Row
from bench.visit_batches import Round, batch_of, hamlets_with_members, visits_to
from bench.visit_load import sign_in
from community_teams.domain import visit_batch
from community_teams.domain.visit_batch import VisitBatch
from community_teams.domain.visits import read_visit
from community_teams.models import Visit
from community_teams.services import counters
from community_teams.services.recording import Submission, record_visits
from foundation.areas.domain.scope import NATION
from foundation.database import make_engine
from foundation.migrating import upgrade
from foundation.settings import PROJECT_ROOT
from tests.browser.serving import serve
from tests.postgres import own_database, postgres_database

BATCH = 50
PHONES = 8
BATCHES = 40  # of each phone, in one round
ROUNDS = 3


def measure() -> list[Row]:
    return [*_weight(), *_stored("postgresql"), *_stored("sqlite"), _cost_of_counters()]


def _weight() -> list[Row]:
    now, chance, device = datetime.now(UTC), Random(1), uuid4()
    visits = list(visits_to([uuid4() for _ in range(200)], chance, now=now))
    bodies = [
        batch_of(visits[start : start + BATCH], device=device, pending=200 - start, now=now)
        for start in range(0, 200, BATCH)
    ]
    size = sum(map(len, bodies)) / 1024
    told = f"{len(bodies)} requests, {size:.1f} KB"
    return [Row("200 visits from one phone", told, "≤ 4 requests, ≤ 35 KB", len(bodies) <= 4 and size <= 35)]


def _wait_goal(kind: str, wait: float) -> tuple[str, bool | None]:
    return ("≤ 300 ms", wait <= 300) if kind == "postgresql" else ("told, no goal", None)


def _stored(kind: str) -> list[Row]:
    goal = 2_000 if kind == "postgresql" else 1_000
    with (
        tempfile.TemporaryDirectory() as folder,
        own_database(kind, Path(folder)) as url,
        serve(Path(folder), workers=2, DEVELOPMENT="0", DATABASE_URL=url) as address,
    ):
        engine = make_engine(url)
        rounds = hamlets_with_members(engine, hamlets=PHONES * (ROUNDS + 1), households=BATCHES * BATCH // 2)
        processes = servers(address) | (postgres(url) if kind == "postgresql" else set())
        told = [_round(engine, address, rounds[seed :: ROUNDS + 1], processes, seed) for seed in range(ROUNDS + 1)]
        engine.dispose()
    rates, waits, cpu = (sorted(figures) for figures in zip(*told[1:], strict=True))  # the first warms up
    what = f"stored durably, {'PostgreSQL' if kind == 'postgresql' else 'SQLite'}, batches of {BATCH}"
    rate, wait, cost = (statistics.median(figures) for figures in (rates, waits, cpu))
    rows = [
        Row(f"{what}", f"{rate:,.0f} visits/s ({rates[0]:,.0f}–{rates[-1]:,.0f})", f"≥ {goal:,}/s", rate >= goal),
        # One writer at a time: on SQLite the batches queue, and only their rate has a goal.
        Row("  p95 of a batch", f"{wait:.0f} ms ({waits[0]:.0f}–{waits[-1]:.0f})", *_wait_goal(kind, wait)),
    ]
    spread = f"{cost:.2f} ms ({cpu[0]:.2f}–{cpu[-1]:.2f})"
    return [*rows, Row("  server and database CPU a visit", spread, "≤ 1 ms", cost <= 1)]


def _round(
    engine: Engine, address: str, rounds: list[Round], processes: set[int], seed: int
) -> tuple[float, float, float]:
    """Visits a second, the 95th percentile of a batch in milliseconds, CPU of server and database a visit in ms."""
    chance, now = Random(seed), datetime.now(UTC)
    # Signed in before the measuring begins: checking a password takes as long as storing a batch.
    lines = [
        json.dumps(
            {
                "name": round_.name,
                "cookie": sign_in(urlsplit(address).netloc, round_.name)[1],
                "bodies": list(_bodies(round_, chance, now)),
            }
        )
        for round_ in rounds
    ]
    before, cpu = _count(engine), processor_time(processes)
    told = subprocess.run(
        [sys.executable, "-m", "bench.visit_load", address],
        cwd=PROJECT_ROOT,
        input="\n".join(lines),
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    answer = json.loads(told)
    spent = processor_time(processes) - cpu
    stored = _count(engine) - before
    assert answer["outcomes"] == {"200": PHONES * BATCHES}, answer["outcomes"]
    assert stored == PHONES * BATCHES * BATCH
    return stored / answer["seconds"], statistics.quantiles(answer["batches"], n=20)[-1], spent / stored


def _bodies(round_: Round, chance: Random, now: datetime) -> Iterator[str]:
    """Every household is visited twice, in an order of its own: found not at home, as often as not, and then again."""
    doors = [*round_.households, *round_.households]
    chance.shuffle(doors)
    device = uuid4()
    for start in range(0, len(doors), BATCH):
        visits = list(visits_to(doors[start : start + BATCH], chance, now=now))
        yield base64.b64encode(batch_of(visits, device=device, pending=len(doors) - start, now=now)).decode()


def _count(engine: Engine) -> int:
    with Session(engine) as session:
        return session.scalar(select(func.count()).select_from(Visit)) or 0


def _cost_of_counters() -> Row:
    """The recorder alone, in this process and on PostgreSQL, with its counters and without."""
    with postgres_database() as url:
        engine = make_engine(url)
        upgrade(engine)
        row = _with_and_without(engine)
        engine.dispose()
    return row


def _with_and_without(engine: Engine) -> Row:
    rounds = hamlets_with_members(engine, hamlets=9, households=1_000)
    with_counters, without = [], []
    for seed, round_ in enumerate(rounds):
        for keeping in (True, False) if seed % 2 else (False, True):
            if keeping:
                with_counters.append(_record(engine, round_, seed))
                continue
            with (
                patch.object(counters, "add_all", _nothing),
                patch.object(VisitBatch, "changes", _no_changes),
                patch.object(visit_batch, "summarise", _no_changes),
            ):
                without.append(_record(engine, round_, 100 + seed))
    whole, bare = statistics.median(with_counters[1:]), statistics.median(without[1:])
    share = (whole - bare) / whole
    return Row(
        "keeping counters, of the CPU to record a visit",
        f"{share:.0%} ({whole:.2f} ms with, {bare:.2f} ms without)",
        "≤ 20 %",
        share <= 0.2,
    )


def _nothing(*_args: object, **_values: object) -> None:
    pass


def _no_changes(*_args: object) -> dict[str, Any]:
    return {}


def _record(engine: Engine, round_: Round, seed: int) -> float:
    """Milliseconds of CPU a visit, in this process and in the database."""
    chance, now = Random(seed), datetime.now(UTC)
    records = list(visits_to(round_.households, chance, now=now))
    submission = Submission(round_.member, lambda _day: NATION)
    database = postgres(str(engine.url))
    start = time.process_time() * 1000 + processor_time(database)
    for first in range(0, len(records), BATCH):
        with Session(engine) as session:
            reports = [read_visit(record, now=now) for record in records[first : first + BATCH]]
            record_visits(session, reports, submission=submission, now=now)
            session.commit()
    return (time.process_time() * 1000 + processor_time(database) - start) / len(records)
