"""The visit form on a page: all of its questions, what was known before, and nothing typed ever lost."""

import pytest
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from community_teams.domain.codes import Skill
from community_teams.domain.form_fields import flat, nested
from community_teams.models import Visit
from community_teams.views.visit_form_data import answers_of_today, form_from_request
from tests.forms import untouched

CODE = {"level": "code", "text_version": "2026-11", "how": "spoken"}
KNOWN = {
    "consent": CODE,
    "size": {"adults": 3, "aged_60plus": 1},
    "network": {"viettel": "weak"},
    "power": "grid",
    "newborn_pending": False,
    "needs_support": {"seeing": 1},
    "devices": {"smart": 1, "shared": True, "problems": ["old", "full"]},
    "language_used": ["vi", "mtq"],
    "people": [
        {"age_band": "70+", "vneid_level": "level1", "documents": ["bhyt"], "skills": {"wifi": 0, "otp_secret": 2}},
        {"age_band": "18-39"},
    ],
}


@pytest.fixture
def hamlet(make):
    return make.hamlet(name="Mẫu Xa")


@pytest.fixture
def member(make, hamlet, visitor, now):
    person = make.person(area=hamlet)
    visitor.sign_in(person.name)
    return person


@pytest.fixture
def known(make, hamlet, member):
    """A household of which an earlier visit told nearly everything."""
    household = make.household(hamlet)
    make.visit(household, member=member, days_ago=8, **KNOWN, note="chuyện cũ", support_given=["lesson"])
    return household


def newest(session):
    session.expire_all()
    return session.scalars(select(Visit).order_by(Visit.started_at.desc(), Visit.id.desc())).first()


def test_what_a_form_sends_is_read_back_as_it_was_told():
    record = KNOWN | {"issues": [{"type": "signal", "beyond_authority": True}], "note": "a", "ended_at": None}
    texts = nested(flat(record))

    assert texts["people"][0]["skills"] == {"wifi": "0", "otp_secret": "2"}
    assert texts["devices"] == {"smart": "1", "shared": "true", "problems": ["old", "full"]}
    assert flat(texts) == flat(record)


def test_the_form_asks_every_question_of_ten_people_and_five_issues(visitor, make, hamlet, member):
    form = untouched(visitor.open(f"/doi-so/ho/{make.household(hamlet).id}/tham"), "/tham")

    for row in range(10):
        assert {f"people.{row}.age_band", f"people.{row}.sex", f"people.{row}.vneid_level"} <= set(form)
        assert {f"people.{row}.skills.{skill}" for skill in Skill} <= set(form)
        assert all(form[f"people.{row}.skills.{skill}"] == [""] for skill in Skill)
    assert {f"issues.{row}.{part}" for row in range(5) for part in ("type", "level", "note")} <= set(form)
    assert "people.10.age_band" not in form
    assert form["visit_type"] == ["first"]


def test_everything_told_of_ten_people_is_kept(visitor, make, hamlet, member, session):
    asked = visitor.open(f"/doi-so/ho/{make.household(hamlet).id}/tham")
    form = untouched(asked, "/tham") | {"outcome": "met_done", "consent.level": "code"}
    for row in range(10):
        form |= {
            f"people.{row}.age_band": "60-69",
            f"people.{row}.skills.wifi": "1",
            f"people.{row}.helped_with": ["lesson", "scam_warning"],
            f"people.{row}.lessons": ["vneid-la-gi"],
        }
    for row in range(5):
        form |= {f"issues.{row}.type": "signal", f"issues.{row}.level": "carrier", f"issues.{row}.note": f"Việc {row}"}
    visitor.send(asked.address, **form)

    visit = newest(session)
    assert [(p.helped_with, p.lessons, p.skills) for p in visit.people] == [
        (["lesson", "scam_warning"], ["vneid-la-gi"], {"wifi": 1})
    ] * 10
    assert [issue.note for issue in visit.issues] == [f"Việc {row}" for row in range(5)]


def test_a_repeat_visit_starts_from_what_is_known_and_says_so(visitor, known, member):
    page = visitor.open(f"/doi-so/ho/{known.id}/tham")
    form = untouched(page, "/tham")

    assert "Đã điền sẵn những gì biết từ lần trước" in page
    assert "Mới nhất là ngày 13/11/2026" in page
    assert "Lần trước: Yếu, chập chờn" in page
    assert "Lần trước: Chưa biết" in page
    assert form["size.adults"] == ["3"]
    assert form["people.0.skills.wifi"] == ["0"]
    assert form["people.0.skills.qr_payment"] == [""]
    assert form["people.1.age_band"] == ["18-39"]
    assert form["language_used"] == ["vi", "mtq"]
    assert form["visit_type"] == ["again"]
    assert "consent.level" in form
    assert form["consent.level"] == [""]
    assert "chuyện cũ" not in page.html
    assert "support_given" not in form


def test_whoever_wants_to_may_begin_with_an_empty_form(visitor, known, member):
    page = visitor.follow(visitor.open(f"/doi-so/ho/{known.id}/tham"), "Bắt đầu từ phiếu trống")

    assert untouched(page, "/tham")["size.adults"] == [""]
    assert "Lần trước" not in page


def test_what_is_left_as_it_was_is_told_again_where_the_family_agrees_again(visitor, known, member, session):
    page = visitor.open(f"/doi-so/ho/{known.id}/tham")
    changes = {"outcome": "met_done", "consent.level": "code", "size.adults": "4", "people.0.skills.wifi": "2"}
    visitor.send(page.address, **untouched(page, "/tham") | changes)

    visit = newest(session)
    assert (visit.adults, visit.aged_60plus, visit.network) == (4, 1, {"viettel": "weak"})
    assert visit.people[0].skills == {"wifi": 2, "otp_secret": 2}


