"""The paper twin: the numbers on it, its prints, and typing it in again."""

import re
from datetime import UTC, datetime

import pypdfium2
import pytest
from sqlalchemy import func, select

import foundation.clock
from community_teams.domain import codes
from community_teams.models import Visit
from community_teams.paper import domain as paper
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


def words_of(pdf):
    """What a print says, and on how many pages."""
    pages = list(pypdfium2.PdfDocument(pdf))
    return " ".join(" ".join(page.get_textpage().get_text_range() for page in pages).split()), len(pages)


def type_in(visitor, hamlet, expect=200, query="", **boxes):
    asked = visitor.open(f"/doi-so/{hamlet.code}/nhap-phieu{query}")
    return visitor.send(asked.address, expect=expect, **untouched(asked, "/nhap-phieu") | boxes)


def count(session):
    return session.scalar(select(func.count()).select_from(Visit))


def test_a_number_once_printed_keeps_its_meaning():
    assert list(paper.ONE["outcome"].values()) == [
        "met_done",
        "met_partial",
        "not_home",
        "rescheduled",
        "refused",
        "moved",
        "vacant",
        "not_found",
        "language",
        "unsafe",
    ]
    assert [paper.ISSUE_ONE["type"][str(n)] for n in (1, 2, 11)] == ["signal", "power", "other"]
    assert [paper.SEVERAL["support_given"][str(n)] for n in (1, 4, 6)] == ["activate", "lesson", "leaflet"]
    assert paper.VNEID["2"] == "level2"
    assert [skill.value for skill in paper.SKILLS[:3]] == ["video_call", "wifi", "install_app"]
    assert paper.ONE["consent.level"] == {"1": "code", "2": "count", "3": "none"}


@pytest.mark.parametrize(
    ("name", "choices"),
    [("outcome", codes.Outcome), ("visit_type", codes.VisitType), ("power", codes.Power)],
)
def test_every_choice_has_its_number(name, choices):
    assert set(paper.ONE[name].values()) == set(choices)


@pytest.mark.parametrize("typed", ["146", "1 4 6", "1,4,6", "1-4-6", "6641"])
def test_several_numbers_are_read_however_they_are_parted(typed):
    read, faults = paper.read_numbers([("support_given", typed)])

    assert faults == {}
    assert {code for _, code in read} == {"activate", "lesson", "leaflet"}


def test_the_boxes_of_skills_are_read_in_order_and_empty_ones_stay_unasked():
    read, faults = paper.read_numbers([("people.0.skills", "01-2 ."), ("people.1.skills", "")])

    assert faults == {}
    assert read == [
        ("people.0.skills.video_call", "0"),
        ("people.0.skills.wifi", "1"),
        ("people.0.skills.update_vneid", "2"),
    ]


@pytest.mark.parametrize(
    ("name", "typed", "fault"),
    [
        ("outcome", "11", "no_such_number"),
        ("outcome", "một", "no_such_number"),
        ("support_given", "17", "no_such_number"),
        ("people.9.skills", "3", "no_such_number"),
        ("people.9.skills", "0" * 13, "too_many_boxes"),
        ("people.0.vneid_level", "5", "no_such_number"),
        ("issues.4.type", "12", "no_such_number"),
    ],
)
def test_a_number_that_is_not_on_the_sheet_is_a_fault(name, typed, fault):
    assert paper.read_numbers([(name, typed)])[1] == {name: fault}


