"""Organisers look at the teams' phones, cut off a lost one, and take in a file of visits."""

import io
import json
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from community_teams.models import Device, HeldVisit, Visit
from community_teams.phones.services import devices
from foundation.accounts.domain.roles import Role
from foundation.accounts.models import AuditEntry

PHONE = UUID("019aa1b2-0000-7000-8000-000000000001")


@pytest.fixture
def hamlet(make):
    return make.hamlet(name="Mẫu Xa")


@pytest.fixture
def member(make, hamlet):
    return make.person(area=hamlet, display_name="Lò Thị Mẫu")


@pytest.fixture
def officer(make, visitor, now):
    person = make.person(role=Role.COMMUNE_OFFICER, area=make.commune())
    visitor.sign_in(person.name)
    return person


@pytest.fixture
def heard(session, now):
    def heard(person, device=PHONE, pending=0, ago=timedelta(0), **told):
        devices.saw(session, device=device, person=person.id, pending=pending, now=now - ago, **told)
        session.commit()

    return heard


def upload(visitor, content, expect=200, **fields):
    if not isinstance(content, bytes):
        content = json.dumps(content).encode()
    return visitor.send("/quan-ly/may/nhap-phieu", expect=expect, file=(io.BytesIO(content), "phieu.json"), **fields)


def test_phones_that_hold_visits_come_first_the_longest_silent_on_top(visitor, make, hamlet, member, officer, heard):
    late = make.person(area=hamlet, display_name="Hà Văn Mẫu")
    done = make.person(area=hamlet, display_name="Vi Thị Xong")
    heard(member, pending=3, ago=timedelta(hours=1))
    heard(late, uuid4(), pending=12, ago=timedelta(days=2))
    heard(done, uuid4())

    menu = visitor.open("/quan-ly")
    page = visitor.follow(menu, next(words for words in menu.links if words.startswith("Máy của tổ")))

    assert "15 phiếu còn nằm trên 2 máy" in page
    assert page.text.index("Hà Văn Mẫu") < page.text.index("Lò Thị Mẫu")
    assert "còn 12 phiếu chưa gửi · liên lạc lần cuối 12:00 19/11/2026 · Bản Mẫu Xa" in page
    assert "Vi Thị Xong" not in page
    assert "Vi Thị Xong" in visitor.open("/quan-ly/may?loc=tat-ca")


def test_a_shared_phone_is_one_phone_with_a_line_for_each(visitor, make, hamlet, member, officer, heard):
    heard(member, pending=3)
    heard(make.person(area=hamlet, display_name="Hà Văn Mẫu"), pending=2)

    page = visitor.open("/quan-ly/may")
    assert "5 phiếu còn nằm trên 1 máy" in page
    assert "Còn phiếu 2" in page
    assert "Máy này 2 người dùng chung" in visitor.open(f"/quan-ly/may/{PHONE}")


def test_a_phone_tells_its_version_and_whether_it_keeps_what_it_stores(visitor, member, officer, heard):
    heard(member, pending=2, app_version="1.2.0", storage="best_effort")
    page = visitor.open(f"/quan-ly/may/{PHONE}")

    assert page.heading == "Máy của Lò Thị Mẫu"
    for words in ("1.2.0", "còn 2 phiếu chưa gửi", "Máy chưa hứa giữ", "Bản Mẫu Xa, xã Bát Mọt"):
        assert words in page


def test_a_lost_phone_is_cut_off_after_being_asked_and_let_back(visitor, member, officer, heard, session, now):
    heard(member, pending=2)
    asked = visitor.follow(visitor.open(f"/quan-ly/may/{PHONE}"), "Báo mất máy, ngắt máy này")
    assert "còn 2 phiếu chưa gửi" in asked
    assert session.scalars(select(Device.cut_off_at)).one() is None

    assert "Máy này đã bị ngắt" in visitor.send(asked.address)
    session.expire_all()
    assert session.scalars(select(Device.cut_off_at)).one() == now
    assert "Lò Thị Mẫu" in visitor.open("/quan-ly/may?loc=da-ngat")
    assert "Máy này đã bị ngắt" not in visitor.send(f"/quan-ly/may/{PHONE}/cho-lai")
    assert session.scalar(select(AuditEntry.who).where(AuditEntry.act == "cut_off_phone")) == officer.name


