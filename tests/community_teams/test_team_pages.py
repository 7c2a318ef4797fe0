"""Walks of a team member and a team leader through /doi-so."""

import re
from datetime import date
from html import unescape
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from community_teams.models import HamletTotal, Visit, VisitPerson
from foundation.accounts.domain.roles import Role
from tests.forms import untouched


@pytest.fixture
def hamlet(make):
    return make.hamlet(name="Mẫu Xa")


@pytest.fixture
def member(make, hamlet, visitor, now):
    person = make.person(area=hamlet)
    visitor.sign_in(person.name)
    return person


def form_of(page):
    """The hidden fields and the time the browser would send back untouched."""
    fields = {}
    for tag in re.findall(r"<input[^>]*>", page.html):
        attributes = dict(re.findall(r'([a-z]+)="([^"]*)"', tag))
        if attributes.get("type") in ("hidden", "datetime-local"):
            fields[attributes["name"]] = unescape(attributes.get("value", ""))
    return fields


def visit_count(session):
    return session.scalar(select(func.count()).select_from(Visit))


def test_a_member_records_a_visit_and_sees_it_counted(visitor, make, hamlet, member, session):
    first = make.household(hamlet, "M1-001")
    make.household(hamlet, "M1-002")

    mine = visitor.open("/doi-so")
    assert "2 hộ còn lại" in mine
    listed = visitor.open(f"/doi-so/{hamlet.code}")
    assert "M1-001" in listed
    asked = visitor.open(f"/doi-so/ho/{first.id}/tham")
    kept = visitor.send(asked.address, **form_of(asked), outcome="met_done")

    assert "Đã ghi lượt thăm thứ 1 hôm nay · còn 1 hộ" in kept
    assert "Sang hộ M1-002" in kept
    visit = session.scalars(select(Visit)).one()
    assert (visit.member_id, visit.household_id, visit.visited_on) == (member.id, first.id, date(2026, 11, 21))
    assert (visit.adults, visit.consent_level, visit.input_type) == (None, None, "web")
    assert "1 hộ còn lại" in visitor.open("/doi-so")


def test_a_double_tap_counts_once(visitor, make, hamlet, member, session):
    household = make.household(hamlet)
    asked = visitor.open(f"/doi-so/ho/{household.id}/tham")
    told = form_of(asked) | {"outcome": "not_home"}

    assert "lượt thăm thứ 1 hôm nay" in visitor.send(asked.address, **told)
    assert "lượt thăm thứ 1 hôm nay" in visitor.send(asked.address, **told)
    assert visit_count(session) == 1
    session.expire_all()
    assert session.get_one(HamletTotal, hamlet.code).not_home == 1


def test_going_back_and_changing_makes_a_correction_when_confirmed(visitor, make, hamlet, member, session):
    household = make.household(hamlet)
    asked = visitor.open(f"/doi-so/ho/{household.id}/tham")
    visitor.send(asked.address, **form_of(asked), outcome="met_done")
    again = visitor.send(asked.address, **form_of(asked), outcome="not_home", expect=409)

    assert "Lượt thăm này đã được ghi rồi" in again
    assert visit_count(session) == 1
    assert "còn 1 hộ" in visitor.send(asked.address, **form_of(again), outcome="not_home")
    session.expire_all()
    counted = session.get_one(HamletTotal, hamlet.code)
    assert (counted.met_done, counted.not_home, counted.reached) == (0, 1, 0)


