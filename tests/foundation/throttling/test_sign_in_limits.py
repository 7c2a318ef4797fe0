"""Limits hit the one who guesses: not those behind the same router, nor the owner on a device that knows them."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

import foundation.clock
from foundation.doctor import run_checks
from foundation.rates import Rate
from foundation.throttling.models import ThrottleBucket
from foundation.throttling.services import sweep
from foundation.throttling.visitors import ProxyWatch

PASSWORD = "mat-khau-thu"
ROUTER = "8.8.8.8"  # a public one: to Python the addresses kept for documentation are private, as a proxy is


@pytest.fixture
def later(monkeypatch, now):
    return lambda **by: monkeypatch.setattr(foundation.clock, "now", lambda: now + timedelta(**by))


@pytest.fixture
def sixty_an_address(app, monkeypatch):
    narrow = app.extensions["settings"].model_copy(update={"limit_sign_in_address": Rate(60, timedelta(minutes=15))})
    monkeypatch.setitem(app.extensions, "settings", narrow)


def device(app, address=ROUTER):
    client = app.test_client()
    client.environ_base["REMOTE_ADDR"] = address
    return client


def attempt(client, name, password=PASSWORD, **more):
    return client.post("/dang-nhap", data={"name": name, "password": password}, **more).status_code


def test_one_guesser_closes_no_router_to_forty_honest_people(app, make, now):
    """A commune's router: twenty have signed in there before, twenty come for the first time."""
    names = [make.person().name for _ in range(40)]
    known = [device(app) for _ in range(20)]
    for client, name in zip(known, names, strict=False):
        client.get("/dang-nhap")
        assert attempt(client, name) == 303
        client.post("/dang-xuat")

    guesser = device(app)
    tried = [attempt(guesser, f"ten-{n}", f"doan-{n}") for n in range(100)]
    assert tried.count(422) == 100
    with_cookie = device(app)
    with_cookie.get("/dang-nhap")
    assert [attempt(with_cookie, f"ai-{n}", f"thu-{n}") for n in range(11)].count(422) == 10

    new = [device(app) for _ in range(20)]
    for client in new:
        assert client.get("/dang-nhap").status_code == 200
    assert [attempt(client, name) for client, name in zip([*known, *new], names, strict=True)] == [303] * 40


def test_a_guesser_who_takes_every_cookie_of_an_address_leaves_it_open(app, make, now):
    names = [make.person().name for _ in range(5)]
    for _ in range(200):
        device(app).get("/dang-nhap")
    late = device(app)
    assert "may-quen" not in late.get("/dang-nhap").headers.get("Set-Cookie", "")
    for n in range(200):
        attempt(device(app), f"ten-{n}", f"doan-{n}")

    assert [attempt(device(app), name) for name in names] == [303] * 5


@pytest.mark.usefixtures("sixty_an_address")
def test_one_address_does_not_occupy_the_processor_with_passwords(app, now):
    tried = [attempt(device(app), f"ten-{n}", f"doan-{n}") for n in range(61)]

    assert tried == [422] * 60 + [429]


def test_a_stranger_locks_no_owner_out_of_their_own_device(app, make, now):
    name = make.person().name
    own = device(app)
    own.get("/dang-nhap")
    attempt(own, name)
    own.post("/dang-xuat")
    for n in range(8):
        attempt(device(app, f"198.51.100.{n}"), name, f"doan-{n}")

    assert attempt(own, name) == 303
    assert attempt(device(app, "198.51.100.99"), name) == 429


def test_a_thief_with_the_device_has_few_tries_and_the_cookie_of_another_opens_nothing(app, make, now):
    mine, theirs = make.person().name, make.person().name
    own = device(app)
    attempt(own, mine)
    own.post("/dang-xuat")

    assert [attempt(own, mine, f"doan-{n}") for n in range(11)].count(422) == 10
    for n in range(5):
        attempt(device(app, f"198.51.100.{n}"), theirs, f"doan-{n}")
    assert attempt(own, theirs) == 429


def test_a_forged_device_is_none(app, make, now):
    name = make.person().name
    for n in range(5):
        attempt(device(app, f"198.51.100.{n}"), name, f"doan-{n}")
    forged = device(app)
    forged.set_cookie("may-quen", "eyJpZCI6IngiLCJuYW1lcyI6W119.x.y")

    assert attempt(forged, name) == 429


def test_one_password_tried_on_many_names_from_many_addresses_is_slowed(app, make, now):
    tried = [attempt(device(app, f"198.51.{n}.1"), f"ten-{n}", "matkhau123") for n in range(30)]

    assert (tried.count(422), tried.count(429)) == (20, 10)
    assert attempt(device(app), make.person().name) == 303


@pytest.mark.usefixtures("sixty_an_address")
def test_an_organisation_with_many_networks_is_one(app, now):
    tried = [attempt(device(app, f"2001:db8:1:{n:x}::1"), f"ten-{n}", f"doan-{n}") for n in range(300)]

    assert tried.count(422) == 240


def test_a_class_signs_in_at_once(app, make, now):
    assert [attempt(device(app), make.person().name) for _ in range(70)] == [303] * 70


def test_after_a_while_nothing_is_left_in_the_table(app, session, now):
    attempt(device(app), "khong-co-ai", "doan")
    assert session.scalar(select(func.count()).select_from(ThrottleBucket)) == 3

    sweep(session, now=now + timedelta(hours=1))
    assert session.scalar(select(func.count()).select_from(ThrottleBucket)) == 0


@pytest.mark.usefixtures("sixty_an_address")
def test_behind_a_proxy_nobody_told_of_no_address_is_counted_and_it_is_told(app, monkeypatch, now, caplog):
    monkeypatch.setitem(app.extensions, "proxy_watch", ProxyWatch(app.extensions["settings"]))
    proxied = {"X-Forwarded-For": "198.51.100.1"}
    tried = [attempt(device(app, "10.0.0.2"), f"ten-{n}", f"doan-{n}", headers=proxied) for n in range(100)]
    assert tried == [422] * 100
    assert sum("BEHIND_PROXY" in record.message for record in caplog.records) == 1
    assert "behind_proxy_wrong" in {finding.code for finding in run_checks(app)}


@pytest.mark.usefixtures("sixty_an_address")
def test_a_stranger_who_names_another_address_is_counted_all_the_same(app, now):
    proxied = {"X-Forwarded-For": "10.0.0.9"}
    tried = [attempt(device(app, "8.8.4.4"), f"ten-{n}", f"doan-{n}", headers=proxied) for n in range(70)]

    assert tried.count(429) == 10
