"""Reach through roles as a view sees it, on an application of two rooms made for the purpose."""

from datetime import date

import pytest
from flask import Flask, g

import foundation.clock
from foundation.accounts.domain.roles import Act, Role
from foundation.accounts.views.access import SignedIn, init_login, may, public, scope_for, signed_in
from foundation.areas.domain.scope import NOWHERE, Scope
from foundation.problems import NotAllowed
from foundation.web.database import init_database


@pytest.fixture
def as_person(engine, sessions, now):
    """Calls a view as somebody, or as nobody for None."""
    small = Flask(__name__)
    init_database(small, engine)
    small.extensions["sessions"] = sessions
    init_login(small)
    small.add_url_rule("/dang-nhap", "accounts.sign_in", lambda: "")

    def call(person, view, path="/viec?a=1", **more):
        with small.test_request_context(path, **more):
            # As the loader would leave it after a good cookie.
            g._login_user = SignedIn(person) if person else small.login_manager.anonymous_user()
            return view()

    return call


@may(Act.SEE_HOUSEHOLDS)
def see_households() -> Scope:
    return scope_for(Act.SEE_HOUSEHOLDS)


def test_a_view_gets_the_reach_of_whoever_may_open_it(as_person, make):
    person = make.person(area="38/15607/15607-001/")

    assert as_person(person, see_households) == Scope(("38/15607/15607-001/",))


def test_a_view_is_closed_to_roles_without_the_act(as_person, make):
    officer = make.person(role=Role.PROVINCE_OFFICER, area="38/")

    with pytest.raises(NotAllowed):
        as_person(officer, see_households)


def test_a_role_that_is_over_opens_nothing(as_person, make):
    former = make.person(area="38/15607/15607-001/", valid_to=date(2026, 11, 20))

    with pytest.raises(NotAllowed):
        as_person(former, see_households)


def test_a_role_ends_at_midnight_in_viet_nam(as_person, make, monkeypatch, now):
    last_day = make.person(area="38/15607/15607-001/", valid_to=date(2026, 11, 21))
    assert as_person(last_day, see_households) != NOWHERE

    # 00:00 on 22 November there, still the 21st in Greenwich.
    monkeypatch.setattr(foundation.clock, "now", lambda: now.replace(hour=17))
    with pytest.raises(NotAllowed):
        as_person(last_day, see_households)


def test_nobody_reaches_nowhere(as_person, now):
    assert as_person(None, public(lambda: scope_for(Act.SEE_COVERAGE))) == NOWHERE


def test_whoever_is_not_signed_in_is_led_to_the_form_and_back(as_person, now):
    answer = as_person(None, see_households)

    assert (answer.status_code, answer.location) == (303, "/dang-nhap?next=/viec?a%3D1")


def test_a_form_sent_too_late_is_not_come_back_to(as_person, now):
    assert as_person(None, see_households, method="POST").location == "/dang-nhap"


def test_views_carry_the_mark_of_who_may_open_them():
    assert see_households.access == "see_households"
    assert public(lambda: "").access == "public"
    assert signed_in(lambda: "").access == "signed_in"
