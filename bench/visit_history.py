"""Visits to households with a history: what one costs with 24 earlier visits against none, and how many are stored."""

import base64
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from bench.processor import postgres, processor_time, servers
from bench.table import Row
from bench.visit_batches import Round, batch_of, hamlets_with_members, rich_visits_to
from bench.visit_load import sign_in
from community_teams.domain.visits import read_visit
from community_teams.models import Visit
from community_teams.services.recording import Submission, record_visits
from foundation.areas.domain.scope import NATION
from foundation.database import make_engine
from foundation.migrating import upgrade
from foundation.settings import PROJECT_ROOT
from tests.browser.serving import serve
from tests.postgres import own_database

BATCH = 50
EARLIER = 24
DOORS = 100  # of each of the two hamlets
ROUNDS = 6
PHONES = 4
VISITED = 5  # times, every household, before the first batch is sent
BATCHES = 8  # of each phone, in one sending
SENDINGS = 3


def measure() -> list[Row]:
    kinds = ("postgresql", "sqlite")
    return [row for kind in kinds for row in (*_compared(kind), *_stored(kind))]


def _stored(kind: str) -> Iterator[Row]:
    """Phones that send batches of their hamlet to the served application, as fast as they are answered."""
    goal = 2_000 if kind == "postgresql" else 1_000
    with (
        tempfile.TemporaryDirectory() as folder,
        own_database(kind, Path(folder)) as url,
        serve(Path(folder), workers=2, DEVELOPMENT="0", DATABASE_URL=url) as address,
    ):
        engine = make_engine(url)
        phones = hamlets_with_members(engine, hamlets=PHONES, households=BATCHES * BATCH)
        now, chance = datetime.now(UTC), Random(5)
        for ago in range(VISITED, 0, -1):
            for phone in phones:
                _record(engine, phone, phone.households, now=now - timedelta(days=10 * ago), chance=chance)
        processes = servers(address) | (postgres(url) if kind == "postgresql" else set())
        cookies = [sign_in(urlsplit(address).netloc, phone.name)[1] for phone in phones]
        sent = []
        for seed in range(SENDINGS + 1):
            # Each sending is of a later day than the one before, as visits to one door are.
            made = now - timedelta(days=SENDINGS - seed)
            before = _count(engine)
            sent.append(_send(address, list(zip(phones, cookies, strict=True)), processes, Random(seed), made=made))
            assert _count(engine) - before == PHONES * BATCHES * BATCH
        engine.dispose()
    rates, costs = (sorted(figures) for figures in zip(*sent[1:], strict=True))  # the first one warms up
    name = "PostgreSQL" if kind == "postgresql" else "SQLite"
    rate, cost = statistics.median(rates), statistics.median(costs)
    what = f"{name}, stored after {VISITED} earlier visits, {PHONES} phones, batches of {BATCH}"
    yield Row(what, f"{rate:,.0f} visits/s ({rates[0]:,.0f}–{rates[-1]:,.0f})", f"≥ {goal:,}/s", rate >= goal)
    spread = f"{cost:.2f} ms ({costs[0]:.2f}–{costs[-1]:.2f})"
    yield Row("  server and database CPU a visit", spread, "≤ 1 ms", cost <= 1)


def _send(
    address: str, phones: Sequence[tuple[Round, str]], processes: set[int], chance: Random, *, made: datetime
) -> tuple[float, float]:
    """Visits a second, and CPU of server and database a visit in milliseconds.

    phones: each with its cookie, so that checking passwords is not measured. made: when the visits were made.
    """
    now = datetime.now(UTC)
    lines = []
    for phone, cookie in phones:
        doors, device = chance.sample(phone.households, len(phone.households)), uuid4()
        bodies = [
            batch_of(
                list(rich_visits_to(doors[start : start + BATCH], chance, now=made)), device=device, pending=0, now=now
            )
            for start in range(0, len(doors), BATCH)
        ]
        packed = [base64.b64encode(body).decode() for body in bodies]
        lines.append(json.dumps({"name": phone.name, "cookie": cookie, "bodies": packed}))
    before = processor_time(processes)
    answer = json.loads(
        subprocess.run(
            [sys.executable, "-m", "bench.visit_load", address],
            cwd=PROJECT_ROOT,
            input="\n".join(lines),
            check=True,
            capture_output=True,
            text=True,
        ).stdout
    )
    spent = processor_time(processes) - before
    stored = PHONES * BATCHES * BATCH
    assert answer["outcomes"] == {"200": PHONES * BATCHES}, answer["outcomes"]
    return stored / answer["seconds"], spent / stored


def _count(engine: Engine) -> int:
    with Session(engine) as session:
        return session.scalar(select(func.count()).select_from(Visit)) or 0


def _compared(kind: str) -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as folder, own_database(kind, Path(folder)) as url:
        engine = make_engine(url)
        upgrade(engine)
        (visited, fresh) = hamlets_with_members(engine, hamlets=2, households=DOORS * ROUNDS)
        doors = visited.households[:DOORS]
        now, chance = datetime.now(UTC), Random(12)
        for ago in range(EARLIER, 0, -1):
            _record(engine, visited, doors, now=now - timedelta(days=10 * ago), chance=chance)
        cpu: dict[bool, list[float]] = {True: [], False: []}
        wall: dict[bool, list[float]] = {True: [], False: []}
        for number in range(ROUNDS):
            unvisited = fresh.households[number * DOORS : (number + 1) * DOORS]
            at = now + timedelta(days=10 * number)
            for with_history in (True, False) if number % 2 else (False, True):
                round_, chosen = (visited, doors) if with_history else (fresh, unvisited)
                spent, taken = _record(engine, round_, chosen, now=at, chance=chance)
                cpu[with_history].append(spent)
                wall[with_history].append(taken)
        engine.dispose()
    name = "PostgreSQL" if kind == "postgresql" else "SQLite"
    for what, figures in (("CPU", cpu), ("time", wall)):
        after, none = (statistics.median(figures[which][1:]) for which in (True, False))
        yield Row(
            f"{name}, {what} a visit after {EARLIER} earlier ones / none",
            f"{after:.2f} / {none:.2f} ms: {none / after:.2f} × the speed",
            "≥ 0.9 ×",
            none / after >= 0.9,
        )


def _record(
    engine: Engine, round_: Round, doors: Sequence[UUID], *, now: datetime, chance: Random
) -> tuple[float, float]:
    """Milliseconds of CPU, of this process and the database, and of the clock, for one visit to each."""
    records = list(rich_visits_to(doors, chance, now=now))
    database = postgres(str(engine.url)) if engine.dialect.name == "postgresql" else set[int]()
    submission = Submission(round_.member, lambda _day: NATION)
    cpu, start = time.process_time() * 1000 + processor_time(database), time.perf_counter()
    for first in range(0, len(records), BATCH):
        with Session(engine) as session:
            session.connection(execution_options={"writing": True})
            reports = [read_visit(record, now=now) for record in records[first : first + BATCH]]
            results = record_visits(session, reports, submission=submission, now=now)
            assert all(result.status.value == "stored" for result in results)
            session.commit()
    taken = (time.perf_counter() - start) * 1000
    return (time.process_time() * 1000 + processor_time(database) - cpu) / len(records), taken / len(records)