def test_a_sheet_is_typed_in_and_the_next_household_follows(visitor, make, hamlet, member, session):
    for code in ("M1-002", "M1-010", "M1-001"):
        make.household(hamlet, code)
    page = type_in(
        visitor,
        hamlet,
        **{
            "started_on": "20/11/2026",
            "started_time": "8h30",
            "outcome": "1",
            "visit_type": "2",
            "consent.level": "1",
            "consent.how": "2",
            "language_used": "12",
            "size.adults": "3",
            "newborn_pending": "0",
            "needs_support.seeing": "1",
            "devices.shared": "1",
            "devices.problems": "1 3",
            "network.viettel": "2",
            "power": "3",
            "people.0.age_band": "5",
            "people.0.vneid_level": "2",
            "people.0.documents": "1",
            "people.0.skills": "0-2",
            "people.0.lessons": "vneid-la-gi, at-5-dau-hieu",
            "support_given": "46",
            "issues.0.type": "10",
            "issues.0.beyond_authority": "1",
            "next_visit_on": "1/12/2026",
            "satisfaction": "3",
        },
    )

    visit = session.scalars(select(Visit)).one()
    assert (visit.input_type, visit.outcome, visit.visit_type) == ("paper", "met_done", "again")
    assert visit.started_at == datetime(2026, 11, 20, 1, 30, tzinfo=UTC)
    assert (visit.consent_level, visit.consent_how, visit.language_used) == ("code", "signed", ["vi", "mtq"])
    assert (visit.adults, visit.aged_60plus, visit.newborn_pending, visit.phones_shared) == (3, None, False, True)
    assert (visit.phone_problems, visit.network, visit.power) == (["old", "full"], {"viettel": "weak"}, "unstable")
    (person,) = visit.people
    assert (person.age_band, person.vneid_level, person.documents) == ("70+", "level2", ["bhyt"])
    assert (person.skills, person.lessons) == (
        {"video_call": 0, "install_app": 2},
        ["vneid-la-gi", "at-5-dau-hieu"],
    )
    assert (visit.issues[0].type, visit.issues[0].beyond_authority) == ("language", True)
    assert "Hộ M1-001" in page
    form = untouched(page, "/nhap-phieu")
    assert (form["household_code"], form["started_on"], form["outcome"]) == (["M1-002"], ["20/11/2026"], [""])


def test_the_list_ends(visitor, make, hamlet, member, session):
    make.household(hamlet, "M1-001")
    page = type_in(visitor, hamlet, outcome="3")

    assert "Đã hết danh sách" in page
    assert untouched(page, "/nhap-phieu")["household_code"] == [""]


@pytest.mark.parametrize(
    ("typed", "at"),
    [("", "12:00"), ("8", "08:00"), ("0815", "08:15"), ("8:15", "08:15"), ("8g", "08:00"), ("815", "08:15")],
)
def test_a_time_is_read_as_people_write_it(visitor, make, hamlet, member, session, typed, at):
    make.household(hamlet, "M1-001")
    type_in(visitor, hamlet, outcome="3", started_on="20/11/2026", started_time=typed)

    kept = session.scalars(select(Visit.started_at)).one()
    hour, minute = map(int, at.split(":"))
    assert (kept.hour + 7, kept.minute) == (hour, minute)


def test_a_sheet_without_a_time_is_typed_in_on_the_same_morning(visitor, make, hamlet, member, session, monkeypatch):
    make.household(hamlet, "M1-001")
    morning = datetime(2026, 11, 21, 1, 40, tzinfo=UTC)
    monkeypatch.setattr(foundation.clock, "now", lambda: morning)
    type_in(visitor, hamlet, outcome="3")

    assert session.scalars(select(Visit.started_at)).one() == datetime(2026, 11, 21, 1, 0, tzinfo=UTC)


def test_every_fault_of_a_sheet_is_told_at_its_box_and_nothing_is_lost(visitor, make, hamlet, member, session):
    make.household(hamlet, "M1-001")
    boxes = {
        "household_code": "M9-999",
        "outcome": "77",
        "started_time": "25h",
        "people.0.skills": "9",
        "support_given": "8",
    }
    again = type_in(visitor, hamlet, expect=422, note="Nhà xa", **boxes)

    form = untouched(again, "/nhap-phieu")
    for name, typed in boxes.items():
        assert form[name] == [typed]
        assert f'id="{name}-error"' in again.html
    assert form["note"] == ["Nhà xa"]
    assert count(session) == 0


@pytest.mark.parametrize(
    ("boxes", "box"),
    [
        ({"outcome": ""}, "outcome"),
        ({"started_on": "31/02/2026"}, "started_on"),
        ({"started_on": "21/11/2027"}, "started_on"),
        ({"started_on": ""}, "started_on"),
        ({"size.adults": "2"}, "consent.level"),
        ({"consent.level": "1"}, "consent.how"),
        ({"note": "038085001234"}, "note"),
        ({"people.0.lessons": "Không Có"}, "people.0.lessons"),
    ],
)
def test_what_the_schema_refuses_is_told_at_its_box(visitor, make, hamlet, member, session, boxes, box):
    make.household(hamlet, "M1-001")
    again = type_in(visitor, hamlet, expect=422, **{"outcome": "1"} | boxes)

    assert f'id="{box}-error"' in again.html
    assert count(session) == 0