def test_every_answer_of_the_form_is_kept(visitor, make, hamlet, member, session):
    household = make.household(hamlet)
    asked = visitor.open(f"/doi-so/ho/{household.id}/tham")
    answers = {
        "outcome": "met_partial",
        "consent.level": "code",
        "consent.how": "spoken",
        "language_used": ["vi", "mtq"],
        "size.adults": "3",
        "size.aged_60plus": "0",
        "newborn_pending": "false",
        "needs_support.seeing": "1",
        "devices.smart": "2",
        "network.viettel": "weak",
        "power": "grid",
        "people.0.age_band": "60-69",
        "people.0.skills.wifi": "0",
        "people.0.skills.video_call": "",
        "people.1.vneid_level": "level2",
        "support_given": ["lesson", "leaflet"],
        "trip_saved_km": "18",
        "issues.0.type": "signal",
        "issues.0.beyond_authority": "true",
        "next_visit_on": "2026-12-01",
        "satisfaction": "3",
        "note": "Nói chuyện\nvui",
    }
    visitor.send(asked.address, **form_of(asked), **answers)

    visit = session.scalars(select(Visit)).one()
    assert (visit.adults, visit.aged_60plus, visit.children_under_6) == (3, 0, None)
    assert (visit.language_used, visit.network, visit.needs_support) == (
        ["vi", "mtq"],
        {"viettel": "weak"},
        {"seeing": 1},
    )
    assert (visit.trip_saved_km, visit.satisfaction, visit.note) == (18, 3, "Nói chuyện\nvui")
    assert [person.skills for person in visit.people] == [{"wifi": 0}, None]
    assert visit.issues[0].beyond_authority

    # Opened again to be corrected, the form holds the same answers.
    corrected = visitor.open(f"/doi-so/ho/{household.id}/tham?sua={visit.id}")
    for piece in ("Nói chuyện", 'value="met_partial" checked', 'name="size.adults" type="text" value="3"'):
        assert piece in corrected.html


def test_a_correction_on_paper_loses_nothing_a_phone_sent(visitor, make, hamlet, member, session):
    household = make.household(hamlet)
    consent = {"level": "code", "text_version": "2026-11", "how": "spoken"}
    people = [{"age_band": "70+", "lessons": ["an-toan-otp"]}] * 4
    visit = make.visit(household, member=member, consent=consent, people=people, language_used=["vi", "cjm"])
    asked = visitor.open(f"/doi-so/ho/{household.id}/tham?sua={visit.id}")
    visitor.send(asked.address, **untouched(asked, "/tham"))

    corrected = session.scalars(select(Visit).where(Visit.supersedes == visit.id)).one()
    assert [person.lessons for person in corrected.people] == [["an-toan-otp"]] * 4
    assert sorted(corrected.language_used) == ["cjm", "vi"]


def test_a_faulty_form_says_what_is_wrong_and_forgets_nothing(visitor, make, hamlet, member, session):
    household = make.household(hamlet)
    asked = visitor.open(f"/doi-so/ho/{household.id}/tham")
    again = visitor.send(
        asked.address,
        expect=422,
        **(form_of(asked) | {"started_at": "2026-11-21T15:00"}),
        **{"outcome": "met_done", "size.adults": "ba", "note": "Số 038 085 001 234", "network.viettel": "weak"},
    )

    assert "Những gì bác ghi vẫn còn nguyên" in again
    for words in ("Ngày giờ này chưa tới", "Ô này cần một con số", "giống số căn cước"):
        assert words in again
    for typed in (
        'value="ba"',
        "Số 038 085 001 234",
        'value="met_done" checked',
        '"weak" selected',
        "2026-11-21T15:00",
    ):
        assert typed in again.html
    assert visit_count(session) == 0
    # Put right, the same form is kept under the id it was made with.
    assert form_of(again)["id"] == form_of(asked)["id"]


def test_answers_about_the_family_wait_for_its_consent(visitor, make, hamlet, member, session):
    asked = visitor.open(f"/doi-so/ho/{make.household(hamlet).id}/tham")
    told = form_of(asked) | {"outcome": "met_done", "size.adults": "2"}

    assert "chưa ghi bà con có đồng ý không" in visitor.send(asked.address, expect=422, **told)
    assert visit_count(session) == 0
    visitor.send(asked.address, **told, **{"consent.level": "code", "consent.how": "spoken"})
    assert session.scalars(select(Visit.consent_text_version)).one() == "2026-11"


