"""A session ends where it is ended, wherever a copy of its cookie lies."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

import foundation.clock
from foundation.accounts.models import PersonSession
from foundation.accounts.services.sessions import COARSE, open_session
from tests.conftest import NOON
from tests.making.accounts import PASSWORD
from tests.visitor import Visitor


@pytest.fixture
def person(make, now):
    return make.person("to-vien")


@pytest.fixture
def member(app, person):
    visitor = Visitor(app)
    visitor.sign_in("to-vien")
    return visitor


@pytest.fixture
def at(monkeypatch):
    """Moves the clock on: at(days=3)."""

    def move(**later):
        monkeypatch.setattr(foundation.clock, "now", lambda: NOON + timedelta(**later))

    return move


def copy_of(visitor, app):
    """Another browser with the very same cookies, as whoever copied them has."""
    other = Visitor(app)
    for cookie in visitor.client._cookies.values():
        other.client.set_cookie(cookie.key, cookie.value)
    return other


DOORS = ["/tai-khoan", "/doi-so?trang=thuong", "/lop-hoc"]


def is_in(visitor, door="/tai-khoan"):
    return visitor.client.get(door).status_code == 200


@pytest.mark.parametrize("door", DOORS)
def test_after_signing_out_the_old_cookie_opens_nothing(app, member, door):
    thief = copy_of(member, app)
    assert is_in(thief, door)
    assert thief.client.get("/api/v1/worklist").status_code == 200

    member.client.post("/dang-xuat")

    assert not is_in(member, door)
    assert not is_in(thief, door)
    refused = thief.client.get("/api/v1/worklist")
    assert (refused.status_code, refused.json["code"]) == (401, "not_signed_in")
    # The service worker asks the same door: it deletes nothing for a 401.
    assert thief.client.post("/api/v1/visits", json={}).status_code == 401


def test_signing_out_ends_this_session_and_no_other(app, member):
    other = Visitor(app)
    other.sign_in("to-vien")

    member.client.post("/dang-xuat")

    assert is_in(other)


def test_a_new_sign_in_on_the_same_browser_ends_the_session_before(app, member):
    before = copy_of(member, app)

    member.client.post("/dang-nhap", data={"name": "to-vien", "password": PASSWORD})

    assert is_in(member)
    assert not is_in(before)


@pytest.mark.parametrize("end", ["change", "reset", "deactivate", "elsewhere"])
def test_every_other_session_ends(app, member, person, make, end):
    thief, other = copy_of(member, app), Visitor(app)
    other.sign_in("to-vien")
    make.person("quan-tri", "admin", "")
    admin = Visitor(app)
    admin.client.post("/dang-nhap", data={"name": "quan-tri", "password": PASSWORD})
    if end == "change":
        told = {"password": PASSWORD, "new_password": "bản mường mới"}
        assert member.client.post("/tai-khoan/mat-khau", data=told).status_code == 303
    elif end == "elsewhere":
        assert member.client.post("/tai-khoan/may-khac").status_code == 303
    else:
        way = {"reset": "mat-khau", "deactivate": "ngung"}[end]
        assert admin.client.post(f"/quan-ly/tai-khoan/{person.id}/{way}").status_code in {200, 303}

    assert is_in(member) is (end in {"change", "elsewhere"})
    assert not is_in(thief)
    assert not is_in(other)
    assert is_in(admin)
    if end == "deactivate":
        assert admin.client.post(f"/quan-ly/tai-khoan/{person.id}/mo-lai").status_code == 303
        assert not is_in(other)


def test_an_unused_session_ends_and_a_used_one_goes_on(member, at):
    for day in range(20, 180, 20):
        at(days=day)
        assert is_in(member)
    at(days=160 + 32)
    assert not is_in(member)


def test_no_session_outlives_its_time_however_much_it_is_used(member, at):
    for day in range(20, 180, 20):
        at(days=day)
        assert is_in(member)
    at(days=181)
    assert not is_in(member)


def test_times_are_settings(app, settings, member, at, monkeypatch):
    short = settings.model_copy(update={"session_idle_days": 1})
    monkeypatch.setitem(app.extensions, "settings", short)
    at(hours=23)
    assert is_in(member)
    at(hours=23 + 25)
    assert not is_in(member)


def test_a_session_is_noted_once_an_hour_and_read_in_one_statement(member, at, session, count_statements):
    def seen():
        session.expire_all()
        return session.scalars(select(PersonSession.last_seen_at)).one()

    member.client.get("/tai-khoan")
    count_statements.clear()
    member.client.get("/tai-khoan")
    of_sessions = [statement for statement in count_statements if "person_session" in statement]
    assert len(of_sessions) == 1
    assert of_sessions[0].lstrip().startswith("SELECT")
    assert seen() == NOON

    at(minutes=61)
    count_statements.clear()
    for _ in range(3):
        member.client.get("/tai-khoan")
    assert len([s for s in count_statements if s.lstrip().startswith("UPDATE person_session")]) == 1
    assert seen() == NOON + timedelta(minutes=61)
    assert timedelta(hours=1) == COARSE


def test_the_table_holds_no_token(member, session):
    with member.client.session_transaction() as cookie:
        token = cookie["_user_id"]
    row = session.scalars(select(PersonSession)).one()

    assert token not in str(vars(row))
    assert len(row.id_hash) == 64


@pytest.mark.parametrize("old", ["1.1", "1", "", "x" * 5000, "\ud800", None, 7])
def test_a_cookie_from_before_is_told_kindly_to_sign_in_again(app, person, old):
    visitor = Visitor(app)
    with visitor.client.session_transaction() as cookie:
        cookie["_user_id"] = old if old != "1.1" else f"{person.id}.1"

    page = visitor.open("/doi-so?trang=thuong")

    assert page.address == "/dang-nhap"
    if old and old != 7:
        assert "vẫn còn nguyên" in page
    assert visitor.client.get("/api/v1/worklist").status_code == 401
    assert visitor.sign_in("to-vien").status == 200
    assert is_in(visitor)


def test_signing_in_for_ever_fills_no_table(session, person, now):
    for number in range(50 + 5):
        open_session(session, person.id, now=now + timedelta(seconds=number))
    is_open = select(func.count()).select_from(PersonSession).where(PersonSession.ended_at.is_(None))
    assert session.scalar(is_open) == 50

    open_session(session, person.id, now=now + timedelta(days=31))
    assert session.scalar(select(func.count()).select_from(PersonSession)) == 50 + 1
