"""More than anybody types, in every form and JSON address: CPU of each answer, and how long others wait to write."""

import json
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy.orm import Session

from app import create_app
from bench.table import Row
from foundation.database import Base, make_engine
from foundation.settings import Settings
from tests.lengths.test_every_field import MEGABYTE, NASTY_JSON, SHAPES, _examples, _places, _put, posts
from tests.lengths.world import KEY, World, build
from tests.making import Make

GOAL, WAIT_GOAL = 200, 50  # milliseconds
WRITES = 40


def measure() -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_folder=Path(folder), secret_key=KEY, development=True)
        engine = make_engine(f"sqlite:///{folder}/bench.sqlite3")
        Base.metadata.create_all(engine)
        app = create_app(settings, engine=engine)
        with Session(engine, expire_on_commit=False) as session:
            world = build(app, Make(session), session, datetime.now(UTC))
        alone = _writes(app)
        stop = threading.Event()
        costs: list[tuple[float, str]] = []
        sending = threading.Thread(target=_send, args=(app, world, costs, stop))
        sending.start()
        beside = _writes(app, until=sending)
        stop.set()
        sending.join()
        engine.dispose()
    (worst, where), cpu = max(costs), [cost for cost, _ in costs]
    added = max(beside) - max(alone)
    median, usual = statistics.median(cpu), statistics.median(alone)
    return [
        Row(
            f"1 MB in any field, {len(cpu)} requests: CPU",
            f"median {median:.1f} ms, worst {worst:.0f} ms ({where})",
            f"≤ {GOAL} ms",
            worst <= GOAL,
        ),
        Row(
            "  another writer meanwhile, in the same process",
            f"median {statistics.median(beside):.1f} ms, worst {max(beside):.0f} ms; alone {usual:.1f} ms",
            f"≤ {WAIT_GOAL} ms more",
            added <= WAIT_GOAL,
        ),
    ]


def _send(app: Flask, world: World, costs: list[tuple[float, str]], stop: threading.Event) -> None:
    for rule, where, body in _bodies(app, world):
        if stop.is_set():
            return
        began = time.thread_time()
        answer = world.client.post(rule, **body)
        costs.append(((time.thread_time() - began) * 1000, where))
        assert answer.status_code < 500, where


def _bodies(app: Flask, world: World) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """(address, what is sent to it, arguments of the client's `post`)"""
    form = "application/x-www-form-urlencoded"
    many = "&".join(f"a{n}=" for n in range(300_000))
    for rule in posts(app):
        if rule.rule.startswith("/api/"):
            continue
        address = world.address(rule)
        for name in ("name", "note", "nickname", "ma", "password"):
            yield address, f"{rule.rule} {name}", {"data": {name: "1 " * (MEGABYTE // 2)}}
            yield address, f"{rule.rule} {name} marks", {"data": {name: SHAPES["marks"]}}
        yield address, f"{rule.rule} fields", {"data": many, "content_type": form}
    for address, example in _examples(world).items():
        for shape, data in NASTY_JSON.items():
            yield address, f"{address} {shape}", {"data": data, "content_type": "application/json"}
        for path in _places(example):
            for what in ("1 " * (MEGABYTE // 2), "\u0301\u0323" * (MEGABYTE // 4)):
                data = json.dumps(_put(example, path, what)).encode()
                named = ".".join(map(str, path))
                yield address, f"{address} {named}", {"data": data, "content_type": "application/json"}


def _writes(app: Flask, until: threading.Thread | None = None) -> list[float]:
    """Milliseconds of one small write after another: WRITES of them, or as long as `until` lives."""
    waits: list[float] = []
    while len(waits) < WRITES or (until is not None and until.is_alive()):
        with app.extensions["sessions"]() as session:
            began = time.perf_counter()
            session.connection(execution_options={"writing": True})
            session.rollback()
            waits.append((time.perf_counter() - began) * 1000)
        time.sleep(0.02)
    return waits
