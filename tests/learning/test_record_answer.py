from uuid import uuid4

import pytest
from sqlalchemy import func, select

from learning import queries
from learning.domain.progress import StepAnswer
from learning.models import AnswerRow, Certificate, Learner, Phone
from learning.services.answers import record_answer
from learning.services.erasing import erase_learner
from learning.services.learners import add_learner_and_phone, hash_of


@pytest.fixture
def record(session, make, now):
    learner = make.learner()

    def keep(**changes):
        answer = {"learner": learner.id, "lesson": "bai-mau", "step": "cuoc-goi", "given": "tat-may", "right": True}
        record_answer(session, **{"form": uuid4(), "now": now} | answer | changes)

    keep.learner = learner.id
    return keep


def rows(session):
    return session.scalar(select(func.count()).select_from(AnswerRow))


def test_the_same_form_sent_twice_counts_once(record, session):
    form = uuid4()

    record(form=form)
    record(form=form)

    assert rows(session) == 1


def test_a_page_gone_back_to_and_answered_anew_loses_nothing(record, session):
    form = uuid4()

    record(form=form, given="nghe-tiep", right=False)
    record(form=form, given="tat-may", right=True)

    assert rows(session) == 2
    assert queries.right_answers(session, record.learner) == {"bai-mau": [StepAnswer("cuoc-goi", right=True)]}


def test_a_form_of_another_learner_cannot_swallow_an_answer(record, session, make):
    form, other = uuid4(), make.learner()

    record(form=form)
    record(form=form, learner=other.id)

    assert queries.right_answers(session, other.id) == {"bai-mau": [StepAnswer("cuoc-goi", right=True)]}


def test_wrong_answers_are_kept_but_do_not_count(record, session):
    record(right=False)

    assert rows(session) == 1
    assert queries.right_answers(session, record.learner) == {}


def test_answers_can_be_asked_for_one_lesson_alone(record, session):
    record()
    record(lesson="bai-khac")

    assert set(queries.right_answers(session, record.learner)) == {"bai-mau", "bai-khac"}
    assert set(queries.right_answers(session, record.learner, "bai-khac")) == {"bai-khac"}


def test_the_token_is_nowhere_in_the_database(session, now):
    learner, token = add_learner_and_phone(session, now=now)

    phone = queries.phone_by_token(session, hash_of(token))
    assert [person.id for person in phone.people] == [learner]
    assert queries.phone_by_token(session, hash_of("mot-the-khac")) is None
    assert token.encode() not in session.get(Phone, phone.id).token_hash


def test_erasing_a_learner_takes_everything_of_theirs_and_nothing_of_others(session, make):
    course = make.course()
    gone, stays = (make.learner(*course.lessons) for _ in range(2))
    make.letter(gone.id, course)
    remaining = make.letter(stays.id, course)

    erase_learner(session, gone.id)
    erase_learner(session, gone.id)

    assert session.get(Learner, gone.id) is None
    assert queries.right_answers(session, gone.id) == {}
    assert [row.code for row in session.scalars(select(Certificate))] == [remaining.code]
    assert queries.right_answers(session, stays.id)
