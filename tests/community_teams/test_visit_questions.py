"""The table of the visit's questions: everything that names questions follows it, and one more needs no other place."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import JSON, Boolean, Date, Enum, Integer, String

from community_teams.domain.questions import Kind
from community_teams.domain.visits import OF_ISSUE, OF_PERSON, QUESTIONS, VisitReport, read_visit
from community_teams.models import Issue, Visit, VisitPerson
from community_teams.models.layer_counts import LayerCounts
from community_teams.views.held_visits import PARTS
from foundation.database import Base
from foundation.settings import PROJECT_ROOT
from tests.browser_modules.test_modules import node  # noqa: F401 - a fixture

TEMPLATES = PROJECT_ROOT / "community_teams/templates/community_teams"
HASHED = "2dba27322afd027502b0e682b19433cd"
BESIDE = {
    *("id", "household", "started_at", "ended_at", "form_version", "app_version", "input_type", "supersedes"),
    *("people", "issues", "consent", "size", "devices"),
}


def test_every_field_of_a_visit_is_a_question_or_named_here():
    assert set(VisitReport.model_fields) == BESIDE | {each.path for each in QUESTIONS if "." not in each.path}


@pytest.mark.parametrize(("questions", "model"), [(QUESTIONS, Visit), (OF_PERSON, VisitPerson), (OF_ISSUE, Issue)])
def test_every_question_has_a_column_that_holds_its_answers(questions, model):
    types = {
        Kind.YES_NO: Boolean,
        Kind.COUNT: Integer,
        Kind.ONE: (Enum, Integer),
        Kind.TEXT: String,
        Kind.DAY: Date,
    }
    for question in questions:
        column = model.__table__.c[question.column]
        assert isinstance(column.type, types.get(question.kind, JSON)), question.path
        if question.kind is Kind.TEXT:
            assert column.type.length == question.longest


def test_limits_are_those_of_the_schema():
    by_path = {question.path: question for question in QUESTIONS}

    assert (by_path["size.adults"].most, by_path["trip_saved_km"].most, by_path["needs_support"].most) == (30, 500, 30)
    assert (by_path["reason"].longest, by_path["next_goal"].longest, by_path["note"].longest) == (200, 200, 500)
    assert by_path["network"].boxes == tuple(f"network.{carrier}" for carrier in by_path["network"].codes)


def test_every_question_stands_in_every_form():
    """By hand where its words are its own; the rest is drawn from the table."""
    written = {
        name: (TEMPLATES.parent / f"{name}.html").read_text(encoding="utf-8")
        for name in ("community_teams/visit", "phones/app_visit", "phones/app_parts", "paper/paper_typing")
    }
    own = set(re.findall(r'^  "([\w.]+)": \{"label"', (TEMPLATES / "question_words.html").read_text(), re.M))
    for question in QUESTIONS:
        if question.path in own or question.path in {"consent.how", "visit_type"}:
            continue
        named = f'"{question.path}'
        for doors in (("community_teams/visit",), ("phones/app_visit", "phones/app_parts"), ("paper/paper_typing",)):
            assert any(named in written[door] for door in doors), (question.path, doors)


def test_every_part_of_a_question_is_one_that_is_shown():
    assert {question.shown_in for question in QUESTIONS if question.placement.compared} <= set(PARTS)


def test_one_question_more_goes_everywhere(tmp_path, node):  # noqa: F811
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "tests.community_teams.added_question", str(tmp_path)],
        cwd=PROJECT_ROOT,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert run.returncode == 0, run.stderr[-3000:]
    found = json.loads(run.stdout.splitlines()[-1])

    counted = {each.class_.__tablename__ for each in Base.registry.mappers if issubclass(each.class_, LayerCounts)}
    assert {"hamlet_total", "hamlet_week", "commune_total"} <= counted
    assert {(table, column) for _, table, column in found["missing"]} == {("visit", "solar_lamp")} | {
        (table, column) for table in counted for column in ("solar_lamps", "solar_lamps_asked")
    }
    # Yes, no and not asked; the web begins the next visit with the answer of this one.
    assert (found["web_page"], found["web_sent"], found["web_again"]) == (3, 303, True)
    assert found["app_page"] == [3, True]
    assert found["phone_sent"] == ["stored", "already_stored"]
    assert found["phone_wrong"] == {"solar_lamp": "not_yes_or_no"}
    assert (found["paper_page"], found["paper_wrong"], found["paper_sent"], found["sheet"]) == (1, 422, 303, True)
    assert (found["held"], found["held_page"]) == ("conflict", [True, True])
    assert found["file"] == 200
    assert sorted(found["stored"]) == [False, False, True, True]
    assert found["counted"] == [[3, 2], [3, 2]]
    assert found["known"] is False
    assert found["recount"] == []
    assert found["sample"] == ["False", "None", "True"]

    questions = Path(tmp_path, "questions.json")
    questions.write_text(found["questions"])
    script = PROJECT_ROOT / "tests/community_teams/added_question.mjs"
    ran = subprocess.run(
        [node, str(script)],
        env={"VISIT_QUESTIONS": str(questions)},
        cwd=PROJECT_ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert ran.returncode == 0, ran.stderr[-3000:]


def test_a_question_does_not_change_what_was_told_before(now):
    """The hash tells a visit sent again from another one: phones hold visits that were hashed before."""
    record = {
        "id": "019aa1b2-0000-7000-8000-000000000001",
        "household": "019aa1b2-0000-7000-8000-000000000002",
        "outcome": "met_done",
        "started_at": "2026-11-20T08:30:00+07:00",
        "form_version": 1,
        "consent": {"level": "code", "text_version": "2026-11", "how": "spoken"},
        "size": {"adults": 3, "aged_60plus": 1},
        "devices": {"smart": 1, "shared": True},
        "network": {"viettel": "weak", "vinaphone": "none"},
        "power": "grid",
        "people": [{"age_band": "60-69", "skills": {"otp_secret": 0, "video_call": 2}}],
        "satisfaction": 3,
        "next_visit_on": "2026-12-01",
        "note": "Bác hẹn tuần sau.",
    }

    assert read_visit(record, now=now).content_hash()[:32] == HASHED
