"""One of everything that an address may name, and somebody who may do everything there."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from uuid import UUID, uuid4

from flask.testing import FlaskClient
from sqlalchemy import select
from uuid_utils.compat import uuid7

from community_teams.models import Device, HeldVisit, Issue
from community_teams.pilots.domain.pilots import PilotText
from community_teams.pilots.services import start_pilot
from foundation.accounts.domain.roles import Role
from foundation.areas.domain.scope import NATION
from learning.domain.classes import NewClass
from learning.domain.fault_reports import ReportKind
from learning.queries.classes import evening_in
from learning.services.cards import make_card, prepare_blank_cards
from learning.services.classes import admit, make_class
from learning.services.fault_reports import send_report

KEY = "only for tests"
ORDER = ("trau", "ga", "ca", "buom")


@dataclass
class World:
    """values: for an argument of an address, by "endpoint argument" or the argument alone."""

    client: FlaskClient
    values: dict[str, object] = field(default_factory=dict)

    def address(self, rule) -> str:
        arguments = {
            name: self.values.get(f"{rule.endpoint} {name}", self.values.get(name, "khong-co"))
            for name in rule.arguments
        }
        return rule.build(arguments, append_unknown=False)[1]


def build(app, make, session, now) -> World:
    hamlet, other = make.hamlet(), make.hamlet()
    commune = make.commune()
    person = make.person("moi-viec", Role.TEAM_LEADER, commune)
    person.holdings += [
        make.holding(Role.COMMUNE_OFFICER, commune),
        make.holding(Role.PROVINCE_OFFICER, make.province()),
        make.holding(Role.ADMIN, ""),
        make.holding(Role.CONTENT_EDITOR, ""),
    ]
    session.commit()
    household, twin = make.household(hamlet, "M1-001"), make.household(hamlet, "M1-002")
    consent = {"level": "code", "text_version": "2026-11", "how": "spoken"}
    visit = make.visit(household, issues=[{"type": "signal"}], consent=consent, size={"adults": 3})
    course = next(course for course in app.extensions["catalogue"].courses if course.lessons)
    lesson = course.lessons[0]
    learner, comer = make.learner(*course.lessons), make.learner()
    letter = make.letter(learner.id, course)
    card = make_card(session, learner.id, ORDER, key=KEY, now=now)
    (blank,) = prepare_blank_cards(session, 1, made_by="", now=now)
    class_id = uuid4()
    lessons = tuple(each.id for each in course.lessons)
    make_class(
        session, class_id, NewClass(hamlet.path, course.id, lessons, now.date(), "Cô Mẫu"), made_by=person.name, now=now
    )
    evening = evening_in(session, NATION, class_id)
    assert evening
    admit(session, evening, learner.id, who=person.name, now=now)
    admit(session, evening, comer.id, who=person.name, now=now)
    pilot = start_pilot(
        session,
        PilotText(title="Mô hình mẫu"),
        form_id=uuid4(),
        hamlet_code=hamlet.code,
        person=person.id,
        writes=NATION,
        now=now,
    )
    told: dict[str, Any] = {
        "place": "",
        "kind": ReportKind.HARD_TO_FOLLOW,
        "note": "Mờ",
        "library": "v1",
        "buckets": (),
    }
    report = send_report(session, form=uuid4(), lesson=lesson, now=now, **told)
    device = uuid4()
    session.add(Device(id=device, person_id=person.id, first_seen=now, last_seen=now))
    session.commit()

    client = app.test_client()
    client.post("/dang-nhap", data={"name": person.name, "password": "mat-khau-thu"})
    client.set_cookie("hoc", learner.token)
    # The same id with other content waits for a person.
    record = make.visit_record(household, id=visit.id, outcome="not_home")
    batch = {"batch": str(uuid7()), "device": str(device), "pending": 1, "visits": [record]}
    assert client.post("/api/v1/visits", json=batch).json["results"][0]["outcome"] == "conflict"
    session.commit()  # or what the client wrote stays unseen on a connection of its own

    screen = next(screen for screen in lesson.practice.screens if screen.id in lesson.practice.must_pass)
    values = {
        "area_code": commune.code,
        "class_id": class_id,
        "code": letter.code,
        "course_id": course.id,
        "device": device,
        "hamlet_code": hamlet.code,
        "held_id": session.scalars(select(HeldVisit.id)).one(),
        "holding_id": person.holdings[0].id,
        "household_id": household.id,
        "issue_id": session.scalars(select(Issue.id)).one(),
        "learner_id": learner.id,
        "job_id": UUID(int=1),
        "lesson_id": lesson.id,
        "number": 0,
        "person_id": make.person(role=Role.VISITOR, area=hamlet).id,
        "pilot_id": pilot.id,
        "question_id": lesson.questions[0].id,
        "report_id": report,
        "screen_id": screen.id,
        "session_id": UUID(int=1),
        "visit_id": visit.id,
        "learning.claim code": blank,
        "learning.open_card code": card,
        "learning.scan_card code": card,
        "learning.learn_here code": card,
        "teaching.give_card learner_id": comer.id,
        **{f"coverage.{name} code": hamlet.code for name in ("rename", "ask_name", "merge", "ask_merge", "split")},
        "coverage.ask_split code": hamlet.code,
        "coverage.arrange code": hamlet.code,
        "twin": twin.id,
        "other": other.code,
    }
    return World(client, values)


class Forms(HTMLParser):
    """The forms of a page: (method, address or "", names of its fields with a value each)."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str, dict[str, str]]] = []

    def handle_starttag(self, tag, attrs):
        values = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.found.append((values.get("method", "get").lower(), values.get("action", ""), {}))
        elif tag in {"input", "textarea", "select", "button"} and self.found and values.get("name"):
            self.found[-1][2].setdefault(values["name"], values.get("value", ""))


def forms_of(html: str) -> list[tuple[str, str, dict[str, str]]]:
    reader = Forms()
    reader.feed(html)
    return [(method, re.sub(r"[?#].*", "", action), fields) for method, action, fields in reader.found]
