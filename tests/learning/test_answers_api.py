import gzip
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from learning import queries
from learning.domain.progress import StepAnswer
from learning.domain.sent_answers import read_batch
from learning.models import AnswerRow, Learner, LessonTally, Phone, PhoneLearner
from learning.services.learners import get_or_add_phone
from learning.services.sent_answers import read_all, take_batch
from tests.conftest import NOON
from tests.visitor import Visitor

ADDRESS = "/api/v1/answers"
WHOLE_LESSON = (("cuoc-goi", "tat-may"), ("go-ma", "123456"), ("ai-hoi-otp", "khong"))


def an_answer(step="cuoc-goi", given="tat-may", **more):
    return {
        "id": str(uuid7()),
        "learner": None,
        "lesson": "bai-mau",
        "step": step,
        "given": given,
        "at": "2026-11-20T08:00:00+07:00",
        **more,
    }


def somebody(**more):
    return {"id": str(uuid7()), "nickname": "Bà Mến", "picture": "trau", "age_band": "from_14", **more}


def sent(*answers, learners=(), batch=None):
    return {"batch": batch or str(uuid4()), "learners": list(learners), "answers": list(answers)}


def outcomes(page):
    return [result["outcome"] for result in page.response.json["results"]]


def count(session, table):
    return session.scalar(select(func.count()).select_from(table))


@pytest.fixture
def lesson(teach, now):
    return teach().lessons[0]


def test_answers_given_without_network_count_once_they_arrive(lesson, visitor, session):
    page = visitor.send(ADDRESS, json=sent(*(an_answer(*each) for each in WHOLE_LESSON)))

    assert outcomes(page) == ["stored"] * 3
    assert "Đã học 1 trên 1 bài" in visitor.open("/toi")


def test_the_answer_names_the_batch_and_keeps_the_order(lesson, visitor):
    batch, answers = str(uuid4()), [an_answer(), {"id": "khong-phai"}, an_answer("ai-hoi-otp", "co")]

    reply = visitor.send(ADDRESS, json=sent(*answers, batch=batch)).response.json

    assert reply["batch"] == batch
    assert [result["id"] for result in reply["results"]] == [answer["id"] for answer in answers]
    assert [result["outcome"] for result in reply["results"]] == ["stored", "rejected", "stored"]
    assert reply["results"][1]["problems"]["id"] == "not_an_id"


def test_the_server_judges_what_was_given(lesson, visitor, session):
    given = [*WHOLE_LESSON, ("cuoc-goi", "nghe-tiep"), ("go-ma", "038085001234"), ("ai-hoi-otp", "co")]

    visitor.send(ADDRESS, json=sent(*(an_answer(*each) for each in given)))

    rows = session.execute(select(AnswerRow.step, AnswerRow.given, AnswerRow.right).order_by(AnswerRow.id)).all()
    assert sorted(map(tuple, rows)) == [
        ("ai-hoi-otp", "co", False),
        ("ai-hoi-otp", "khong", True),
        ("cuoc-goi", "nghe-tiep", False),
        ("cuoc-goi", "tat-may", True),
        ("go-ma", "", False),
        ("go-ma", "", True),
    ]


def test_what_was_typed_by_hand_may_stay_on_the_phone(lesson, visitor, session):
    page = visitor.send(ADDRESS, json=sent(an_answer("go-ma", True), an_answer("cuoc-goi", True)))

    assert outcomes(page) == ["stored", "stored"]
    judged = dict(session.execute(select(AnswerRow.step, AnswerRow.right)).all())
    # Only a screen typed by hand is taken on the phone's word.
    assert judged == {"go-ma": True, "cuoc-goi": None}


def test_the_same_batch_sent_again_changes_nothing(lesson, visitor, session):
    batch = sent(*(an_answer(*each) for each in WHOLE_LESSON), learners=[somebody()])

    visitor.send(ADDRESS, json=batch)
    again = visitor.send(ADDRESS, json=batch)

    assert outcomes(again) == ["already_stored"] * 3
    assert again.response.json["learners"][0]["outcome"] == "already_stored"
    assert count(session, AnswerRow) == 3


