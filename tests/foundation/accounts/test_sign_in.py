"""Signing in and out, as a person does it."""

from datetime import timedelta

import pytest
from sqlalchemy import select

import foundation.clock
from app import create_app
from foundation.accounts import passwords
from foundation.accounts.models import AuditEntry, Person
from foundation.throttling.models import ThrottleBucket
from tests.visitor import Visitor

NAME = "to-vien"


@pytest.fixture
def person(make, now):
    return make.person(NAME)


@pytest.fixture
def later(monkeypatch, now):
    """Moves the stopped clock on."""

    def move(**by):
        monkeypatch.setattr(foundation.clock, "now", lambda: now + timedelta(**by))

    return move


def attempt(visitor, name=NAME, password="mat-khau-thu", **more):
    return visitor.client.post("/dang-nhap", data={"name": name, "password": password, **more})


def is_in(visitor) -> bool:
    return visitor.client.get("/tai-khoan").status_code == 200


def test_a_person_signs_in_sees_themselves_and_signs_out(visitor, person):
    visitor.sign_in(NAME)
    assert visitor.open("/tai-khoan").heading == person.display_name

    visitor.send("/dang-xuat")
    assert not is_in(visitor)


def test_the_answer_to_a_right_password_is_303(visitor, person):
    assert attempt(visitor).status_code == 303


def test_the_name_may_be_typed_with_marks_and_capitals(visitor, person):
    assert attempt(visitor, "Tổ-Viên ").status_code == 303


def test_an_unknown_name_and_a_wrong_password_are_told_alike(visitor, person):
    wrong = attempt(visitor, password="sai-mat-khau")
    unknown = attempt(visitor, "khong-co-ai", "sai-mat-khau")

    assert wrong.status_code == unknown.status_code == 422
    assert wrong.text.replace(NAME, "khong-co-ai") == unknown.text


def test_the_form_keeps_the_name_and_forgets_the_password(visitor, person):
    page = attempt(visitor, password="sai-mat-khau-roi").text

    assert f'value="{NAME}"' in page
    assert "sai-mat-khau-roi" not in page


def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(visitor, person):
    cookie = attempt(visitor).headers["Set-Cookie"]

    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_a_session_begins_anew_at_sign_in(visitor, person):
    with visitor.client.session_transaction() as cookie:
        cookie["left_by_a_stranger"] = "x"

    attempt(visitor)

    with visitor.client.session_transaction() as cookie:
        assert "left_by_a_stranger" not in cookie


@pytest.mark.parametrize("name", ["x" * 300, "to\0vien", "\x1b[2J", "' OR 1=1 --", "", "\ud83d", "%", "to_vien"])
def test_a_strange_name_is_refused_like_any_other(visitor, person, name):
    data = f"name={name}&password=x".encode("utf-8", "surrogatepass")
    answer = visitor.client.post("/dang-nhap", data=data, content_type="application/x-www-form-urlencoded")

    assert answer.status_code == 422


@pytest.mark.parametrize("password", ["", "\0", "x" * 6_000, "\ud83d"])
def test_a_strange_password_is_refused_like_any_other(visitor, person, password):
    data = f"name={NAME}&password={password}".encode("utf-8", "surrogatepass")
    answer = visitor.client.post("/dang-nhap", data=data, content_type="application/x-www-form-urlencoded")

    assert answer.status_code == 422


def test_a_form_without_fields_is_refused(visitor, now):
    assert visitor.client.post("/dang-nhap").status_code == 422


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "/\t/evil.example/",
        "\\\\evil.example",
        "javascript:alert(1)",
        "/%0d%0aSet-Cookie:x=1\r\nX: 1",
        "tai-khoan",
        "http:/tai-khoan",
        "/" + "x" * 5000,
    ],
)
def test_signing_in_leads_to_no_other_site(visitor, person, elsewhere):
    answer = attempt(visitor, next=elsewhere)

    assert answer.status_code == 303
    assert answer.location == attempt(visitor).location
    assert "evil" not in visitor.client.get("/dang-nhap", query_string={"next": elsewhere}).headers.get("Location", "")


def test_a_person_comes_back_to_the_page_they_wanted(visitor, person):
    asked = visitor.client.get("/tai-khoan?xong=1")
    assert asked.status_code == 303

    form = visitor.client.get(asked.location)
    assert 'value="/tai-khoan?xong=1"' in form.text
    assert attempt(visitor, next="/tai-khoan?xong=1").location == "/tai-khoan?xong=1"


def test_a_program_is_told_401_instead_of_being_led_to_a_form(visitor, now):
    answer = visitor.client.get("/tai-khoan", headers={"Accept": "application/json"})

    assert answer.status_code == 401
    assert answer.json["code"] == "not_signed_in"


def test_five_wrong_passwords_close_the_account_for_a_while(visitor, person, later):
    for _ in range(5):
        assert attempt(visitor, password="sai-mat-khau").status_code == 422

    closed = attempt(visitor)
    assert closed.status_code == 429
    assert 0 < int(closed.headers["Retry-After"]) <= 15 * 60
    assert "3 phút" in closed.text
    assert f'value="{NAME}"' in closed.text

    later(minutes=15)
    assert attempt(visitor).status_code == 303


def test_waiting_is_not_made_longer_by_trying_on(visitor, person, later):
    for _ in range(5):
        attempt(visitor, password="sai-mat-khau")
    for _ in range(20):
        assert attempt(visitor).status_code == 429

    later(minutes=3)
    assert attempt(visitor).status_code == 303


