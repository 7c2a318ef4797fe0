"""What becomes of an issue after the visit: its steps, who may take them, and the list that shows them."""

import csv
import io
from datetime import date

import pytest
from sqlalchemy import select

from community_teams.domain.codes import IssueStatus
from community_teams.domain.issues import next_statuses
from community_teams.models import HamletTotal, Household, Issue, Visit
from community_teams.models.issue_steps import IssueStep
from community_teams.services.issue_steps import carry_over
from community_teams.services.recounting import recount
from foundation.accounts.domain.roles import Role
from foundation.accounts.models import AppendOnlyError, AuditEntry
from foundation.areas.domain.scope import NATION
from tests.conftest import NOON
from tests.forms import untouched

SIGNAL = {"type": "signal", "level": "carrier", "note": "Bản không có sóng"}


@pytest.fixture
def hamlet(make):
    return make.hamlet(name="Mẫu Xa")


@pytest.fixture
def issue(make, hamlet, session):
    make.visit(make.household(hamlet, "M1-001"), issues=[SIGNAL])
    return session.scalars(select(Issue)).one()


@pytest.fixture
def leader(make, visitor, now):
    person = make.person(role=Role.TEAM_LEADER, area=make.commune(), display_name="Bác Tổ trưởng")
    visitor.sign_in(person.name)
    return person


def page_of(issue):
    return f"/quan-ly/vuong-mac/{issue.id}"


def take(visitor, issue, expect=200, **changes):
    """Open the issue, change what is said, and press the button."""
    asked = visitor.open(page_of(issue))
    return visitor.send(asked.address, expect=expect, **untouched(asked, "/vuong-mac/") | changes)


def test_an_issue_goes_its_way_until_the_family_says_it_is_settled(visitor, issue, leader, session):
    take(visitor, issue, status="in_progress", level="electricity", owner="Tổ công nghệ số", due="30/11/2026")
    take(visitor, issue, status="beyond_authority", note="Đã báo xã")
    take(visitor, issue, status="resolved")
    page = take(visitor, issue, status="confirmed")

    session.expire_all()
    steps = session.scalars(select(IssueStep).order_by(IssueStep.id)).all()
    assert [step.status for step in steps] == ["in_progress", "beyond_authority", "resolved", "confirmed"]
    assert {(step.owner, step.due, step.level) for step in steps} == {
        ("Tổ công nghệ số", date(2026, 11, 30), "electricity")
    }
    kept = session.get_one(Issue, issue.id)
    assert (kept.status, kept.beyond_authority, kept.due) == ("confirmed", True, date(2026, 11, 30))
    for words in ("Bà con xác nhận xong", "Đã báo xã", "Bác Tổ trưởng", "Tổ ghi lại khi đi thăm"):
        assert words in page


def test_settled_and_opened_again_are_counted_as_a_recount_counts_them(visitor, issue, leader, session, make):
    def open_problems():
        session.expire_all()
        total = session.get_one(HamletTotal, issue.hamlet_code)
        return total.issues_opened - total.issues_closed

    assert open_problems() == 1
    take(visitor, issue, status="resolved")
    take(visitor, issue, status="confirmed")
    assert open_problems() == 0
    assert recount(session, NATION, now=NOON) == []
    take(visitor, issue, status="in_progress")
    assert open_problems() == 1
    assert recount(session, NATION, now=NOON) == []
    take(visitor, issue, status="resolved")
    visit = session.get_one(Visit, issue.visit_id)
    household = session.get_one(Household, visit.household_id)
    corrected = make.visit(household, supersedes=str(visit.id), issues=[SIGNAL])
    carry_over(session, corrected.id, person=leader.id, now=NOON)
    assert open_problems() == 0
    assert recount(session, NATION, now=NOON) == []


def test_a_step_that_says_nothing_new_is_not_written(visitor, issue, leader, session):
    take(visitor, issue)

    assert session.scalars(select(IssueStep)).all() == []