def test_a_phone_whose_first_answer_was_lost_on_the_way_is_the_same_phone(lesson, app, session):
    batch = sent(*(an_answer(*each) for each in WHOLE_LESSON))
    Visitor(app).send(ADDRESS, json=batch)  # the answer with the cookie never arrives

    again = Visitor(app)
    assert outcomes(again.send(ADDRESS, json=batch)) == ["already_stored"] * 3

    assert count(session, Phone) == count(session, Learner) == 1
    assert "Đã học 1 trên 1 bài" in again.open("/toi")


def test_the_first_id_of_a_phone_opens_nothing_on_a_server_with_another_key(lesson, app, session, monkeypatch):
    batch = sent(an_answer())
    Visitor(app).send(ADDRESS, json=batch)
    monkeypatch.setitem(app.config, "SECRET_KEY", "another")

    Visitor(app).send(ADDRESS, json=batch)

    assert count(session, Phone) == 2


def test_somebody_added_on_the_phone_arrives_with_their_answers(lesson, visitor, session):
    people = [somebody(), somebody(nickname="Cháu Tí", picture="ga")]

    page = visitor.send(ADDRESS, json=sent(an_answer(learner=people[1]["id"]), learners=people))

    assert outcomes(page) == ["stored"]
    assert visitor.client.get("/api/v1/learners").json["learners"] == [
        {"id": person["id"], "nickname": person["nickname"], "picture": person["picture"]} for person in people
    ]
    assert queries.right_answers(session, UUID(people[1]["id"])) == {"bai-mau": [StepAnswer("cuoc-goi", right=True)]}


def test_nobody_is_named_before_their_age_is_known_and_a_child_not_without_a_guardian(lesson, visitor, session):
    people = [
        somebody(age_band=""),
        somebody(age_band="under_14"),
        somebody(age_band="under_14", guardian_agrees=True),
        somebody(nickname="🐃🐃"),
    ]

    page = visitor.send(
        ADDRESS, json=sent(*(an_answer(learner=each["id"]) for each in people), learners=people)
    ).response.json

    assert [result["problems"] for result in page["learners"]] == [
        {"age_band": "missing"},
        {"guardian_agrees": "guardian_needed"},
        {},
        {"nickname": "nickname_no_letter"},
    ]
    assert [result["outcome"] for result in page["results"]] == ["stored"] * 4
    named = {str(row.id): row.nickname for row in session.scalars(select(Learner))}
    assert [named[each["id"]] for each in people] == ["", "", "Bà Mến", ""]


def test_a_learner_of_another_phone_is_refused(lesson, visitor, make):
    theirs = make.learner()

    page = visitor.send(
        ADDRESS, json=sent(an_answer(learner=str(theirs.id)), learners=[somebody(id=str(theirs.id))])
    ).response.json

    assert page["learners"][0]["problems"] == {"id": "not_on_this_phone"}
    assert page["results"][0] == {
        "id": page["results"][0]["id"],
        "outcome": "rejected",
        "problems": {"learner": "not_on_this_phone"},
    }


def test_an_answer_under_an_id_that_stands_for_another_is_kept_once_all_the_same(lesson, visitor, make, session):
    id_ = str(uuid7())
    make.answer(make.learner().id, lesson, "cuoc-goi", form=UUID(id_))

    first = visitor.send(ADDRESS, json=sent(an_answer(id=id_)))
    second = visitor.send(ADDRESS, json=sent(an_answer(id=id_), an_answer(id=id_, given="nghe-tiep")))

    assert outcomes(first) == ["stored"]
    assert outcomes(second) == ["already_stored", "stored"]
    assert count(session, AnswerRow) == 3


