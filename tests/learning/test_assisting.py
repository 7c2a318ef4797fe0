import re
from datetime import timedelta

import pytest
from sqlalchemy import select
from uuid_utils.compat import uuid7

import foundation.clock
from learning.domain.letters import Manner
from learning.models import AnswerRow
from tests.conftest import NOON
from tests.visitor import Visitor


@pytest.fixture
def lesson(teach):
    return teach().lessons[0]


@pytest.fixture
def helper(visitor, make, now, lesson):
    make.person("to-vien")
    visitor.sign_in("to-vien")
    return visitor


def assisted(session):
    return [row.assisted for row in session.scalars(select(AnswerRow).order_by(AnswerRow.at, AnswerRow.id))]


def say(visitor, lesson, given="co"):
    visitor.send(f"/bai-hoc/{lesson.id}/cau-hoi/ai-hoi-otp", form=str(uuid7()), given=given)


def test_on_the_helpers_phone_answers_count_as_helped_until_it_ends(helper, session, lesson):
    form_data = {"nickname": "Bà Mến", "picture": "trau", "age_band": "from_14", "ve": "/ngoi-canh"}
    page = helper.send("/toi/them", **form_data)
    learner = re.search(r'name="learner" value="([^"]+)"', page.html).group(1)
    helper.send("/ngoi-canh", learner=learner)
    assert "Người hướng dẫn ngồi cạnh" in helper.open(f"/bai-hoc/{lesson.id}")
    say(helper, lesson)
    going_on = re.search(r'action="(/ngoi-canh/thoi/[^"]+)"', helper.open("/ngoi-canh").html).group(1)
    helper.client.post(going_on)
    say(helper, lesson, "khong")

    assert sorted(assisted(session)) == [False, True]
    assert "Người hướng dẫn ngồi cạnh" not in helper.open(f"/bai-hoc/{lesson.id}")


def test_a_code_read_aloud_begins_it_on_the_residents_phone_once(helper, session, lesson, app, monkeypatch):
    code = re.search(r'class="help-code">([0-9 ]+)<', helper.send("/ngoi-canh/ma").html).group(1)
    resident, other = Visitor(app), Visitor(app)
    assert "Mã này không dùng được" in resident.send("/ngoi-canh/nhap", expect=422, ma="1234")
    resident.send("/ngoi-canh/nhap", ma=code)
    other.send("/ngoi-canh/nhap", expect=422, ma=code)
    say(resident, lesson)
    # Whoever takes the cookie away hides nothing; and after four hours it is over.
    resident.client.delete_cookie("hoc-ngoi-canh")
    say(resident, lesson, "khong")
    monkeypatch.setattr(foundation.clock, "now", lambda: NOON + timedelta(hours=4, minutes=1))
    say(resident, lesson)

    assert assisted(session) == [True, True, False]


def test_a_code_is_good_for_ten_minutes(helper, lesson, app, monkeypatch):
    code = re.search(r'class="help-code">([0-9 ]+)<', helper.send("/ngoi-canh/ma").html).group(1)
    monkeypatch.setattr(foundation.clock, "now", lambda: NOON + timedelta(minutes=11))

    assert "quá 10 phút" in Visitor(app).send("/ngoi-canh/nhap", expect=422, ma=code)


def test_what_a_phone_sends_later_counts_as_helped_if_it_was_answered_then(helper, session, lesson, app):
    code = re.search(r'class="help-code">([0-9 ]+)<', helper.send("/ngoi-canh/ma").html).group(1)
    resident = Visitor(app)
    resident.send("/ngoi-canh/nhap", ma=code)
    when = {"then": NOON, "before": NOON - timedelta(hours=1)}
    answers = [
        {"id": str(uuid7()), "lesson": lesson.id, "step": "ai-hoi-otp", "given": "khong", "at": at.isoformat()}
        for at in when.values()
    ]
    resident.send("/api/v1/answers", json={"batch": str(uuid7()), "answers": answers})

    assert assisted(session) == [False, True]


def test_a_letter_learned_with_help_says_so(make, session, lesson, app, teach, now):
    learner = make.learner()
    for step in lesson.graded:
        make.answer(learner.id, lesson, step)
    session.execute(AnswerRow.__table__.update().values(assisted=True))
    course = app.extensions["catalogue"].courses[0]

    assert make.letter(learner.id, course).facts.manner is Manner.ASSISTED