def test_a_sheet_sent_twice_counts_once_and_a_changed_one_asks(visitor, make, hamlet, member, session):
    make.household(hamlet, "M1-001")
    asked = visitor.open(f"/doi-so/{hamlet.code}/nhap-phieu")
    form = untouched(asked, "/nhap-phieu") | {"outcome": "3"}
    visitor.send(asked.address, **form)
    visitor.send(asked.address, **form)
    assert count(session) == 1

    again = visitor.send(asked.address, expect=409, **form | {"outcome": "1"})
    assert "đã được chép rồi" in again
    visitor.send(asked.address, **untouched(again, "/nhap-phieu"))
    assert session.scalars(select(Visit.outcome).where(Visit.supersedes.is_not(None))).all() == ["met_done"]


def test_a_typed_in_sheet_is_corrected_on_the_page(visitor, make, hamlet, member, session):
    make.household(hamlet, "M1-001")
    page = type_in(visitor, hamlet, **{"outcome": "1", "consent.level": "1", "consent.how": "2", "size.adults": "3"})
    asked = visitor.follow(page, "Chép nhầm? Sửa lượt này")
    visitor.send(asked.address, **untouched(asked, "/tham") | {"size.adults": "2"})

    corrected = session.scalars(select(Visit).where(Visit.supersedes.is_not(None))).one()
    assert (corrected.adults, corrected.consent_how) == (2, "signed")


def test_the_sheet_is_both_sides_of_one_page_and_names_nobody(visitor, make, hamlet, member):
    household = make.household(hamlet, "M1-017", label="Bác Đào Mẫu")
    blank, pages = words_of(visitor.client.get(f"/doi-so/{hamlet.code}/phieu-trong.pdf").data)
    assert pages == 2
    for words in ("Mẫu Xa", "10 Đường đi không an toàn", "12. Báo cuộc gọi", "Chưa hỏi thì để trống", "Thưa bác"):
        assert words in blank
    filled, pages = words_of(visitor.client.get(f"/doi-so/ho/{household.id}/phieu.pdf").data)
    assert pages == 2
    assert "M1-017" in filled
    assert "Bác Đào Mẫu" not in filled


def test_the_list_to_walk_with_is_by_lane_and_names_nobody(visitor, make, hamlet, member):
    for code, lane in (("M1-010", "Ngõ 10"), ("M1-002", "Ngõ 2"), ("M1-003", "Ngõ 2")):
        make.household(hamlet, code, lane, label="Bác Đào Mẫu")
    gone = make.household(hamlet, "M1-004", "Ngõ 2")
    make.visit(gone, "moved", member=member)
    told, _ = words_of(visitor.client.get(f"/doi-so/{hamlet.code}/danh-sach.pdf").data)

    assert re.findall(r"M1-\d\d\d", told) == ["M1-002", "M1-003", "M1-010"]
    assert "Ngõ 10" in told
    assert "Bác Đào Mẫu" not in told
    assert "1 Gặp được, xong việc" in told


def test_paper_reaches_no_further_than_its_people(visitor, make, hamlet, member):
    elsewhere = make.household(make.hamlet())
    there = elsewhere.hamlet_code
    for address in (
        f"/doi-so/{there}/phieu-giay",
        f"/doi-so/{there}/phieu-trong.pdf",
        f"/doi-so/{there}/danh-sach.pdf",
        f"/doi-so/{there}/nhap-phieu",
        f"/doi-so/ho/{elsewhere.id}/phieu.pdf",
        "/doi-so/%00/nhap-phieu",
    ):
        visitor.open(address, expect=404)
    visitor.send(f"/doi-so/{there}/nhap-phieu", expect=404, outcome="1")
    for strange in ("?sau=x&da-ghi=y", f"?sau={elsewhere.id}", "?ngay=" + "x" * 300):
        visitor.open(f"/doi-so/{hamlet.code}/nhap-phieu{strange}")

    visitor.sign_in(make.person(role=Role.COMMUNE_OFFICER, area=make.commune()).name)
    visitor.open(f"/doi-so/{hamlet.code}/nhap-phieu", expect=403)
