"""What becomes of a question that was added to the table: run by added_question.py, which adds it."""

import json
import sys
from io import BytesIO
from pathlib import Path
from typing import Any

from jinja2 import ChoiceLoader, DictLoader
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app import create_app
from community_teams.models import HamletTotal, HamletWeek, Household, Visit
from community_teams.phones.views.app_questions import questions_as_json
from community_teams.queries.known import known_of
from community_teams.sample.answers import made_up_answers
from community_teams.services.recounting import recount
from foundation import clock, migrating
from foundation.accounts.domain.roles import Role
from foundation.areas.domain.scope import NATION
from foundation.database import Base, make_engine
from foundation.settings import Settings
from tests.community_teams.added_question import WORD, WORDS
from tests.making import Make
from tests.visitor import Visitor


def main(folder: Path) -> None:
    # Its migration: what the models have and the database has not, and nothing else.
    engine = make_engine(f"sqlite:///{folder / 'db.sqlite'}")
    migrating.upgrade(engine)
    missing = sorted((each[0], each[2], each[3].name) for each in migrating.differences(engine))
    Base.metadata.drop_all(engine)
    Base.metadata.create_all(engine)

    app = create_app(Settings(data_folder=folder, secret_key="only for tests", development=True), engine=engine)
    app.config["TESTING"] = True
    words = WORDS.read_text(encoding="utf-8").replace("{% set QUESTION_WORDS = {", WORD)
    name = "community_teams/question_words.html"
    app.jinja_env.loader = ChoiceLoader([DictLoader({name: words}), _at(app.jinja_env, "loader")])

    found: dict[str, Any] = {"missing": missing}
    with Session(engine) as session:
        session.connection(execution_options={"writing": True})
        make = Make(session)
        hamlet = make.hamlet()
        web, phone, paper = (make.household(hamlet, f"M1-{n}") for n in range(3))
        member = make.person(area=hamlet).name
        officer = make.person(role=Role.COMMUNE_OFFICER, area="").name
        session.commit()
        hamlet_code, ids = hamlet.code, [each.id for each in (web, phone, paper)]
    visitor = Visitor(app)
    visitor.sign_in(member)

    address = f"/doi-so/ho/{ids[0]}/tham"
    page = visitor.client.get(address).text
    found["web_page"] = page.count('name="solar_lamp"')
    today = clock.in_vietnam(clock.now())
    told = {
        "id": "019aa1b2-0000-7000-8000-000000000001",
        "outcome": "met_done",
        "started_at": f"{today:%Y-%m-%d}T00:01",
        "solar_lamp": "true",
    }
    found["web_sent"] = visitor.client.post(address, data=told).status_code
    found["web_again"] = 'value="true" checked' in visitor.client.get(address).text

    shell = visitor.client.get("/doi-so/tren-may").text
    found["app_page"] = (shell.count('name="solar_lamp"'), "question.solar_lamp" in shell)
    record = {
        "id": "019aa1b2-0000-7000-8000-000000000002",
        "household": str(ids[1]),
        "outcome": "met_done",
        "started_at": f"{today:%Y-%m-%d}T00:02:00+07:00",
        "form_version": 1,
        "solar_lamp": False,
    }
    batch = {"batch": record["id"], "device": record["id"], "pending": 1, "visits": [record]}
    answer = visitor.client.post("/api/v1/visits", json=batch)
    again = visitor.client.post("/api/v1/visits", json=batch)
    found["phone_sent"] = [_json(each)["results"][0]["outcome"] for each in (answer, again)]
    wrong = batch | {"visits": [record | {"id": ids[2].hex, "solar_lamp": "có lẽ"}]}
    found["phone_wrong"] = _json(visitor.client.post("/api/v1/visits", json=wrong))["results"][0]["problems"]

    typing = f"/doi-so/{hamlet_code}/nhap-phieu"
    found["paper_page"] = visitor.client.get(typing).text.count('name="solar_lamp"')
    sheet = {
        "id": "019aa1b2-0000-7000-8000-000000000003",
        "household_code": "M1-2",
        "started_on": f"{today:%d/%m/%Y}",
        "started_time": "0:03",
        "outcome": "1",
        "solar_lamp": "1",
    }
    found["paper_wrong"] = visitor.client.post(typing, data=sheet | {"solar_lamp": "7"}).status_code
    found["paper_sent"] = visitor.client.post(typing, data=sheet).status_code
    with app.test_request_context("/"):
        source = app.jinja_env.get_template("paper/paper_sheet.html")
        html = source.render(
            paper=sys.modules["community_teams.paper.domain"], most_people=4, most_issues=2, door=None, hamlet=hamlet,
            above=[], sample=False,
        )  # fmt: skip
    found["sheet"] = "Có đèn năng lượng mặt trời?" in html

    # The same visit told otherwise is held; the file a phone writes where it cannot send is taken in.
    held = batch | {"visits": [record | {"solar_lamp": True}]}
    found["held"] = _json(visitor.client.post("/api/v1/visits", json=held))["results"][0]["outcome"]
    chief = Visitor(app)
    chief.sign_in(officer)
    compared = chief.client.get("/quan-ly/phieu-can-xem/1").text
    found["held_page"] = [f"Có đèn năng lượng mặt trời? {answer}" in compared for answer in ("Có", "Không")]
    file = batch | {"member": member, "visits": [record | {"id": str(ids[0])}]}
    sent = {"file": (BytesIO(json.dumps(file).encode()), "phieu.json")}
    found["file"] = chief.client.post("/quan-ly/may/nhap-phieu", data=sent).status_code

    with Session(engine) as session:
        stored = session.scalars(select(Visit).order_by(Visit.started_at, Visit.id)).all()
        found["stored"] = [_at(visit, "solar_lamp") for visit in stored]
        total, week = session.scalars(select(HamletTotal)).one(), session.scalars(select(HamletWeek)).one()
        found["counted"] = [(_at(row, "solar_lamps_asked"), _at(row, "solar_lamps")) for row in (total, week)]
        found["known"] = _at(known_of(session, NATION, ids[1]), "answers")["solar_lamp"]
        found["state"] = _at(session.get(Household, ids[0]), "state")["counts"]
        session.rollback()
        session.connection(execution_options={"writing": True})
        found["recount"] = [str(each) for each in recount(session, NATION, now=clock.now())]

    found["sample"] = sorted({str(each.answers["solar_lamp"]) for each in made_up_answers()})
    found["questions"] = questions_as_json()
    sys.stdout.write(json.dumps(found))


def _json(answer: TestResponse) -> Any:
    return answer.json


def _at(thing: object, name: str) -> Any:
    """What the question added is known to nothing that checks types."""
    return getattr(thing, name)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
