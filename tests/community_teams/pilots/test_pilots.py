"""Pilot models: one hamlet tells how it did it, others begin from that, and figures give nobody away."""

import io

import pypdfium2
import pytest
from sqlalchemy import select

from community_teams.pilots.domain.figures import compare_figures, figures_from_json
from community_teams.pilots.domain.pilots import REQUIRED_FIELDS, PilotText, State, missing_fields, read_pilot
from community_teams.pilots.models import Pilot
from community_teams.pilots.queries import pilot_figures_today, published_pilots
from community_teams.pilots.services import change_pilot
from foundation.accounts.domain.roles import Role
from foundation.accounts.models import AuditEntry
from foundation.areas.domain.scope import NATION, Scope
from foundation.problems import Conflict, Invalid, NotFound
from tests.making.community_teams import MORNING

COMPLETE = {
    "title": "Tối thứ bảy cùng học",
    "difficulty": "Bà con ngại máy.",
    "steps": "1. Hỏi từng nhà.\n2. Hẹn tối thứ bảy.",
    "people": "Tổ và trưởng bản.",
    "cost": "Sáu tối, không tốn tiền.",
    "change": "Các cụ tự gọi cho con.",
    "shortfall": "Mùa gặt thì vắng.",
    "advice": "",
    "contact": "team",
}
LIST = "/quan-ly/mo-hinh-diem"


@pytest.fixture
def hamlet(make):
    """A hamlet with a list, twelve households met, and those who write and publish."""
    hamlet = make.hamlet(name="Vịn", official_households=20, households_source="UBND xã")
    for _ in range(12):
        make.visit(make.household(hamlet))
    make.person("to-truong", role=Role.TEAM_LEADER, area=hamlet)
    make.person("can-bo", role=Role.COMMUNE_OFFICER, area=make.commune())
    make.person("can-bo-tinh", role=Role.PROVINCE_OFFICER, area=make.province())
    return hamlet


@pytest.fixture
def written(visitor, hamlet, now, session):
    """A draft that lacks nothing, with the team leader signed in."""
    visitor.sign_in("to-truong")
    visitor.send(f"{LIST}/moi", hamlet=hamlet.code, form_id="6a0c0bc8-5b3b-4b39-9d1a-3f0f5a4f7f11", **COMPLETE)
    return session.scalars(select(Pilot)).one()


def published(visitor, pilot, version=1):
    visitor.sign_in("can-bo")
    return visitor.send(f"{LIST}/{pilot.id}/dua-len", version=version)


def test_only_the_title_must_be_there_to_keep_a_draft():
    text = read_pilot({"title": " Học tối "})

    assert text.title == "Học tối"
    assert set(missing_fields(text)) == set(REQUIRED_FIELDS) - {"title"}
    assert missing_fields(read_pilot(COMPLETE)) == ()


@pytest.mark.parametrize(
    ("changes", "faults"),
    [
        ({"title": " "}, {"title": "missing"}),
        ({"steps": "Gọi 0912 345 678"}, {"steps": "phone_number"}),
        ({"people": "bà A 038 099 001 234"}, {"people": "identity_number"}),
        ({"cost": "x" * 2001}, {"cost": "too_long"}),
        ({"contact": "ông Ba"}, {"contact": "not_a_choice"}),
        ({"change": "a\x00b", "advice": "\x07"}, {"change": "control_character", "advice": "control_character"}),
    ],
)
def test_names_every_fault(changes, faults):
    with pytest.raises(Invalid) as refused:
        read_pilot(COMPLETE | changes)
    assert refused.value.fields == faults


def test_a_draft_is_seen_by_nobody_outside(visitor, written):
    assert "Bản nháp" in visitor.open(f"{LIST}/{written.id}")
    visitor.send("/dang-xuat")

    assert "Chưa có mô hình nào" in visitor.open("/mo-hinh-diem")
    visitor.open(f"/mo-hinh-diem/{written.id}", expect=404)
    visitor.open(f"/mo-hinh-diem/{written.id}.pdf", expect=404)
    visitor.open("/mo-hinh-diem/99999999999", expect=404)


def test_sending_the_form_twice_writes_one(visitor, written, hamlet, session):
    visitor.send(f"{LIST}/moi", hamlet=hamlet.code, form_id=str(written.form_id), **COMPLETE)

    assert len(session.scalars(select(Pilot)).all()) == 1


