"""The report of those who teach: 1,000 and 10,000 learners, the whole page, compressed as phones take it.

And what keeping the tallies it sums costs those who send answers.
"""

import random
import re
import statistics
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch
from uuid import UUID

import brotli
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from app import create_app
from bench.table import Row, timed
from courses.domain.lesson import Lesson
from foundation import migrating
from foundation.accounts.domain.roles import Role
from foundation.accounts.models import Person, RoleHolding
from foundation.accounts.passwords import hash_password
from foundation.areas.domain.kinds import AreaKind, Level
from foundation.areas.models import Area
from foundation.bulk import insert_rows
from foundation.database import Base, make_engine
from foundation.settings import Settings
from learning.models import AnswerRow, Card, ClassEvening, ClassLearner, DoneTogether, Learner
from learning.services import answers as answering
from learning.services.answers import NewAnswer, save_answers
from tests.postgres import own_database

NOW = datetime(2026, 11, 21, 5, tzinfo=UTC)
HAMLETS = 100
MOST_BYTES = 30 * 1024
TIMES = 15
BATCH = 50  # answers sent at once
BATCHES = 40
ROUNDS = 5


def measure() -> list[Row]:
    return [row for kind in ("sqlite", "postgresql") for row in _on(kind)]


def _on(kind: str) -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as folder, own_database(kind, Path(folder)) as url:
        engine = make_engine(url)
        migrating.upgrade(engine)
        app = create_app(Settings(data_folder=Path(folder), secret_key="bench"), engine=engine)
        name = "PostgreSQL" if kind == "postgresql" else "SQLite"
        filling = _Filling(app)
        for learners, goal in ((1_000, 100), (10_000, 300)):
            filling.fill_up_to(learners)
            yield from _page(app, f"{name}, {learners:,} learners, {filling.answers:,} answers", goal)
        yield _cost_of_tallies(engine, app.extensions["catalogue"].lessons, filling.people, name)
        engine.dispose()


def _page(app: Flask, what: str, goal: int) -> Iterator[Row]:
    client = app.test_client()
    client.post("/dang-nhap", data={"name": "can-bo", "password": "mat-khau-thu"})
    spread = timed(lambda: _get(client), times=TIMES)
    work = timed(lambda: _get(client), times=5, warm=0, clock=time.process_time)
    page, size = _get(client)
    assert len(re.findall(r"Mẫu \d+</th>", page)) == HAMLETS, "not every hamlet is in the report"
    yield Row(f"report: {what}, {HAMLETS} hamlets", str(spread), f"≤ {goal} ms", spread.median <= goal)
    yield Row("  CPU of our process, of that", f"{work.median:.0f} ms", "", None)
    yield Row("  on the wire (br)", f"{size / 1024:.1f} KB", "≤ 30 KB", size <= MOST_BYTES)


def _get(client: FlaskClient) -> tuple[str, int]:
    answer = client.get("/quan-ly/viec-hoc", headers={"Accept-Encoding": "br"})
    assert answer.status_code == 200
    return brotli.decompress(answer.data).decode(), len(answer.data)