def test_phones_of_another_commune_do_not_exist_here(visitor, make, officer, heard):
    heard(make.person(area=make.hamlet(make.commune("15001"))))

    assert "Chưa máy nào liên lạc" in visitor.open("/quan-ly/may")
    for address in ("", "/ngat"):
        visitor.open(f"/quan-ly/may/{PHONE}{address}", expect=404)
    visitor.send(f"/quan-ly/may/{PHONE}/ngat", expect=404)


@pytest.mark.parametrize("role", [Role.TEAM_LEADER, Role.LEADER_READONLY])
def test_who_only_looks_on_cannot_cut_off_or_import(visitor, make, member, heard, now, role):
    visitor.sign_in(make.person(role=role, area=make.commune()).name)
    heard(member, pending=1)

    assert "Bác báo cán bộ xã để ngắt máy" in visitor.open(f"/quan-ly/may/{PHONE}")
    visitor.send(f"/quan-ly/may/{PHONE}/ngat", expect=403)
    visitor.open("/quan-ly/may/nhap-phieu", expect=403)


def test_a_visitor_sees_no_phones(visitor, member, now):
    visitor.sign_in(member.name)
    visitor.open("/quan-ly/may", expect=403)


def test_strange_addresses_still_open_the_list(visitor, officer):
    for address in ("?loc=x", "?trang=x", "?trang=99999", "?loc=%00"):
        visitor.open(f"/quan-ly/may{address}")


def test_a_file_of_visits_is_taken_in_once(visitor, make, hamlet, member, officer, session):
    households = [make.household(hamlet) for _ in range(3)]
    file = {"device": str(PHONE), "member": member.name, "visits": [make.visit_record(each) for each in households]}

    done = upload(visitor, file)
    assert "Tệp có 3 phiếu của Lò Thị Mẫu" in done
    assert "Ghi mới 3" in done
    assert "Mọi phiếu đều đã vào sổ" in done
    again = upload(visitor, file)
    assert "Ghi mới 0 Đã có từ trước 3" in again
    assert session.scalar(select(func.count()).select_from(Visit).where(Visit.member_id == member.id)) == 3
    assert session.scalars(select(Visit.device).distinct()).one() == PHONE
    entry = session.scalars(select(AuditEntry).where(AuditEntry.act == "import_visits").order_by(AuditEntry.id)).first()
    assert (entry.who, entry.what) == (officer.name, {"person": member.name, "stored": 3})


def test_a_phone_names_its_member_by_number(visitor, make, hamlet, member, officer):
    file = {"member": str(member.id), "visits": [make.visit_record(make.household(hamlet))]}

    assert "1 phiếu của Lò Thị Mẫu" in upload(visitor, file)


def test_each_visit_of_a_file_is_judged_by_itself(visitor, make, hamlet, member, officer, session):
    good, elsewhere = make.visit_record(make.household(hamlet)), make.visit_record(make.household(None, "M9-001"))
    changed = {**good, "outcome": "not_home"}
    noted = make.visit_record(make.household(hamlet, "M1-777"), note="Số 038012345678")
    done = upload(visitor, {"visits": [good, elsewhere, changed, noted, "?"]}, member=f" {member.name} ")

    assert "Ghi mới 1 Đã có từ trước 0 Chờ người xem 1" in done
    assert "Chờ người sửa 3" in done
    assert "Phiếu thứ 2, hộ M9-001: chờ người sửa. Hộ: Hộ này không có trong sổ" in done
    assert "Phiếu thứ 4, hộ M1-777: chờ người sửa. Ghi chú:" in done
    assert "Phiếu thứ 5: chờ người sửa. Cả phiếu: Chỗ này hỏng" in done
    assert "dãy số giống số căn cước" in done
    assert session.scalar(select(func.count()).select_from(HeldVisit)) == 4


