"""Half a minute at the service desk."""

import pytest
from sqlalchemy import func, select

from community_teams.models import AnonymousVisit, HamletTotal, Household, Issue, Visit
from foundation.accounts.domain.roles import Role
from tests.forms import untouched

DESK = "/doi-so/ban-ho-tro"


@pytest.fixture
def hamlet(make):
    return make.hamlet(name="Mẫu Xa")


@pytest.fixture
def leader(make, hamlet, visitor, now):
    make.hamlet(name="Mẫu Gần")
    person = make.person(role=Role.TEAM_LEADER, area=make.commune())
    visitor.sign_in(person.name)
    return person


def tell(visitor, place, expect=200, **changes):
    asked = visitor.open(DESK)
    return visitor.send(DESK, expect=expect, **untouched(asked, "/ban-ho-tro") | {"hamlet": place.code} | changes)


def count(session, what):
    return session.scalar(select(func.count()).select_from(what))


@pytest.mark.parametrize("typed", ["M1-017", "m1 017", "17", "M1017"])
def test_whoever_comes_is_found_by_their_code(visitor, make, hamlet, leader, session, typed):
    household = make.household(hamlet, "M1-017")
    page = tell(visitor, hamlet, household_code=typed, support_given=["lesson", "link_document"])

    visit = session.scalars(select(Visit)).one()
    assert (visit.household_id, visit.input_type, visit.visit_type, visit.outcome) == (
        household.id,
        "desk",
        "centre",
        "met_done",
    )
    assert (visit.support_given, visit.consent_level, visit.adults) == (["lesson", "link_document"], None, None)
    assert "Hộ M1-017" in page
    assert "đã ghi 1 lượt" in page
    # The next person's form knows the hamlet, and nothing of the last person.
    form = untouched(page, "/ban-ho-tro")
    assert (form["hamlet"], form["household_code"]) == ([hamlet.code], [""])
    assert "support_given" not in form


def test_an_issue_is_told_at_the_desk_too(visitor, make, hamlet, leader, session):
    make.household(hamlet, "M1-017")
    told = {"issues.0.type": "data_mismatch", "issues.0.note": "Sai ngày sinh", "outcome": "met_partial"}
    tell(visitor, hamlet, household_code="17", **told)

    assert session.scalars(select(Issue)).one().note == "Sai ngày sinh"


def test_whoever_does_not_want_to_be_named_is_counted_only(visitor, make, hamlet, leader, session):
    make.household(hamlet, "M1-017")
    page = tell(visitor, hamlet, household_code="17", unnamed="1")

    visit = session.scalars(select(Visit)).one()
    assert (visit.household_id, visit.consent_level, visit.consent_text_version) == (None, "count", "2026-11")
    assert count(session, AnonymousVisit) == 1
    assert "không ghi mã" in page
    assert "Hộ M1-017" not in page


def test_a_household_not_yet_listed_is_added_only_when_told_so(visitor, make, hamlet, leader, session):
    again = tell(visitor, hamlet, expect=422, household_code="M1-099", support_given="lesson")
    assert "Trong sổ chưa có hộ mã này" in again
    assert count(session, Household) == 0
    form = untouched(again, "/ban-ho-tro")
    assert (form["household_code"], form["support_given"]) == (["M1-099"], ["lesson"])

    for _ in range(2):  # also when tapped twice
        visitor.send(DESK, **form | {"add_household": "1"})
    assert session.scalars(select(Household.short_code)).all() == ["M1-099"]
    assert count(session, Visit) == 1
    session.expire_all()
    counted = session.get_one(HamletTotal, hamlet.code)
    assert (counted.households, counted.reached) == (1, 1)


def test_a_double_tap_counts_once_and_a_changed_one_asks(visitor, make, hamlet, leader, session):
    make.household(hamlet, "M1-017")
    form = untouched(visitor.open(DESK), "/ban-ho-tro") | {"hamlet": hamlet.code, "household_code": "17"}
    visitor.send(DESK, **form)
    visitor.send(DESK, **form)
    assert count(session, Visit) == 1

    again = visitor.send(DESK, expect=409, **form | {"outcome": "met_partial"})
    assert "đã được ghi rồi" in again
    visitor.send(DESK, **untouched(again, "/ban-ho-tro"))
    assert session.scalars(select(Visit.outcome).where(Visit.supersedes.is_not(None))).all() == ["met_partial"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"household_code": ""}, "chọn giúp một ô"),
        ({"household_code": "  "}, "chọn giúp một ô"),
        ({"household_code": "7"}, "nhiều hộ trùng số"),
        ({"household_code": "038085001234"}, "Trong sổ chưa có"),
        ({"household_code": "038085001234", "add_household": "1"}, "số căn cước"),
        ({"household_code": "---", "add_household": "1"}, "Mã hộ chưa đúng"),
        ({"household_code": "a\x00b", "add_household": "1"}, "Mã hộ chưa đúng"),
        ({"hamlet": "nowhere"}, "chọn giúp một ô"),
        ({"hamlet": "\x00"}, "chọn giúp một ô"),
        ({"outcome": ""}, "chọn giúp một ô"),
        ({"issues.0.type": "other", "issues.0.note": "0912345678"}, "Đừng ghi số điện thoại"),
        ({"started_at": "2027-01-01T08:00"}, "chưa tới"),
        ({"surprise": "!"}, "một ô lạ"),
        ({"id": "x"}, "lỗi mã"),
    ],
)
def test_a_faulty_form_says_so_and_keeps_nothing(visitor, make, hamlet, leader, session, changes, words):
    for code in ("M1-007", "M2-007", "M1-017"):
        make.household(hamlet, code)
    again = tell(visitor, hamlet, expect=422, **{"household_code": "M1-017", "support_given": "leaflet"} | changes)

    assert words in again
    assert untouched(again, "/ban-ho-tro")["support_given"] == ["leaflet"]
    assert (count(session, Visit), count(session, Household)) == (0, 3)


def test_the_desk_reaches_no_further_than_its_people(visitor, make, leader, session):
    elsewhere = make.hamlet(make.commune("15610"))
    make.household(elsewhere, "M1-017")
    tell(visitor, elsewhere, expect=422, household_code="M1-017", add_household="1")
    assert count(session, Visit) == 0

    visitor.sign_in(make.person(role=Role.COMMUNE_OFFICER, area=make.commune()).name)
    visitor.open(DESK, expect=403)


def test_a_member_of_one_hamlet_is_not_asked_for_it(visitor, make, hamlet, now, session):
    make.household(hamlet, "M1-017")
    visitor.sign_in(make.person(area=hamlet).name)
    page = visitor.open(DESK)
    assert "Chọn thôn" not in page
    visitor.send(DESK, **untouched(page, "/ban-ho-tro") | {"household_code": "17"})

    assert count(session, Visit) == 1
