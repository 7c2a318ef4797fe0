"""The report of those who teach: 1,000 and 10,000 learners, on the screen, compressed as phones take it."""

import random
import re
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import brotli
from flask.testing import FlaskClient
from sqlalchemy import insert, text
from uuid_utils.compat import uuid7

from app import create_app
from bench.table import Row, timed
from foundation import migrating
from foundation.accounts.domain.roles import Role
from foundation.accounts.models import Person, RoleHolding
from foundation.accounts.passwords import hash_password
from foundation.areas.domain.kinds import Kind, Level
from foundation.areas.models import Area
from foundation.settings import Settings
from learning.models import AnswerRow, ClassEvening, ClassLearner, Learner

NOW = datetime(2026, 11, 21, 5, tzinfo=UTC)
HAMLETS = 100
MOST_BYTES = 30 * 1024


def measure() -> list[Row]:
    return [row for learners, goal in ((1_000, 100), (10_000, 300)) for row in _measured(learners, goal)]


def _measured(learners: int, goal: int) -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(Settings(data_folder=Path(folder), secret_key="bench"))
        migrating.upgrade(app.extensions["engine"])
        answers = _fill(app, learners)
        client = app.test_client()
        client.post("/dang-nhap", data={"name": "can-bo", "password": "mat-khau-thu"})
        spread = timed(lambda: _page(client), times=9)
        page = _page(client)
        app.extensions["engine"].dispose()
    assert re.search(r'id="dia-ban"', page[0]), "no hamlets in the report"
    what = f"report on {learners:,} learners, {answers:,} answers, {HAMLETS} hamlets"
    return [
        Row(what, str(spread), f"≤ {goal} ms", spread.median <= goal),
        Row("the same, on the wire (br)", f"{page[1] / 1024:.1f} KB", "≤ 30 KB", page[1] <= MOST_BYTES),
    ]


def _page(client: FlaskClient) -> tuple[str, int]:
    answer = client.get("/quan-ly/viec-hoc", headers={"Accept-Encoding": "br"})
    assert answer.status_code == 200
    return brotli.decompress(answer.data).decode(), len(answer.data)


def _fill(app, learners: int) -> int:
    chance = random.Random(1)
    lessons = app.extensions["catalogue"].lessons
    with app.extensions["sessions"]() as session:
        areas = [_area("38", None, "Thanh Hóa", Level.PROVINCE, Kind.TINH, "38/")]
        areas.append(_area("15607", "38", "Bát Mọt", Level.COMMUNE, Kind.XA, "38/15607/"))
        for area in areas:
            session.add(area)
            session.flush()
        evenings = []
        for number in range(HAMLETS):
            code = f"15607-{number:03}"
            session.add(_area(code, "15607", f"Mẫu {number}", Level.HAMLET, Kind.BAN, f"38/15607/{code}/"))
            evenings.append(
                ClassEvening(
                    id=uuid7(),
                    area_path=f"38/15607/{code}/",
                    course=lessons[0].course,
                    lessons=[],
                    held_on=NOW.date(),
                    teacher="Người Mẫu",
                    made_by="bench",
                    made_at=NOW,
                )
            )
        session.add_all(evenings)
        person = Person(
            name="can-bo", display_name="Cán Bộ Mẫu", password_hash=hash_password("mat-khau-thu"), created_at=NOW
        )
        person.holdings.append(
            RoleHolding(role=Role.COMMUNE_OFFICER, area_path="38/15607/", valid_from=NOW.date(), valid_to=None)
        )
        session.add(person)
        session.flush()
        people, present, answers = [], [], []
        for number in range(learners):
            learner = uuid7()
            people.append({"id": learner, "nickname": "", "picture": "", "age_band": None, "created_at": NOW})
            evening = evenings[number % HAMLETS].id
            present.append({"evening": evening, "learner": learner, "name": "", "joined_at": NOW})
            for lesson in chance.sample(lessons, chance.choice((1, 1, 2, 3, 4, 8))):
                helped = chance.random() < 0.3
                for step in lesson.graded:
                    for right in (False, True):
                        if chance.random() < (0.97 if right else 0.2):
                            answers.append(
                                {
                                    "id": uuid7(),
                                    "learner": learner,
                                    "lesson": lesson.id,
                                    "step": step,
                                    "given": "",
                                    "right": right,
                                    "at": NOW,
                                    "assisted": helped,
                                }
                            )
        session.execute(insert(Learner), people)
        session.execute(insert(ClassLearner), present)
        session.execute(insert(AnswerRow), answers)
        # As the migration does: one statement for all.
        session.execute(
            text(
                "INSERT INTO lesson_tally (lesson, learner, passed, alone) SELECT lesson, learner,"
                ' COUNT(DISTINCT CASE WHEN "right" THEN step END),'
                ' COUNT(DISTINCT CASE WHEN "right" AND NOT assisted THEN step END) FROM answer GROUP BY lesson, learner'
            )
        )
        session.commit()
    return len(answers)


def _area(code: str, parent: str | None, name: str, level: Level, kind: Kind, path: str) -> Area:
    return Area(
        code=code, parent_code=parent, level=level, kind=kind, name=name, path=path, sort_key=code, folded=name.lower()
    )
