"""Limits by phone and address: the last allowed, one more refused with how long to wait, others not touched."""

from datetime import timedelta
from uuid import uuid4

import pytest
from uuid_utils.compat import uuid7

from foundation.rates import Rate
from learning.domain.codes import code_from

MOST = 4
ONE, OTHER = "8.8.8.8", "9.9.9.9"  # public ones: to Python the addresses kept for documentation are private


def an_answer(**more):
    return {"id": str(uuid7()), "learner": None, "lesson": "khong-co", "step": "a", "given": "b", **more} | {
        "at": "2026-11-20T08:00:00+07:00"
    }


def send_answers(client, count=1):
    return client.post(
        "/api/v1/answers", json={"batch": str(uuid4()), "learners": [], "answers": [an_answer() for _ in range(count)]}
    )


def add_learner(client):
    client.delete_cookie("hoc")
    return client.post("/toi/them", data={"nickname": "Bà Mến", "age_band": "from_14", "form": str(uuid7())})


# setting: (what is asked, whether a program asks)
ASKED = {
    "prints": (lambda client: client.get("/toi/the.pdf"), False),
    "letter_codes": (lambda client: client.get(f"/xac-nhan/{code_from(7)}"), False),
    "help_codes": (lambda client: client.post("/ngoi-canh/nhap", data={"ma": "12345678"}), False),
    "new_learners": (add_learner, False),
    "answers": (send_answers, True),
}


@pytest.fixture
def client_at(app):
    def made(address):
        client = app.test_client()
        client.environ_base["REMOTE_ADDR"] = address
        return client

    return made


@pytest.mark.parametrize("name", ASKED)
def test_one_more_than_the_limit_is_told_to_wait_and_nobody_else(app, client_at, monkeypatch, now, name):
    # A new phone and a learner on it count apart; a new phone's first answers count for its address.
    narrow = {f"limit_{name}": Rate(MOST, timedelta(hours=1))}
    monkeypatch.setitem(app.extensions, "settings", app.extensions["settings"].model_copy(update=narrow))
    ask, by_program = ASKED[name]
    one = client_at(ONE)
    if name == "answers":
        send_answers(one)  # from now on the phone is known and counts for itself

    answers = [ask(one) for _ in range(MOST + 1)]

    allowed = MOST // 2 if name == "new_learners" else MOST
    assert [each.status_code == 429 for each in answers[: allowed + 1]] == [False] * allowed + [True]
    refused = answers[allowed]
    assert 0 < int(refused.headers["Retry-After"]) <= 3600
    if by_program:
        assert refused.json["code"] == "too_many"
    else:
        assert "429" in refused.text
        assert "<h1" in refused.text
    assert ask(client_at(OTHER)).status_code != 429


def test_invented_answers_are_kept_up_to_so_many_a_phone(client_at, now):
    one = client_at(ONE)
    first = send_answers(one, 500).json["results"]
    (more,) = send_answers(one).json["results"]
    (other,) = send_answers(client_at(ONE)).json["results"]

    assert {each["outcome"] for each in first} == {"stored"}
    assert (more["outcome"], more["problems"]) == ("rejected", {"lesson": "too_many_unknown"})
    assert other["outcome"] == "stored"
