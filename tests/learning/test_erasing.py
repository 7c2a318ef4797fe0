"""Erasing and taking along: the same promise seen from two sides."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import delete, func, select

from foundation.database import Base
from learning.domain.learners import AboutLearner
from learning.models import AnswerRow, Card, Learner, Phone
from learning.queries.data_export import learner_data
from learning.services.card_tries import begin_attempt
from learning.services.cards import make_card
from learning.services.erasing import erase_learner
from learning.services.learners import add_person, get_or_add_phone, join_phone, leave_phone
from tests.conftest import NOON

ORDER = ("trau", "ga", "hoa-ban", "nha-san")


@dataclass(frozen=True)
class Child:
    """traces: words that lead to them, wherever they stand."""

    id: UUID
    traces: tuple[str, ...]


@pytest.fixture
def child(session, make, now):
    """Somebody with all that anybody can have: a nickname, a guardian's consent, two phones, answers, two cards, one of
    them tried, and two letters, one of them replaced.
    """
    course = make.course()
    home, away = (get_or_add_phone(session, token, now=now) for token in ("home", "away"))
    about = AboutLearner("under_14", guardian_agrees=True, nickname="Cu Tí Đặc Biệt", picture="ga")
    learner = add_person(session, home, about, now=now)
    join_phone(session, away, learner)
    for step in course.lessons[0].graded:
        make.answer(learner, course.lessons[0], step)
    old = make_card(session, learner, ORDER, key="k", now=now)
    new = make_card(session, learner, ORDER, key="k", now=now + timedelta(seconds=1))
    begin_attempt(session, new, (), now=now)
    letters = [make.letter(learner, course, name) for name in ("Lò Thị Đặc Biệt", "Lò Thị Rất Đặc Biệt")]
    session.commit()
    return Child(learner, (str(learner), learner.hex, "Đặc Biệt", old, new, *(letter.code for letter in letters)))


def everything(session):
    """Every row of every table, as one long text a table."""
    session.expire_all()
    return {
        table.name: repr([tuple(map(str, row)) for row in session.execute(select(table))])
        for table in Base.metadata.sorted_tables
    }


def test_after_erasing_nothing_is_left_in_any_table(child, session, make, now):
    stays = make.learner(*make.course().lessons)
    before = {name: text for name, text in everything(session).items() if any(trace in text for trace in child.traces)}
    assert {"learner", "phone_learner", "answer", "card", "certificate", "consent"} <= before.keys()

    erase_learner(session, child.id)
    erase_learner(session, child.id)

    left = {name: trace for name, text in everything(session).items() for trace in child.traces if trace in text}
    assert left == {}
    tables = Base.metadata.tables
    assert session.scalar(select(func.count()).select_from(tables["sign_in_failure"])) == 0
    # Nobody else lost anything.
    assert session.get(Learner, stays.id) is not None
    assert session.scalar(select(func.count()).select_from(Phone)) == 1
    # A place in the list of void letters stays, so that paper can be told to be void; it names nobody.
    assert session.scalar(select(func.count()).select_from(tables["letter_status"])) == 2


def test_what_is_taken_along_names_everything_that_erasing_removes(child, session):
    exported = learner_data(session, child.id)

    assert exported["learner"] == {
        "nickname": "Cu Tí Đặc Biệt",
        "picture": "ga",
        "age_band": "under_14",
        "since": NOON.isoformat(),
        "phones": 2,
    }
    assert [answer["step"] for answer in exported["answers"]] == ["cuoc-goi", "go-ma", "ai-hoi-otp"]
    assert len(exported["cards"]) == 2
    assert [letter["name"] for letter in exported["letters"]] == ["Lò Thị Đặc Biệt", "Lò Thị Rất Đặc Biệt"]
    assert [consent["purpose"] for consent in exported["consents"]] == ["child_learns"]


def test_every_table_that_knows_learners_is_told_and_erased():
    """A new table that points at a learner has to be taken along and erased, too: then it may be added here."""
    known = {
        "answer",
        "assisted_session",
        "card",
        "certificate",
        "class_learner",
        "done_together",
        "lesson_tally",
        "phone_learner",
    }

    pointing = {
        table.name
        for table in Base.metadata.sorted_tables
        if any(key.column.table.name == "learner" for key in table.foreign_keys)
    }
    assert pointing == known


def test_a_phone_others_learn_on_is_not_forgotten(session, child, now):
    home = session.scalars(select(Phone)).first().id
    add_person(session, home, AboutLearner("from_14", nickname="Bà"), now=now)

    erase_learner(session, child.id)

    assert [phone.id for phone in session.scalars(select(Phone))] == [home]


def test_leaving_a_phone_keeps_what_the_card_carries(session, child):
    for phone in session.scalars(select(Phone.id)).all():
        leave_phone(session, phone, child.id)
        leave_phone(session, phone, child.id)

    assert session.scalar(select(func.count()).select_from(Phone)) == 0
    assert session.scalar(select(func.count()).select_from(AnswerRow)) == 3
    assert session.scalar(select(func.count()).select_from(Card)) == 2


def test_erasing_by_hand_takes_everything_and_says_what_remains(visitor, teach, now, session):
    course = teach()
    visitor.send("/toi/them", nickname="Bà Mến", picture="trau", age_band="from_14")
    visitor.send(f"/bai-hoc/{course.lessons[0].id}/cau-hoi/ai-hoi-otp", given="khong")
    assert "danh sách giấy hết giá trị" in visitor.open("/toi/quen")

    page = visitor.send("/toi/quen", erase="1")

    assert "Đã xoá hết" in page
    assert visitor.client.get_cookie("hoc") is None
    assert visitor.client.get_cookie("hoc-ai") is None
    for table in (Learner, AnswerRow, Phone):
        assert session.scalar(select(func.count()).select_from(table)) == 0


def test_taking_along_by_hand(visitor, teach, now):
    course = teach()
    visitor.send("/toi/them", nickname="Bà Mến", picture="trau", age_band="from_14")
    visitor.send(f"/bai-hoc/{course.lessons[0].id}/cau-hoi/ai-hoi-otp", given="khong")

    page = visitor.open("/toi/mang-theo")
    assert "Bà Mến" in page
    assert "Bài mẫu : trả lời 1 lần, đúng 1 lần" in page

    answer = visitor.client.get("/toi/mang-theo.json")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="viec-hoc-cua-toi.json"'
    assert answer.json["answers"][0] == {
        "lesson": course.lessons[0].id,
        "step": "ai-hoi-otp",
        "given": "khong",
        "right": True,
        "at": NOON.isoformat(),
        "assisted": False,
    }
    assert visitor.client.get_cookie("hoc").value not in answer.text


def test_a_phone_without_anybody_has_nothing_to_take_along(visitor, teach):
    teach()
    assert visitor.open("/toi/mang-theo").address == "/toi"
    assert visitor.open("/toi/mang-theo.json").address == "/toi"


def test_a_learner_who_was_erased_elsewhere_is_quietly_nobody(visitor, teach, session, now):
    teach()
    visitor.send("/toi/them", nickname="Bà Mến", picture="trau", age_band="from_14")
    erase_learner(session, session.scalars(select(Learner.id)).one())
    session.commit()

    assert "Máy này chưa ghi bài học nào" in visitor.open("/toi")


def test_a_restored_old_copy_without_learners_serves_phones_that_remember_them(visitor, teach, session, now):
    teach()
    visitor.send("/toi/them", nickname="Bà Mến", picture="trau", age_band="from_14")
    tables = Base.metadata.tables
    session.execute(delete(tables["phone_learner"]))
    session.commit()

    assert "Máy này chưa ghi bài học nào" in visitor.open("/toi")