def test_steps_are_written_once(visitor, issue, leader, session):
    take(visitor, issue, status="in_progress")
    step = session.scalars(select(IssueStep)).one()

    step.note = "khác"
    with pytest.raises(AppendOnlyError):
        session.flush()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"status": "confirmed"}, "không chuyển thẳng sang bước đó"),
        ({"status": "flying"}, "một trong các ô có sẵn"),
        ({"status": ""}, "chọn giúp một ô"),
        ({"due": "2026-11-20"}, "Ngày này đã qua"),
        ({"due": "2030-01-01"}, "xa quá một năm"),
        ({"due": "hôm nọ"}, "Ngày chưa đúng"),
        ({"owner": "x" * 81}, "Dài quá"),
        ({"note": "Gọi 0912 345 678 nhé"}, "Đừng ghi số điện thoại"),
        ({"owner": "Ông A 038085001234"}, "giống số căn cước"),
    ],
)
def test_a_faulty_step_is_named_and_nothing_typed_is_lost(visitor, issue, leader, session, changes, words):
    again = take(visitor, issue, expect=422, **{"note": "Đã gọi", "status": "in_progress"} | changes)

    assert words in again
    assert changes.get("note", "Đã gọi") in again.html
    assert session.scalars(select(IssueStep)).all() == []


def test_two_who_take_a_step_at_once_see_each_other(visitor, issue, leader, session):
    asked = visitor.open(page_of(issue))
    form = untouched(asked, "/vuong-mac/")
    visitor.send(asked.address, **form | {"status": "in_progress"})
    again = visitor.send(asked.address, expect=409, **form | {"status": "resolved", "note": "Xong rồi"})

    assert "Vừa có người khác ghi việc này" in again
    assert "Xong rồi" in again.html
    visitor.send(asked.address, **untouched(again, "/vuong-mac/"))
    assert [step.status for step in session.scalars(select(IssueStep).order_by(IssueStep.id))] == [
        "in_progress",
        "resolved",
    ]


def test_a_visitor_only_tells_what_the_family_says(visitor, make, hamlet, issue, now, session):
    visitor.sign_in(make.person(area=hamlet).name)
    assert "Ghi bước tiếp theo" not in visitor.open(page_of(issue))
    visitor.send(page_of(issue), expect=422, status="in_progress", step="0")

    issue.status = IssueStatus.RESOLVED
    session.commit()
    take(visitor, issue, status="confirmed", owner="Người khác", due="2026-12-01")
    kept = session.scalars(select(IssueStep)).one()
    assert (kept.status, kept.owner, kept.due, kept.level) == ("confirmed", "", None, "carrier")


def test_nobody_sees_the_issues_of_others(visitor, make, issue, now):
    visitor.sign_in(make.person(area=make.hamlet()).name)
    assert "Bản không có sóng" not in visitor.open("/quan-ly/vuong-mac")
    visitor.open(page_of(issue), expect=404)
    visitor.send(page_of(issue), expect=404, status="in_progress")
    for strange in ("999999", "99999999999999999999"):
        visitor.open(f"/quan-ly/vuong-mac/{strange}", expect=404)

    visitor.sign_in(make.person(role=Role.PROVINCE_OFFICER, area=make.province()).name)
    visitor.open("/quan-ly/vuong-mac", expect=403)


def test_the_list_shows_what_is_asked_for(visitor, make, hamlet, issue, leader, session):
    other = make.hamlet(name="Mẫu Gần")
    make.visit(make.household(other), days_ago=3, issues=[{"type": "power", "note": "Hay mất điện"}])
    take(visitor, issue, status="in_progress", due="2026-11-21")
    issue.due = date(2026, 11, 20)
    session.commit()

    everything = visitor.open("/quan-ly/vuong-mac")
    assert "Còn mở 2" in everything
    assert everything.text.index("Bản không có sóng") < everything.text.index("Hay mất điện")
    late = visitor.open("/quan-ly/vuong-mac?tinh-trang=qua-han")
    assert "Bản không có sóng" in late
    assert "Hay mất điện" not in late
    assert "Hay mất điện" in visitor.open(f"/quan-ly/vuong-mac?thon={other.code}")
    assert "Bản không có sóng" not in visitor.open("/quan-ly/vuong-mac?viec=power")
    for strange in ("?tinh-trang=x&viec=y&trang=abc", "?trang=0", "?trang=99999999999", "?thon=%00", "?trang=900"):
        visitor.open("/quan-ly/vuong-mac" + strange)