def test_an_answer_to_a_withdrawn_lesson_or_step_is_kept_unjudged(lesson, visitor, session):
    page = visitor.send(
        ADDRESS,
        json=sent(
            an_answer(lesson="da-rut", given="chon-nay"),
            an_answer(step="da-bo", given=["a", "b"]),
            an_answer(lesson="da-rut", given="0912345678"),
            an_answer(lesson="da-rut", given="Gõ bằng tay"),
        ),
    )

    assert outcomes(page) == ["stored"] * 4
    rows = session.execute(select(AnswerRow.given, AnswerRow.right)).all()
    assert sorted(map(tuple, rows)) == [("", None), ("", None), ("a b", None), ("chon-nay", None)]


@pytest.mark.parametrize(
    "clock",
    ["1970-01-01T00:00:07Z", "2042-01-01T00:00:00Z", "2026-11-20T08:00:00", "hôm qua", 7, None, "9999-12-31T23:59:59Z"],
)
def test_a_phone_whose_clock_is_wrong_loses_nothing(clock, lesson, visitor, session, now):
    assert outcomes(visitor.send(ADDRESS, json=sent(an_answer(at=clock)))) == ["stored"]
    assert session.scalars(select(AnswerRow.at)).one() == now


def test_the_moment_it_was_answered_is_kept(lesson, visitor, session, now):
    earlier = now - timedelta(days=3)
    visitor.send(ADDRESS, json=sent(an_answer(at=earlier.isoformat())))

    assert session.scalars(select(AnswerRow.at)).one() == earlier


def test_an_answer_given_with_somebody_beside_says_so(lesson, visitor, session):
    visitor.send(ADDRESS, json=sent(an_answer(assisted=True), an_answer("ai-hoi-otp", "khong")))

    assert dict(session.execute(select(AnswerRow.step, AnswerRow.assisted)).all()) == {
        "cuoc-goi": True,
        "ai-hoi-otp": False,
    }


@pytest.mark.parametrize(("count_sent", "code"), [(501, "too_many_answers"), (10_000, "too_large")])
def test_more_answers_than_one_batch_holds_are_refused_whole(lesson, visitor, session, count_sent, code):
    page = visitor.send(ADDRESS, json=sent(*(an_answer() for _ in range(count_sent))), expect=413)

    assert page.response.json["code"] == code
    assert count(session, AnswerRow) == 0


def test_five_hundred_answers_packed_are_taken_at_once(lesson, visitor, session):
    body = gzip.compress(json.dumps(sent(*(an_answer() for _ in range(500)))).encode())

    answer = visitor.client.post(
        ADDRESS, data=body, content_type="application/json", headers={"Content-Encoding": "gzip"}
    )

    assert answer.status_code == 200
    assert count(session, AnswerRow) == 500


@pytest.mark.parametrize(
    "body",
    [
        None,
        7,
        [],
        {},
        {"batch": "x"},
        {"batch": 7, "answers": []},
        {"batch": str(uuid4()), "answers": {}},
        {"batch": str(uuid4()), "answers": [], "learners": "nobody"},
    ],
)
def test_what_is_no_batch_is_refused_by_name(body, visitor):
    answer = visitor.client.post(ADDRESS, data=json.dumps(body), content_type="application/json")

    assert answer.status_code == 422
    assert answer.json["code"] == "invalid"


@pytest.mark.parametrize(
    "faulty",
    [
        None,
        "text",
        7,
        [],
        {},
        {"id": 7},
        {"id": str(uuid4())},
        an_answer(lesson="../etc"),
        an_answer(lesson="a" * 65),
        an_answer(step=None),
        an_answer(given={"a": 1}),
        an_answer(given=["a"] * 51),
        an_answer(given="a" * 501),
        an_answer(given=[None]),
        an_answer(learner="ai-do"),
        an_answer(learner=7),
        an_answer(id="\ud800"),
        an_answer(lesson="bai\u0000mau"),
        an_answer(assisted="có lẽ"),
    ],
)
def test_a_faulty_answer_holds_nobody_back(faulty, lesson, visitor):
    page = visitor.send(ADDRESS, json=sent(faulty, an_answer()))

    assert outcomes(page) == ["rejected", "stored"]
    assert page.response.json["results"][0]["problems"]


def test_another_site_cannot_send_in_our_name(visitor):
    answer = visitor.client.post(ADDRESS, json=sent(), headers={"Sec-Fetch-Site": "cross-site"})

    assert answer.status_code == 403


