import sqlite3

import pytest
from sqlalchemy.exc import OperationalError

from foundation.problems import Conflict, Invalid, NotAllowed, NotFound, TooMany

PROBLEMS = [
    (NotFound("no_such_step"), 404),
    (NotAllowed("foreign_site"), 403),
    (Conflict("conflict"), 409),
    (Invalid({"started_at": "in_the_future"}), 422),
    (TooMany("too_many", retry_after=60), 429),
]


@pytest.fixture
def refusing(app, monkeypatch):
    """Makes the page at /healthz raise what it is given."""

    def refuse(problem):
        def raise_it():
            raise problem

        monkeypatch.setitem(app.view_functions, "health.healthz", raise_it)

    return refuse


@pytest.mark.parametrize(("problem", "status"), PROBLEMS)
def test_a_refusal_is_a_page_with_a_way_on(refusing, visitor, problem, status):
    refusing(problem)

    page = visitor.open("/healthz", expect=status)

    assert page.heading
    assert page.links["Về trang đầu"] == "/"
    assert problem.code in page


@pytest.mark.parametrize(("problem", "status"), PROBLEMS)
def test_a_machine_is_told_the_code(refusing, visitor, problem, status):
    refusing(problem)

    answer = visitor.client.get("/healthz", headers={"Accept": "application/json"})

    assert answer.status_code == status
    assert answer.mimetype == "application/problem+json"
    assert answer.json["code"] == problem.code


def test_a_machine_is_told_every_faulty_field(refusing, visitor):
    refusing(Invalid({"outcome": "required", "note": "too_long"}))

    answer = visitor.client.get("/healthz", headers={"Accept": "application/json"})

    assert answer.json["fields"] == {"outcome": "required", "note": "too_long"}


def test_who_asks_too_often_is_told_when_to_come_back(refusing, visitor):
    refusing(TooMany("too_many", retry_after=90))

    assert visitor.client.get("/healthz").headers["Retry-After"] == "90"


def test_a_database_that_is_gone_is_a_503_and_not_our_secret(refusing, visitor):
    refusing(OperationalError("SELECT secret FROM person", {}, sqlite3.OperationalError("database is locked")))

    answer = visitor.client.get("/healthz")

    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    assert "SELECT" not in answer.text
    assert "Không có gì bị mất" in answer.text


def test_a_form_with_a_password_is_typed_anew(app, visitor, monkeypatch):
    def locked():
        raise OperationalError("INSERT", {}, sqlite3.OperationalError("database is locked"))

    endpoint, _values = app.url_map.bind("localhost").match("/dang-nhap", method="POST")
    monkeypatch.setitem(app.view_functions, endpoint, locked)

    page = visitor.send("/dang-nhap", expect=503, name="to-vien", password="bi-mat-lam")

    assert "bi-mat-lam" not in page.html
    assert "Gửi lại" not in page
    assert "Mở lại trang này" in page


def test_any_other_form_that_could_not_be_kept_is_offered_again(app, visitor, monkeypatch):
    def locked():
        raise OperationalError("INSERT", {}, sqlite3.OperationalError("database is locked"))

    endpoint, _values = app.url_map.bind("localhost").match("/toi/them", method="POST")
    monkeypatch.setitem(app.view_functions, endpoint, locked)

    page = visitor.send("/toi/them", expect=503, nickname="Bà Hai", age_band="from_14")

    assert 'name="nickname" value="Bà Hai"' in page.html
    assert "Gửi lại" in page


def test_an_unknown_address_is_a_page_and_never_a_bare_error(visitor):
    page = visitor.open("/khong-co-trang-nay", expect=404)

    assert page.heading == "Không có trang này"


def test_an_unexpected_fault_is_told_as_ours(app, refusing, visitor):
    refusing(RuntimeError("a password is hunter2"))
    app.config["PROPAGATE_EXCEPTIONS"] = False
    try:
        answer = visitor.client.get("/healthz")
    finally:
        app.config["PROPAGATE_EXCEPTIONS"] = None

    assert answer.status_code == 500
    assert "hunter2" not in answer.text
    assert "Có lỗi ở phía chúng tôi" in answer.text


def test_somebody_signed_in_is_told_too_when_the_database_is_gone(app, visitor, make, monkeypatch):
    visitor.sign_in(make.person().name)

    def gone():
        raise OperationalError("SELECT", {}, sqlite3.OperationalError("unable to open database file"))

    monkeypatch.setitem(app.extensions, "sessions", gone)

    page = visitor.open("/tai-khoan", expect=503)

    assert page.heading == "Máy chủ đang bận"