def test_whose_visits_they_are_is_known_from_their_phone(visitor, make, hamlet, member, officer, heard, session):
    heard(member)
    record = make.visit_record(make.household(hamlet))

    assert "của Lò Thị Mẫu" in upload(visitor, {"device": str(PHONE), "visits": [record]})
    heard(make.person(area=hamlet))  # now two share it
    shared = upload(visitor, {"device": str(PHONE), "visits": [record]}, expect=422)
    assert "Tệp không ghi phiếu của ai" in shared


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "không phải tệp phiếu"),
        (b"\xff\xfe", "không phải tệp phiếu"),
        (b"[" * 50_000, "không phải tệp phiếu"),
        (b"[]", "không phải tệp phiếu"),
        (b'{"visits": {}}', "không phải tệp phiếu"),
        (b'{"visits": []}', "không có phiếu nào"),
        (json.dumps({"visits": [1] * 2001}).encode(), "nhiều phiếu quá"),
        (b'{"visits": [1], "device": 7}', "Tệp không ghi phiếu của ai"),
        (b'{"visits": [1], "member": "khong-co"}', "không có ai mang tên đăng nhập này"),
        (b'{"visits": [1], "member": "999999999999"}', "không có ai mang tên đăng nhập này"),
        (b'{"visits": [1], "member": "a\\u0000b"}', "không có ai mang tên đăng nhập này"),
    ],
)
def test_what_is_no_file_of_visits_is_said_and_nothing_written(visitor, officer, session, content, words):
    page = upload(visitor, content, expect=422)

    assert "Chưa nhập được, chưa ghi gì" in page
    assert words in page
    assert session.scalar(select(func.count()).select_from(Visit)) == 0


def test_no_file_at_all_is_said(visitor, officer):
    assert "Bác chưa chọn tệp" in visitor.send("/quan-ly/may/nhap-phieu", expect=422, member="a")


def test_a_member_of_another_commune_is_not_known_here(visitor, make, officer):
    stranger = make.person(area=make.hamlet(make.commune("15001")))

    assert "không có ai mang tên" in upload(visitor, {"visits": [1]}, expect=422, member=stranger.name)


def test_a_file_writes_nothing_outside_the_organisers_commune(visitor, make, hamlet, member, officer, session):
    beyond = make.hamlet(make.commune("15001"))
    member.holdings.append(make.holding(Role.VISITOR, beyond))
    session.commit()

    done = upload(visitor, {"member": member.name, "visits": [make.visit_record(make.household(beyond))]})

    assert "Ghi mới 0" in done
    assert "Chờ người sửa 1" in done
    assert session.scalar(select(func.count()).select_from(Visit)) == 0
    # The officer who brought it in can look at it.
    assert session.scalars(select(HeldVisit.hamlet_code)).one() == hamlet.code


def test_the_command_says_what_became_of_each_visit(app, make, hamlet, member, now, tmp_path, session):
    file = tmp_path / "phieu.json"
    records = [make.visit_record(make.household(hamlet)), make.visit_record(make.household())]
    file.write_text(json.dumps({"visits": records}))
    run = app.test_cli_runner().invoke

    assert "thêm --member" in run(args=["teams", "import-visits", str(file)]).output
    done = run(args=["teams", "import-visits", str(file), "--member", member.name])
    assert done.exit_code == 0
    assert "Phiếu 2: chưa ghi được (household: hộ không có trong sổ" in done.output
    assert "Lò Thị Mẫu: 1 phiếu ghi mới, 0 đã có, 0 chờ người xem, 1 chờ người sửa, 0 chưa nhận" in done.output
    assert "1 đã có" in run(args=["teams", "import-visits", str(file), "--member", member.name]).output