class _Filling:
    """One commune of HAMLETS hamlets with a class each; everybody comes to one, a fifth have a card of another hamlet,
    a tenth did lessons together in class."""

    def __init__(self, app: Flask) -> None:
        self.chance = random.Random(1)
        self.lessons: tuple[Lesson, ...] = app.extensions["catalogue"].lessons
        self.engine: Engine = app.extensions["engine"]
        self.people: list[UUID] = []
        self.answers = 0
        self.paths = [f"38/15607/15607-{number:03}/" for number in range(HAMLETS)]
        self.evenings: list[UUID] = [uuid7() for _ in self.paths]
        with Session(self.engine) as session:
            for area in (
                _area("38", None, "Thanh Hóa", Level.PROVINCE, AreaKind.TINH, "38/"),
                _area("15607", "38", "Bát Mọt", Level.COMMUNE, AreaKind.XA, "38/15607/"),
            ):
                session.add(area)
                session.flush()
            session.add_all(
                _area(path[9:-1], "15607", f"Mẫu {number}", Level.HAMLET, AreaKind.BAN, path)
                for number, path in enumerate(self.paths)
            )
            session.add_all(
                ClassEvening(
                    id=id_,
                    area_path=path,
                    course=self.lessons[0].course,
                    lessons=[],
                    held_on=NOW.date(),
                    teacher="Người Mẫu",
                    made_by="bench",
                    made_at=NOW,
                )
                for id_, path in zip(self.evenings, self.paths, strict=True)
            )
            person = Person(
                name="can-bo", display_name="Cán Bộ Mẫu", password_hash=hash_password("mat-khau-thu"), created_at=NOW
            )
            person.holdings.append(
                RoleHolding(role=Role.COMMUNE_OFFICER, area_path="38/15607/", valid_from=NOW.date(), valid_to=None)
            )
            session.add(person)
            session.commit()

    def fill_up_to(self, learners: int) -> None:
        rows: dict[type[Base], list[dict[str, Any]]] = {
            table: [] for table in (Learner, ClassLearner, Card, DoneTogether, AnswerRow)
        }
        for number in range(len(self.people), learners):
            learner = uuid7()
            self.people.append(learner)
            rows[Learner].append({"id": learner, "nickname": "", "picture": "", "age_band": None, "created_at": NOW})
            evening = self.evenings[number % HAMLETS]
            rows[ClassLearner].append({"evening": evening, "learner": learner, "name": "", "joined_at": NOW})
            if self.chance.random() < 0.2:
                rows[Card].append(_card(f"{number:010}", learner, self.chance.choice(self.paths)))
            if self.chance.random() < 0.1:
                lesson = self.chance.choice(self.lessons).id
                seen = {
                    "evening": evening,
                    "learner": learner,
                    "lesson": lesson,
                    "observed_by": "bench",
                    "observed_at": NOW,
                }
                rows[DoneTogether].append(seen)
            rows[AnswerRow] += self._answers_of(learner)
        self.answers += len(rows[AnswerRow])
        with self.engine.begin() as connection:
            for table, some in rows.items():
                insert_rows(connection, table.__table__, some)  # type: ignore[arg-type]
            connection.execute(text("DELETE FROM lesson_tally"))
            # As the migration does: one statement for all.
            connection.execute(
                text(
                    "INSERT INTO lesson_tally (lesson, learner, passed, alone) SELECT lesson, learner,"
                    ' COUNT(DISTINCT CASE WHEN "right" THEN step END),'
                    ' COUNT(DISTINCT CASE WHEN "right" AND NOT assisted THEN step END)'
                    " FROM answer GROUP BY lesson, learner"
                )
            )
        with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            # What a database in use does by itself, sooner or later.
            connection.execute(text("VACUUM ANALYZE" if self.engine.dialect.name == "postgresql" else "ANALYZE"))

    def _answers_of(self, learner: UUID) -> Iterator[dict[str, Any]]:
        for lesson in self.chance.sample(self.lessons, self.chance.choice((1, 1, 2, 3, 4, 8))):
            helped = self.chance.random() < 0.3
            for step in lesson.graded:
                for right in (False, True):
                    if self.chance.random() < (0.97 if right else 0.2):
                        yield {
                            "id": uuid7(),
                            "learner": learner,
                            "lesson": lesson.id,
                            "step": step,
                            "given": "",
                            "right": right,
                            "at": NOW,
                            "assisted": helped,
                        }


def _cost_of_tallies(engine: Engine, lessons: tuple[Lesson, ...], people: list[UUID], name: str) -> Row:
    """A phone's batch, stored as always, and by the same code without the tallies, in turns."""
    with_them, without = [], []
    for number in range(ROUNDS):
        with_them.append(_storing(engine, lessons, people, 2 * number))
        with patch.object(answering, "tally", lambda *_: None):
            without.append(_storing(engine, lessons, people, 2 * number + 1))
    most, least = statistics.median(with_them), statistics.median(without)
    told = f"{most:.1f} ms ({min(with_them):.1f}–{max(with_them):.1f}); without {least:.1f} ms"
    return Row(f"{name}: storing {BATCH} answers of one person, tallies kept", told, "", None)


def _storing(engine: Engine, lessons: tuple[Lesson, ...], people: list[UUID], seed: int) -> float:
    """Milliseconds to keep a batch and commit it, the median of BATCHES, each of another person."""
    chance, taken = random.Random(seed), []
    for learner in chance.sample(people, BATCHES):
        steps = [(lesson.id, step) for lesson in chance.sample(lessons, 8) for step in lesson.graded]
        batch = [NewAnswer(uuid7(), learner, *step, "", True, NOW) for step in (steps * 3)[:BATCH]]
        with engine.connect().execution_options(writing=True) as connection, Session(connection) as session:
            start = time.perf_counter()
            save_answers(session, batch)
            session.commit()
            taken.append((time.perf_counter() - start) * 1000)
    return statistics.median(taken)


def _card(code: str, learner: UUID, path: str) -> dict[str, Any]:
    return {
        "code": code,
        "learner": learner,
        "secret_hash": "",
        "made_by": "bench",
        "area_path": path,
        "made_at": NOW,
        "stopped_at": None,
        "wrong_tries": 0,
        "paused_until": None,
    }


def _area(code: str, parent: str | None, name: str, level: Level, kind: AreaKind, path: str) -> Area:
    return Area(
        code=code, parent_code=parent, level=level, kind=kind, name=name, path=path, sort_key=code, folded=name.lower()
    )