@pytest.mark.parametrize(
    "changes",
    [
        {"outcome": ""},
        {"outcome": "nowhere"},
        {"started_at": "hôm qua"},
        {"started_at": "9999-12-31T23:59"},
        {"id": "not-a-uuid"},
        {"id": ""},
        {"note": "x" * 600},
        {"note": "a\x00b"},
        {"people.0.skills.flying": "2"},
        {"people.99999.age_band": "70+"},
        {"surprise": "!"},
        {"supersedes": str(uuid4())},
        {"household": "another", "surprise": ""},
        {"size": "3"},
        {"next_visit_on": "31/02/2027"},
    ],
)
def test_strange_forms_are_answered_and_nothing_is_kept(visitor, make, hamlet, member, session, changes):
    asked = visitor.open(f"/doi-so/ho/{make.household(hamlet).id}/tham")
    told = form_of(asked) | {"outcome": "not_home"} | changes

    if changes.get("household"):
        visitor.send(asked.address, **told)
    else:
        assert "Chưa lưu được" in visitor.send(asked.address, expect=422, **told)
        assert visit_count(session) == 0


def test_a_day_may_be_typed_as_people_write_it(visitor, make, hamlet, member, session):
    asked = visitor.open(f"/doi-so/ho/{make.household(hamlet).id}/tham")
    visitor.send(asked.address, **form_of(asked), outcome="rescheduled", next_visit_on="1/12/2026")

    assert session.scalars(select(Visit.next_visit_on)).one() == date(2026, 12, 1)


def test_other_peoples_hamlets_are_not_there(visitor, make, hamlet, member, session):
    elsewhere = make.household(make.hamlet(name="Mẫu Khác"))
    visit = make.visit(elsewhere)

    assert "Mẫu Khác" not in visitor.open("/doi-so")
    for address in (
        f"/doi-so/{elsewhere.hamlet_code}",
        f"/doi-so/ho/{elsewhere.id}",
        f"/doi-so/ho/{elsewhere.id}/tham",
        f"/doi-so/ho/{elsewhere.id}/da-ghi/{visit.id}",
        f"/doi-so/ho/{uuid4()}",
        "/doi-so/ho/not-a-uuid",
        "/doi-so/nowhere",
        "/doi-so/%00",
    ):
        visitor.open(address, expect=404)
    visitor.send(f"/doi-so/ho/{elsewhere.id}/tham", expect=404, outcome="met_done")
    here = make.household(hamlet)
    visitor.open(f"/doi-so/ho/{here.id}/tham?sua={visit.id}", expect=404)
    visitor.open(f"/doi-so/ho/{here.id}/tham?sua=x", expect=404)
    assert visit_count(session) == 1


def test_nobody_signed_in_is_asked_to_sign_in(visitor, make):
    household = make.household()
    for address in ("/doi-so", "/doi-so/hom-nay", f"/doi-so/ho/{household.id}", f"/doi-so/ho/{household.id}/tham"):
        assert visitor.open(address).address == "/dang-nhap"


def test_an_officer_sees_households_but_records_no_visit(visitor, make, hamlet, now):
    household = make.household(hamlet)
    visitor.sign_in(make.person(role=Role.COMMUNE_OFFICER, area=make.commune()).name)

    assert "Ghi lượt thăm" not in visitor.open(f"/doi-so/ho/{household.id}")
    visitor.open(f"/doi-so/ho/{household.id}/tham", expect=403)


def test_a_province_sees_no_single_household(visitor, make, hamlet):
    household = make.household(hamlet)
    visitor.sign_in(make.person(role=Role.PROVINCE_OFFICER, area=make.province()).name)

    visitor.open(f"/doi-so/ho/{household.id}", expect=403)


def test_the_list_is_filtered_searched_and_in_order(visitor, make, hamlet, member):
    for code, lane in (("M1-010", "Ngõ 10"), ("M1-002", "Ngõ 2"), ("M1-003", "Ngõ 2")):
        make.household(hamlet, code, lane)
    make.visit(make.household(hamlet, "M1-004"), "not_home", member=member)
    make.visit(make.household(hamlet, "M1-005"), "rescheduled", member=member, next_visit_on="2026-11-30")
    make.visit(make.household(hamlet, "M1-006", label="Bác Đào Mẫu"), "met_done", member=member)
    address = f"/doi-so/{hamlet.code}"

    def codes(query):
        return re.findall(r"M1-\d\d\d", visitor.open(address + query).text)

    assert codes("") == ["M1-002", "M1-003", "M1-010"]
    assert codes("?loc=vang") == ["M1-004"]
    assert codes("?loc=hen-lai") == ["M1-005"]
    assert codes("?loc=da-gap") == ["M1-006"]
    assert codes("?loc=tat-ca")[:3] == ["M1-002", "M1-003", "M1-010"]
    assert codes("?tim=dao+mau") == ["M1-006"]
    assert codes("?tim=m1+010") == ["M1-010"]
    assert codes("?tim=%25") == codes("?loc=tat-ca")
    for strange in ("?loc=x&trang=abc", "?trang=0", "?trang=99999999999999999999", "?tim=%00", "?tim=" + "x" * 500):
        visitor.open(address + strange)


