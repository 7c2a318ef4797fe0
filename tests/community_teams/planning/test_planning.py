"""Planning a campaign: what is left, in how many outings, with how many people."""

import subprocess
from datetime import date

import pytest
from sqlalchemy import select

from community_teams.coverage.queries.coverage import inside_figures
from community_teams.models import Household
from community_teams.planning.domain import (
    AreaProgress,
    Need,
    PlanRequest,
    need,
    outings,
    read_plan_request,
    visits_per_meeting,
)
from community_teams.planning.queries import Pace, pace_of, progress_by_area
from foundation.accounts.domain.roles import Role
from foundation.areas.domain.scope import NATION
from foundation.problems import Invalid

TODAY = date(2026, 11, 21)


def plan_request(**values):
    return read_plan_request({"finish_on": "2026-12-19"} | values, today=TODAY)


def test_left_over_outings_over_doors_gives_people():
    stands = AreaProgress(listed=200, reached=90, visited=100, visits=135, members=2)

    # 190 for 95 %, 100 left, one and a half knocks each, twenty outings in four weeks, eight doors each.
    assert need(stands, plan_request(), today=TODAY) == Need(left=100, visits=150, visits_a_day=8, members=1)
    assert need(stands, plan_request(visits_a_day=3), today=TODAY).members == 3


def test_an_area_that_is_there_needs_nobody_and_one_without_a_list_cannot_be_planned():
    assert need(AreaProgress(100, 97, 97, 97, 1), plan_request(), today=TODAY) == Need(0, 0, 0, 0)
    assert need(AreaProgress(0, 0, 0, 0, 1), plan_request(), today=TODAY) == Need(None, None, None, None)


def test_more_met_than_listed_needs_nobody():
    assert need(AreaProgress(30, 45, 45, 60, 1), plan_request(), today=TODAY).left == 0


def test_a_house_takes_between_one_and_three_knocks():
    assert visits_per_meeting(AreaProgress(9, 0, 5, 7, 0)) == 1.0
    assert visits_per_meeting(AreaProgress(9, 1, 5, 7, 0)) == 3.0
    assert visits_per_meeting(AreaProgress(9, 4, 4, 6, 0)) == 1.5


def test_there_is_always_at_least_one_outing():
    assert outings(TODAY, PlanRequest.model_construct(finish_on=TODAY, days_a_week=1)) == 1
    assert outings(TODAY, PlanRequest.model_construct(finish_on=date(2026, 11, 28), days_a_week=7)) == 7


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"finish_on": "2026-11-20"}, "finish_on"),
        ({"finish_on": "2030-01-01"}, "finish_on"),
        ({"finish_on": "mai"}, "finish_on"),
        ({"goal": "101"}, "goal"),
        ({"visits_a_day": "0"}, "visits_a_day"),
        ({"days_a_week": "tám"}, "days_a_week"),
    ],
)
def test_what_cannot_be_planned_with_is_named(values, field):
    with pytest.raises(Invalid) as refused:
        plan_request(**values)

    assert list(refused.value.fields) == [field]


@pytest.fixture
def hamlets(make):
    first, second = make.hamlet(name="Gần", official_households=10), make.hamlet(name="Xa")
    member = make.person(role=Role.VISITOR, area=first)
    for number in range(4):
        make.visit(make.household(first), member=member, days_ago=1 + number // 2)
    make.visit(make.household(second), "not_home", member=member, days_ago=1)
    make.person("can-bo", role=Role.COMMUNE_OFFICER, area=make.commune())
    return first, second


def test_a_plan_starts_from_the_lists_the_visits_and_the_people(session, hamlets):
    first, second = hamlets
    place = inside_figures(session, NATION, "15607").place
    standing = progress_by_area(session, NATION, place, today=TODAY)

    assert standing[first.code] == AreaProgress(listed=10, reached=4, visited=4, visits=4, members=1)
    assert standing[second.code] == AreaProgress(listed=1, reached=0, visited=1, visits=1, members=0)
    # Three doors on one day, two on the other.
    assert pace_of(session, NATION, place, today=TODAY) == Pace(visits_a_day=2, days=2)


def test_an_officer_plans_changes_the_day_and_takes_the_list_of_a_hamlet(visitor, hamlets, now):
    first, _second = hamlets
    visitor.sign_in("can-bo")

    page = visitor.open("/quan-ly/ke-hoach/15607?finish_on=2026-11-28&days_a_week=7&visits_a_day=1&goal=100")

    assert page.heading == "Kế hoạch đi thăm: xã Bát Mọt"
    assert "7 lượt trong 7 buổi, đến hết ngày 28/11/2026." in page
    assert f"/quan-ly/ke-hoach/{first.code}/danh-sach.pdf" in page.html
    wrong = visitor.open("/quan-ly/ke-hoach/15607?goal=bao-nhieu", expect=422)
    assert "bao-nhieu" in wrong.html
    assert "Có ô chưa tính được" in wrong


def printed(visitor, hamlet):
    pdf = visitor.client.get(f"/quan-ly/ke-hoach/{hamlet.code}/danh-sach.pdf").data
    return subprocess.run(["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()


def test_the_list_holds_those_not_met_yet_and_no_other(visitor, hamlets, make, session, now):
    first, _second = hamlets
    left = make.household(first, short_code="CHUA-GAP-1")
    met = session.scalars(select(Household.short_code).where(Household.first_reached_on.is_not(None))).all()
    visitor.sign_in("can-bo")

    said = printed(visitor, first)

    assert left.short_code in said
    assert len(met) == 4
    assert not [code for code in met if code in said.split()]


def test_nobody_plans_for_others(visitor, hamlets, make, now):
    other = make.commune("15608")
    visitor.sign_in("can-bo")

    visitor.open(f"/quan-ly/ke-hoach/{other.code}", expect=403)
    visitor.open("/quan-ly/ke-hoach/99999", expect=404)
    visitor.open("/quan-ly/ke-hoach/15608-001/danh-sach.pdf", expect=404)