def test_a_form_with_a_fault_comes_back_with_everything(visitor, hamlet, now, session):
    visitor.sign_in("to-truong")

    page = visitor.send(f"{LIST}/moi", expect=422, hamlet=hamlet.code, **COMPLETE | {"steps": "Gọi 0912345678 nhé"})

    assert "Gọi 0912345678 nhé" in page.html
    assert "Các cụ tự gọi cho con." in page.html
    assert "Đừng ghi số điện thoại" in page
    assert session.scalars(select(Pilot)).all() == []


def test_an_officer_publishes_and_withdraws_and_the_log_knows(visitor, written, session):
    visitor.send(f"{LIST}/{written.id}/dua-len", expect=403, version=1)
    assert "Bài đã công khai" in published(visitor, written)
    published(visitor, written)

    visitor.send("/dang-xuat")
    page = visitor.open(f"/mo-hinh-diem/{written.id}")
    assert page.heading == "Tối thứ bảy cùng học"
    assert "Bản Vịn, xã Bát Mọt" in page
    assert "12 trên 20 hộ" in page
    assert "không phải số liệu chính thức" in page
    assert "Người Mẫu" not in page.html
    assert "Tối thứ bảy cùng học" in visitor.open("/do-phu/15607")
    assert "Tối thứ bảy cùng học" in visitor.open(f"/do-phu/{written.hamlet_code}")

    visitor.sign_in("can-bo-tinh")
    visitor.send(f"{LIST}/{written.id}/go-xuong")
    visitor.send(f"{LIST}/{written.id}/go-xuong")
    visitor.open(f"/mo-hinh-diem/{written.id}", expect=404)
    acts = session.scalars(select(AuditEntry.act).where(AuditEntry.act.like("%_pilot")).order_by(AuditEntry.id)).all()
    assert acts == ["publish_pilot", "withdraw_pilot"]


def test_what_is_not_told_is_not_published(visitor, written, session):
    visitor.send(f"{LIST}/{written.id}/sua", version="1", **COMPLETE | {"shortfall": "", "contact": ""})
    visitor.sign_in("can-bo")

    assert "Chỗ chưa được" in visitor.open(f"{LIST}/{written.id}")
    visitor.send(f"{LIST}/{written.id}/dua-len", expect=422, version=2)
    assert session.scalars(select(Pilot.state)).one() is State.DRAFT


def test_nothing_is_published_that_the_officer_did_not_read(visitor, written):
    visitor.send(f"{LIST}/{written.id}/sua", version="1", **COMPLETE | {"cost": "Mười triệu."})
    visitor.sign_in("can-bo")

    page = visitor.send(f"{LIST}/{written.id}/dua-len", expect=409, version=1)

    assert "Bài vừa có người sửa" in page
    assert "Mười triệu." in page


def test_two_who_write_at_once_see_both_versions(visitor, written, session):
    visitor.send(f"{LIST}/{written.id}/sua", version="1", **COMPLETE | {"cost": "Bốn tối."})

    page = visitor.send(f"{LIST}/{written.id}/sua", expect=409, version="1", **COMPLETE | {"cost": "Tám tối."})

    assert "Bốn tối." in page
    assert "Tám tối.</textarea>" in page.html
    assert 'name="version" value="2"' in page.html
    visitor.send(f"{LIST}/{written.id}/sua", version="2", **COMPLETE | {"cost": "Tám tối."})
    session.expire_all()
    assert session.scalars(select(Pilot)).one().cost == "Tám tối."


def test_what_is_public_is_not_changed_under_the_readers_eyes(visitor, written, session, hamlet):
    published(visitor, written)
    visitor.sign_in("to-truong")

    visitor.open(f"{LIST}/{written.id}/sua", expect=409)
    page = visitor.send(f"{LIST}/{written.id}/sua", expect=409, version="1", **COMPLETE | {"cost": "Khác."})
    assert "Khác.</textarea>" in page.html
    text = PilotText.model_validate(COMPLETE | {"cost": "Khác."})
    with pytest.raises(Conflict, match="pilot_published"):
        change_pilot(
            session,
            written.id,
            text,
            expected_version=1,
            person=written.written_by,
            writes=NATION,
            now=written.created_at,
        )