def test_a_long_list_has_pages(visitor, make, hamlet, member, session):
    for _ in range(203):
        make.household(hamlet)

    first = visitor.open(f"/doi-so/{hamlet.code}")
    assert "Trang 1 trên 2" in first
    assert len(re.findall(r"M1-\d+", visitor.follow(first, "Trang sau").text)) == 3


def test_a_family_that_wants_no_name_shows_no_visit_and_yet_is_done(visitor, make, hamlet, member):
    household = make.household(hamlet)
    asked = visitor.open(f"/doi-so/ho/{household.id}/tham")
    answers = {"outcome": "met_done", "consent.level": "count", "consent.how": "spoken", "note": "chuyện riêng"}
    kept = visitor.send(asked.address, **form_of(asked), **answers)

    assert "còn 0 hộ" in kept
    page = visitor.open(f"/doi-so/ho/{household.id}")
    assert "chuyện riêng" not in page
    assert "Gặp được, xong việc" in page


def test_a_leader_sees_what_the_members_did_today(visitor, make, hamlet, now, session):
    member = make.person(area=hamlet, display_name="Chị Mẫu")
    make.visit(make.household(hamlet, "M1-001"), member=member)
    make.visit(make.household(hamlet, "M1-002"), member=member, days_ago=1)
    visitor.sign_in(make.person(role=Role.TEAM_LEADER, area=make.commune()).name)
    page = visitor.open("/doi-so/hom-nay")

    assert "Chị Mẫu" in page
    assert "M1-001" in page
    assert "M1-002" not in page


def test_pages_with_sample_data_say_so(visitor, make, now):
    hamlet = make.hamlet(is_sample=True)
    household = make.household(hamlet)
    person = make.person(area=hamlet)
    visitor.sign_in(person.name)
    visit = make.visit(household, member=person)

    for address in (
        "/doi-so",
        "/doi-so/hom-nay",
        f"/doi-so/{hamlet.code}",
        f"/doi-so/ho/{household.id}",
        f"/doi-so/ho/{household.id}/tham",
        f"/doi-so/ho/{household.id}/da-ghi/{visit.id}",
    ):
        assert "SỐ LIỆU MẪU" in visitor.open(address)


def test_what_people_typed_stays_text(visitor, make, hamlet, member):
    household = make.household(hamlet)
    asked = visitor.open(f"/doi-so/ho/{household.id}/tham")
    visitor.send(asked.address, **form_of(asked), outcome="refused", reason="<script>alert(1)</script>")

    assert "<script>alert" not in visitor.open(f"/doi-so/ho/{household.id}").html


def test_a_list_costs_few_statements_whatever_its_length(visitor, make, hamlet, member, count_statements):
    for _ in range(30):
        make.household(hamlet)
    del count_statements[:]
    visitor.open(f"/doi-so/{hamlet.code}?loc=tat-ca")

    assert len([statement for statement in count_statements if statement.startswith("SELECT")]) <= 10


def test_no_person_is_kept_where_none_was_asked(visitor, make, hamlet, member, session):
    asked = visitor.open(f"/doi-so/ho/{make.household(hamlet).id}/tham")
    blank = {f"people.{row}.skills.wifi": "" for row in range(3)} | {"people.0.age_band": ""}
    visitor.send(asked.address, **form_of(asked), **blank, outcome="met_done")

    assert session.scalar(select(func.count()).select_from(VisitPerson)) == 0