def test_a_name_nobody_has_closes_like_any_other(visitor, person):
    for _ in range(5):
        attempt(visitor, "khong-co-ai")

    assert attempt(visitor, "khong-co-ai").status_code == 429


def test_a_closed_account_leaves_others_open(visitor, person, make):
    make.person("nguoi-khac")
    for _ in range(6):
        attempt(visitor, password="sai-mat-khau")

    assert attempt(visitor, "nguoi-khac").status_code == 303


def test_a_right_password_forgives_the_wrong_ones_before(visitor, person):
    for _ in range(2):
        for _ in range(4):
            attempt(visitor, password="sai-mat-khau")
        assert attempt(visitor).status_code == 303


def test_failures_count_together_across_processes_and_restarts(visitor, person, settings, engine, sessions):
    for _ in range(3):
        attempt(visitor, password="sai-mat-khau")

    another = create_app(settings, engine=engine)
    another.extensions["sessions"] = sessions
    for _ in range(2):
        attempt(Visitor(another), password="sai-mat-khau")

    assert attempt(visitor).status_code == 429
    assert attempt(Visitor(another)).status_code == 429


def test_neither_name_nor_password_nor_address_is_kept(visitor, person, session):
    visitor.client.environ_base["REMOTE_ADDR"] = "203.0.113.9"
    attempt(visitor, "MatKhauCuaToi123")

    kept = [f"{bucket.name} {bucket.key}" for bucket in session.scalars(select(ThrottleBucket))]
    assert len(kept) == 3
    assert not any("matkhau" in each or "203" in each.replace(each.split()[1], "") for each in kept)


def test_a_deactivated_person_is_out_at_once_and_stays_out(visitor, person, session):
    attempt(visitor)
    assert is_in(visitor)

    person.is_active = False
    session.commit()

    assert not is_in(visitor)
    assert attempt(visitor).status_code == 422


@pytest.mark.parametrize("forged", ["1", "1.", "x.y", "999999.1", "1.2.3", "-1.1"])
def test_a_session_that_names_nobody_is_nobodys(visitor, person, forged):
    with visitor.client.session_transaction() as cookie:
        cookie["_user_id"] = forged

    assert not is_in(visitor)


def test_changing_the_password_ends_other_sessions_but_this_one(app, person):
    here, there = Visitor(app), Visitor(app)
    attempt(here)
    attempt(there)

    here.send("/tai-khoan/mat-khau", password="mat-khau-thu", new_password="bản mường mới")

    assert is_in(here)
    assert not is_in(there)
    assert attempt(there).status_code == 422
    assert attempt(there, password="bản mường mới").status_code == 303


@pytest.mark.parametrize(
    ("current", "new", "told"),
    [
        ("sai-mat-khau", "bản mường mới", "Mật khẩu đang dùng chưa đúng"),
        ("mat-khau-thu", "ngan", "ít nhất 8 ký tự"),
        ("mat-khau-thu", "mat-khau-thu", "giống hệt mật khẩu cũ"),
        ("mat-khau-thu", "", "chưa điền"),
        ("mat-khau-thu", "bản\0mường mới", "ký tự không dùng được"),
    ],
)
def test_a_password_that_cannot_be_changed_says_why_and_stays(visitor, person, current, new, told):
    attempt(visitor)

    page = visitor.send("/tai-khoan/mat-khau", expect=422, password=current, new_password=new)

    assert told in page
    assert attempt(visitor).status_code == 303


def test_the_current_password_cannot_be_guessed_on_an_open_phone(visitor, person):
    attempt(visitor)
    for _ in range(10):
        visitor.send("/tai-khoan/mat-khau", expect=422, password="doan-mo", new_password="bản mường mới")

    visitor.send("/tai-khoan/mat-khau", expect=429, password="mat-khau-thu", new_password="bản mường mới")


def test_a_lost_phone_is_signed_out_from_another(app, person):
    here, lost = Visitor(app), Visitor(app)
    attempt(here)
    attempt(lost)

    here.send("/tai-khoan/may-khac")

    assert is_in(here)
    assert not is_in(lost)


def test_a_hash_of_other_parameters_is_renewed_at_sign_in(visitor, person, session, monkeypatch):
    before = person.password_hash
    monkeypatch.setattr(passwords, "hasher", passwords.PasswordHasher(time_cost=2, memory_cost=16, parallelism=1))

    attempt(visitor)

    session.expire_all()
    after = session.scalars(select(Person.password_hash).where(Person.name == NAME)).one()
    assert after != before
    assert passwords.is_right(after, "mat-khau-thu")


def test_signing_in_is_written_to_the_log_and_so_is_failing(visitor, person, session):
    attempt(visitor, password="sai-mat-khau")
    attempt(visitor, "khong-co-ai")
    attempt(visitor)

    entries = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [(entry.who, entry.act) for entry in entries] == [(NAME, "sign_in_failed"), (NAME, "sign_in")]
    assert entries[0].area_path == person.holdings[0].area_path


def test_whoever_holds_no_role_signs_in_and_is_told_so(visitor, make, now):
    make.person("moi-vao", role=None)

    visitor.sign_in("moi-vao")

    assert "chưa được giao vai trò" in visitor.open("/tai-khoan")


def test_another_site_cannot_sign_somebody_out(visitor, person):
    attempt(visitor)
    visitor.client.post("/dang-xuat", headers={"Sec-Fetch-Site": "cross-site"})

    assert is_in(visitor)