@pytest.mark.parametrize("outcome", ["not_home", "refused"])
def test_nothing_known_is_told_again_where_nobody_was_met(visitor, known, member, session, outcome):
    page = visitor.open(f"/doi-so/ho/{known.id}/tham")
    form = untouched(page, "/tham") | {"outcome": outcome}
    for _ in range(2):  # also when tapped twice
        visitor.send(page.address, **form)

    visit = newest(session)
    assert (visit.outcome, visit.adults, visit.network, visit.people) == (outcome, None, None, [])


def test_what_is_known_of_a_family_waits_for_its_word(visitor, known, member, session):
    page = visitor.open(f"/doi-so/ho/{known.id}/tham")
    visitor.send(page.address, **untouched(page, "/tham") | {"outcome": "met_done"})

    visit = newest(session)
    assert (visit.adults, visit.people, visit.network) == (None, [], {"viettel": "weak"})


def test_what_was_typed_about_a_family_is_not_dropped_in_silence(visitor, known, member):
    page = visitor.open(f"/doi-so/ho/{known.id}/tham")
    told = untouched(page, "/tham") | {"outcome": "met_done", "size.adults": "5"}
    again = visitor.send(page.address, expect=422, **told)

    assert "chưa ghi bà con có đồng ý không" in again
    form = untouched(again, "/tham")
    assert (form["size.adults"], form["size.aged_60plus"]) == (["5"], ["1"])
    assert "Lần trước: 3" in again
    assert form["id"] == untouched(page, "/tham")["id"]


def test_a_fault_far_down_opens_the_part_it_stands_in(visitor, make, hamlet, member):
    asked = visitor.open(f"/doi-so/ho/{make.household(hamlet).id}/tham")
    changes = {"outcome": "met_done", "consent.level": "code", "issues.3.note": "Gọi 0912 345 678"}
    again = visitor.send(asked.address, expect=422, **untouched(asked, "/tham") | changes)

    assert 'id="part-issue-3" open' in again.html
    assert "Gọi 0912 345 678" in again.html
    assert "Đừng ghi số điện thoại" in again


def test_a_corrected_visit_keeps_the_words_it_was_agreed_in(visitor, make, hamlet, member, session):
    household = make.household(hamlet)
    told = {
        "consent": CODE | {"text_version": "2025-12"},
        "visit_type": "centre",
        "ended_at": "2026-11-21T08:20:00+07:00",
    }
    visit = make.visit(household, member=member, input_type="desk", **told)
    page = visitor.open(f"/doi-so/ho/{household.id}/tham?sua={visit.id}")
    visitor.send(page.address, **untouched(page, "/tham") | {"outcome": "met_partial"})

    corrected = session.scalars(select(Visit).where(Visit.supersedes == visit.id)).one()
    assert (corrected.consent_text_version, corrected.visit_type, corrected.ended_at) == (
        "2025-12",
        "centre",
        visit.ended_at,
    )


@pytest.mark.parametrize("strange", ["before.x", "before.people.99.age_band", "before.", "before_on"])
def test_strange_memories_of_last_time_are_harmless(visitor, make, hamlet, member, session, strange):
    asked = visitor.open(f"/doi-so/ho/{make.household(hamlet).id}/tham")
    visitor.send(asked.address, **untouched(asked, "/tham") | {"outcome": "met_done", strange: "2026-99-99"})

    assert newest(session).outcome == "met_done"


def test_only_what_nobody_touched_is_set_aside():
    told = form_from_request(
        MultiDict(
            [
                ("outcome", "not_home"),
                ("before_on", "2026-11-01"),
                ("before.power", "grid"),
                ("power", "grid"),
                ("before.language_used", "vi"),
                ("language_used", "vi"),
                ("language_used", "mtq"),
            ]
        )
    )

    assert list(answers_of_today(told).items(multi=True)) == [
        ("outcome", "not_home"),
        ("language_used", "vi"),
        ("language_used", "mtq"),
    ]


@pytest.mark.parametrize("input_type", ["phone", "paper", "desk", "web"])
def test_a_visit_is_corrected_however_it_came_and_its_history_stays(visitor, make, hamlet, member, session, input_type):
    household = make.household(hamlet)
    issue = {"type": "signal", "note": "Không có sóng"}
    visit = make.visit(household, member=member, **KNOWN, input_type=input_type, note="Bản đầu", issues=[issue])
    for note in ("Bản hai", "Bản ba"):
        page = visitor.follow(visitor.open(f"/doi-so/ho/{household.id}"), "Ghi nhầm? Sửa lượt này")
        visitor.send(page.address + f"?sua={visit.id}", **untouched(page, "/tham") | {"note": note})
    latest = newest(session)

    page = visitor.open(f"/doi-so/ho/{household.id}")
    assert page.text.index("Bản ba") < page.text.index("Bản hai") < page.text.index("Bản đầu")
    assert page.text.count("Xem bản trước khi sửa") == 1
    assert page.text.count("Ghi nhầm? Sửa lượt này") == 1
    assert [person.skills for person in latest.people] == [{"wifi": 0, "otp_secret": 2}, None]
    assert (latest.adults, latest.phone_problems, latest.needs_support) == (3, ["old", "full"], {"seeing": 1})
    assert "Còn mở 1" in visitor.open("/quan-ly/vuong-mac")