def test_a_cookie_from_another_install_is_quietly_a_new_phone(lesson, visitor, session):
    visitor.client.set_cookie("hoc", "from-somewhere-else")
    visitor.client.set_cookie("hoc-ai", str(uuid4()))
    assert visitor.client.get("/api/v1/learners").json == {"now": None, "learners": []}

    assert outcomes(visitor.send(ADDRESS, json=sent(an_answer()))) == ["stored"]

    assert visitor.client.get_cookie("hoc").value != "from-somewhere-else"
    assert count(session, PhoneLearner) == 1


def test_a_switch_on_the_phone_does_not_move_answers_that_wait(lesson, visitor, session):
    people = [somebody(), somebody(nickname="Cháu Tí")]
    visitor.send(ADDRESS, json=sent(learners=people))
    visitor.client.set_cookie("hoc-ai", people[1]["id"])

    visitor.send(ADDRESS, json=sent(an_answer(learner=people[0]["id"]), an_answer("ai-hoi-otp", "khong")))

    assert {row.learner for row in session.scalars(select(AnswerRow))} == {UUID(people[0]["id"])}


@pytest.fixture
def apart(engine):
    """Transactions of their own, as several requests at one moment have; whatever they keep is taken away after."""

    def at_once(act, times=8):
        def one(number):
            with Session(engine, expire_on_commit=False) as own:
                own.connection(execution_options={"writing": True})
                done = act(own, number)
                own.commit()
                return done

        with ThreadPoolExecutor(times) as pool:
            return list(pool.map(one, range(times)))

    yield at_once
    with Session(engine) as own:
        for table in (AnswerRow, LessonTally, PhoneLearner, Learner, Phone):
            own.execute(delete(table))
        own.commit()


def test_one_batch_sent_eight_times_at_once_by_a_new_phone_counts_once(apart, engine):
    people = [somebody()]
    answers = [an_answer(step=f"buoc-{n}", learner=people[0]["id"] if n % 2 else None) for n in range(40)]
    batch = read_batch(sent(*answers, learners=people))

    def send(own, _):
        phone = get_or_add_phone(own, "the-same-token", now=NOON)
        return take_batch(own, phone, read_all(batch, find_lesson=lambda _: None, now=NOON), now=NOON)

    taken = apart(send)

    reply = [result.outcome for each in taken for result in each.answers]
    assert reply.count("stored") == 40
    assert reply.count("already_stored") == 7 * 40
    with Session(engine) as own:
        assert [count(own, table) for table in (AnswerRow, Phone, Learner, PhoneLearner)] == [40, 1, 2, 2]


def test_one_answer_kept_by_two_phones_at_once_is_kept_for_both(apart, engine):
    id_ = str(uuid7())

    def send(own, number):
        phone = get_or_add_phone(own, f"token-{number}", now=NOON)
        batch = read_batch(sent(an_answer(id=id_), an_answer("ai-hoi-otp", "khong", id=str(uuid7()))))
        return take_batch(own, phone, read_all(batch, find_lesson=lambda _: None, now=NOON), now=NOON)

    apart(send)

    with Session(engine) as own:
        assert [count(own, table) for table in (AnswerRow, Phone)] == [16, 8]


def test_a_learners_id_is_not_the_key_to_their_phone(lesson, app, session):
    """Teachers see the ids of learners in the addresses of their classes."""
    learner = somebody()
    theirs, stranger = app.test_client(), app.test_client()
    reply = theirs.post(ADDRESS, json=sent(learners=[learner])).json
    assert [each["outcome"] for each in reply["learners"]] == ["stored"]

    for learners in ([learner], [{"id": learner["id"]}]):
        reply = stranger.post(ADDRESS, json=sent(learners=learners)).json
        assert [each["problems"] for each in reply["learners"]] == [{"id": "not_on_this_phone"}]
    assert stranger.get("/api/v1/learners").json["learners"] == []
    assert len(theirs.get("/api/v1/learners").json["learners"]) == 1