def test_a_copy_begins_with_the_words_but_not_with_what_was_found_out(visitor, written, make, session):
    published(visitor, written)
    other = make.hamlet(name="Dưn")
    make.person("noi-khac", role=Role.TEAM_LEADER, area=other)
    visitor.sign_in("noi-khac")

    page = visitor.send(f"/mo-hinh-diem/{written.id}/chep", hamlet=other.code)
    visitor.send(f"/mo-hinh-diem/{written.id}/chep", hamlet=other.code)

    assert page.heading == "Sửa bài mô hình điểm"
    copy = session.scalars(select(Pilot).where(Pilot.copied_from == written.id)).one()
    assert (copy.hamlet_code, copy.steps, copy.change, copy.shortfall) == (other.code, COMPLETE["steps"], "", "")
    assert copy.figures == {}
    visitor.send(f"/mo-hinh-diem/{written.id}/chep", expect=422, hamlet=written.hamlet_code)
    visitor.send("/mo-hinh-diem/4711/chep", expect=404, hamlet=other.code)


def test_nobody_writes_or_publishes_beyond_their_area(visitor, written, make, hamlet):
    elsewhere = make.commune("14956")
    make.person("xa-khac", role=Role.COMMUNE_OFFICER, area=elsewhere)
    visitor.sign_in("xa-khac")

    assert "Chưa có bài nào" in visitor.open(LIST)
    visitor.open(f"{LIST}/{written.id}", expect=404)
    visitor.send(f"{LIST}/{written.id}/sua", expect=404, version="1", **COMPLETE)
    visitor.send(f"{LIST}/{written.id}/dua-len", expect=404, version=1)
    visitor.send(f"{LIST}/{written.id}/go-xuong", expect=404)
    visitor.send(f"{LIST}/moi", expect=422, hamlet=hamlet.code, **COMPLETE)
    make.person("to-vien", area=hamlet)
    visitor.sign_in("to-vien")
    visitor.open(LIST, expect=403)


def test_the_list_can_be_narrowed_to_a_province(visitor, written, make, session):
    published(visitor, written)

    assert "Tối thứ bảy" in visitor.open("/mo-hinh-diem?tinh=38&trang=x")
    assert "Tối thứ bảy" in visitor.open("/mo-hinh-diem?tinh=99")
    assert published_pilots(session, Scope(("01/",))) == []


def test_figures_stand_as_they_stood_beside_those_of_today(visitor, written, make, hamlet, session, now):
    published(visitor, written)
    for _ in range(3):
        make.visit(make.household(hamlet))

    page = visitor.open(f"/mo-hinh-diem/{written.id}")

    assert "12 trên 20 hộ" in page
    assert "15 trên 20 hộ" in page


def test_a_small_hamlet_shows_no_figure_then_or_now(visitor, make, now, session, hamlet):
    small = make.hamlet(name="Nhỏ", official_households=7)
    make.visit(make.household(small))
    figures = pilot_figures_today(session, small.code, today=now.date())

    assert all(cell is None for _, cell in figures.cells)
    assert all(each.hidden for each in compare_figures(None, figures))


def test_what_is_hidden_today_hides_what_was_shown_before(visitor, written, session, hamlet, now):
    published(visitor, written)
    hamlet.official_households = 6
    session.commit()

    page = visitor.open(f"/mo-hinh-diem/{written.id}")

    assert "Số liệu nơi này được ẩn" in page
    assert "12 trên" not in page


def test_a_hamlet_that_is_no_more_keeps_its_story_without_figures(visitor, written, session, hamlet, now):
    published(visitor, written)
    hamlet.valid_to = now.date()
    session.commit()

    page = visitor.open(f"/mo-hinh-diem/{written.id}")

    assert "nay đã sắp xếp lại" in page
    assert "12 trên 20" not in page


def test_figures_come_back_as_they_were_kept(session, hamlet, now):
    figures = pilot_figures_today(session, hamlet.code, today=now.date())

    assert figures_from_json(figures.as_json()) == figures
    assert figures_from_json({}) is None
    assert pilot_figures_today(session, "khong-co", today=now.date()) is None


def test_the_sheet_says_the_same_on_paper(visitor, written):
    published(visitor, written)

    answer = visitor.client.get(f"/mo-hinh-diem/{written.id}.pdf")

    pages = pypdfium2.PdfDocument(io.BytesIO(answer.data))
    text = "\n".join(page.get_textpage().get_text_range() for page in pages)
    assert "Tối thứ bảy cùng học" in text
    assert "12 trên 20 hộ" in text
    assert visitor.client.get(answer.request.path, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304


def test_changing_a_model_that_is_not_there_is_told(session, make):
    with pytest.raises(NotFound):
        change_pilot(
            session, 4711, PilotText(title="x"), expected_version=1, person=make.member().id, writes=NATION, now=MORNING
        )
