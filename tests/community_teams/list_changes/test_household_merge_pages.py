"""The page where two households are made one: what it says before, what it does, and how it is undone."""

from datetime import date, timedelta
from urllib.parse import quote
from uuid import uuid4

import pytest
from sqlalchemy import select

from community_teams.issues.queries import IssueFilter, issues
from community_teams.list_changes.services.household_merges import merge_household
from community_teams.models import Issue
from foundation.accounts.domain.roles import Role
from foundation.areas.domain.scope import NATION
from tests.making.community_teams import MORNING


@pytest.fixture
def hamlet(make):
    return make.hamlet()


@pytest.fixture
def merge(session):
    def merge(household, into):
        now = MORNING + timedelta(hours=1)
        merge_household(session, household.id, into.id, by="can-bo", scope=NATION, now=now)
        session.commit()

    return merge


@pytest.fixture
def two(make, hamlet):
    return make.household(hamlet, "M1-801", label="Nhà bà Mến"), make.household(hamlet, "M1-802")


@pytest.fixture
def leader(visitor, make, hamlet):
    visitor.sign_in(make.person("to-truong-mau", role=Role.TEAM_LEADER, area=hamlet).name)
    return visitor


def test_a_leader_sees_both_and_what_follows_before_they_are_merged(session, leader, two):
    household, _ = two
    page = leader.follow(leader.open(f"/doi-so/ho/{household.id}"), "Nhà này trong sổ có hai mã? Gộp làm một")
    assert "ghi trùng với hộ nào?" in page.heading

    page = leader.open(f"/doi-so/ho/{household.id}/gop?voi=802")

    assert page.heading == "Gộp hộ M1-801 vào hộ M1-802?"
    assert "Không lượt nào mất, không lượt nào đếm hai lần" in page
    assert "Gộp nhầm thì tách ra lại được" in page
    assert leader.follow(page, "Đổi lại: giữ hộ M1-801").heading == "Gộp hộ M1-802 vào hộ M1-801?"
    session.refresh(household)
    assert household.merged_into is None


def test_a_leader_merges_and_takes_out_again(session, make, leader, two):
    household, stays = two
    make.visit(household)

    page = leader.send(f"/doi-so/ho/{household.id}/gop", into=str(stays.id))

    assert page.heading == "Hộ M1-802"
    assert "Mọi lượt thăm và việc khó ghi ở hộ M1-801 nay tính cho hộ này" in page
    assert "Ghi dưới mã M1-801, đã gộp vào hộ này" in page
    merged = leader.follow(page, "Hộ M1-801 · Nhà bà Mến")
    assert "Hộ này ghi trùng, đã gộp" in merged
    assert "hộ M1-802" in merged.links
    assert "Ghi lượt thăm" not in merged.links

    page = leader.send(f"/doi-so/ho/{household.id}/tach")
    assert "Hộ này trở lại danh sách" in page
    assert "Ghi lượt thăm" in page.links
    # Pressed twice, nothing more happens.
    assert "Hộ này trở lại danh sách" not in leader.send(f"/doi-so/ho/{household.id}/tach")
    assert "Ghi dưới mã" not in leader.open(f"/doi-so/ho/{stays.id}")


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("", "Bác gõ giúp mã của hộ kia."),
        ("M9-999", "Trong sổ chưa có hộ mã này."),
        ("m1-801", "Đây chính là hộ đang mở."),
        ("\0", "Bác gõ giúp mã của hộ kia."),
    ],
)
def test_a_code_that_leads_nowhere_is_asked_again(leader, two, typed, told):
    page = leader.open(f"/doi-so/ho/{two[0].id}/gop?voi={quote(typed)}", expect=422)

    assert told in page


def test_who_may_not_settle_may_not_merge(visitor, make, hamlet, two):
    household, stays = two
    visitor.sign_in(make.person("to-vien-mau", area=hamlet).name)

    assert not any("/gop" in link for link in visitor.open(f"/doi-so/ho/{household.id}").links.values())
    visitor.open(f"/doi-so/ho/{household.id}/gop", expect=403)
    visitor.send(f"/doi-so/ho/{household.id}/gop", expect=403, into=str(stays.id))
    visitor.send(f"/doi-so/ho/{household.id}/tach", expect=403)


def test_one_of_another_team_is_not_there(leader, make, two):
    stranger = make.household()

    leader.send(f"/doi-so/ho/{two[0].id}/gop", expect=404, into=str(stranger.id))
    leader.send(f"/doi-so/ho/{two[0].id}/gop", expect=404, into="vo-van")
    leader.open(f"/doi-so/ho/{stranger.id}/gop", expect=404)


def test_a_code_that_was_merged_leads_to_who_stands_for_it(leader, make, hamlet, two, merge):
    household, stays = two
    third = make.household(hamlet, "M1-803")
    merge(household, stays)

    assert leader.open(f"/doi-so/ho/{third.id}/gop?voi=M1-801").heading == "Gộp hộ M1-803 vào hộ M1-802?"
    # And one that is merged by now is only to be looked at.
    assert leader.open(f"/doi-so/ho/{household.id}/gop?voi=M1-803").heading == "Hộ M1-801 · Nhà bà Mến"
    assert "vừa được gộp vào hộ khác" in leader.send(f"/doi-so/ho/{third.id}/gop", expect=409, into=str(household.id))


def test_an_old_code_is_found_where_it_is_looked_for_and_leads_on(leader, hamlet, two, merge):
    household, stays = two
    merge(household, stays)

    assert not any(
        str(household.id) in link for link in leader.open(f"/doi-so/{hamlet.code}?loc=tat-ca").links.values()
    )
    found = [link for link in leader.open(f"/doi-so/{hamlet.code}?tim=801").links.values() if "/ho/" in link]
    assert found == [f"/doi-so/ho/{household.id}"]
    assert "hộ M1-802" in leader.open(found[0]).links


def test_a_form_opened_before_the_merge_is_kept_and_told(leader, make, two, merge, session, now):
    household, stays = two
    form = {"id": str(uuid4()), "outcome": "not_home", "started_at": "2026-11-21T10:00", "form_version": "1"}
    merge(household, stays)

    page = leader.send(f"/doi-so/ho/{household.id}/tham", **form)

    assert page.heading == "Đã ghi lượt thăm hộ M1-802"
    assert leader.follow(page, "Ghi nhầm? Sửa lượt này").status == 200
    session.refresh(stays)
    assert stays.last_outcome == "not_home"
    # A new form is the one of who stands for it.
    assert "M1-802" in leader.open(f"/doi-so/ho/{household.id}/tham").heading


def test_open_issues_belong_to_the_one_that_stays(session, make, leader, two, merge, now):
    household, stays = two
    make.visit(household, issues=[{"type": "signal", "level": "carrier"}])
    merge(household, stays)

    assert "M1-802" in leader.open("/quan-ly/vuong-mac")
    number = session.scalars(select(Issue.id)).one()
    assert leader.open(f"/quan-ly/vuong-mac/{number}").links["M1-802"] == f"/doi-so/ho/{stays.id}"
    # One of a household nobody merged.
    make.visit(stays, issues=[{"type": "power", "level": "commune"}])
    assert len(issues(session, NATION, IssueFilter.OPEN, today=date(2026, 11, 21))) == 2