def test_an_area_page_leads_those_who_may_see_them_to_its_open_issues(visitor, make, hamlet, issue, leader):
    far = make.hamlet(name="Xa", commune=make.commune("15610"))
    make.visit(make.household(far), days_ago=3, issues=[{"type": "power", "note": "Hay mất điện"}])
    officer = make.person(role=Role.COMMUNE_OFFICER, area=make.commune())
    officer.holdings.append(make.holding(Role.COMMUNE_OFFICER, make.commune("15610")))
    make.session.commit()
    visitor.sign_in(officer.name)

    for place in (hamlet.code, hamlet.parent_code):
        listed = visitor.follow(visitor.open(f"/do-phu/{place}"), "Xem từng việc")
        assert "Bản không có sóng" in listed
        assert "Hay mất điện" not in listed

    visitor.sign_in(make.person(role=Role.PROVINCE_OFFICER, area=make.province()).name)
    page = visitor.open(f"/do-phu/{hamlet.code}")
    assert "Vướng mắc còn mở" in page
    assert "Xem từng việc" not in page.links


def test_the_file_says_what_the_screen_says(visitor, make, hamlet, issue, leader, session):
    make.visit(make.household(hamlet, "M1-002"), days_ago=2, issues=[{"type": "portal", "note": "=HYPERLINK(1)"}])
    take(visitor, issue, status="in_progress", owner="Công an xã", due="2026-12-01")
    page = visitor.open("/quan-ly/vuong-mac")
    answer = visitor.client.get("/quan-ly/vuong-mac.csv")
    text = answer.data.decode("utf-8-sig")
    heads, *rows = csv.reader(io.StringIO(text))

    assert [len(row) for row in rows] == [len(heads)] * 2
    for cell in (cell for row in rows for cell in row):
        assert cell.removeprefix("'") in page
    assert [row[1] for row in rows] == ["M1-001", "M1-002"]
    assert rows[1][-1] == "'=HYPERLINK(1)"
    assert "no-store" in answer.headers["Cache-Control"]
    assert session.scalars(select(AuditEntry.act).where(AuditEntry.act == "export_issues")).all() == ["export_issues"]


def test_an_issue_outlives_the_correction_of_its_visit(visitor, make, hamlet, issue, leader, session):
    take(visitor, issue, status="in_progress", owner="Công an xã", due="2026-12-01")
    visit = session.scalars(select(Visit)).one()
    corrected = make.visit(
        session.get_one(Household, visit.household_id),
        supersedes=str(visit.id),
        issues=[SIGNAL | {"note": "Cả bản không có sóng"}, {"type": "power"}],
    )
    carry_over(session, corrected.id, person=leader.id, now=visit.received_at)  # once more changes nothing
    session.commit()

    page = visitor.open("/quan-ly/vuong-mac")
    assert "Còn mở 2" in page
    assert "Cả bản không có sóng" in page
    assert "Công an xã" in page
    visitor.open(page_of(issue), expect=404)
    first = session.scalars(select(Issue).where(Issue.visit_id == corrected.id).order_by(Issue.id)).first()
    assert (first.status, first.due) == ("in_progress", date(2026, 12, 1))
    assert len(session.scalars(select(IssueStep).where(IssueStep.issue_id == first.id)).all()) == 1


@pytest.mark.parametrize("status", list(IssueStatus))
def test_from_every_step_there_is_a_way_on(status):
    assert len(next_statuses(status, handles=True)) > 1
    assert next_statuses(status, handles=True)[0] is status
