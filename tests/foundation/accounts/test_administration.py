"""Administrators look after accounts; nobody reaches further than their own area."""

from datetime import date

import pytest
from sqlalchemy import select

from foundation.accounts.domain.roles import Role
from foundation.accounts.models import AuditEntry, Person
from tests.visitor import Visitor

LIST = "/quan-ly/tai-khoan"
PASSWORD = "suối trong núi"


@pytest.fixture
def admin(visitor, make, now):
    """The administrator of Thanh Hóa, signed in."""
    person = make.person("quan-tri", Role.ADMIN, make.province())
    visitor.sign_in("quan-tri")
    return person


@pytest.fixture
def form(make):
    make.hamlet(name="Mẫu 7", code="15607-007")
    return {
        "name": "lan.batmot",
        "display_name": "Hà Thị Lan",
        "password": PASSWORD,
        "role": "visitor",
        "area": "15607-007",
    }


def person_named(session, name):
    session.expire_all()
    return session.scalars(select(Person).where(Person.name == name)).one_or_none()


def page_of(person) -> str:
    return f"{LIST}/{person.id}"


def test_an_administrator_adds_somebody_who_then_signs_in(visitor, app, admin, form):
    page = visitor.send(f"{LIST}/them", **form)
    assert page.heading == "Hà Thị Lan"
    assert "Tổ viên · Bản Mẫu 7, xã Bát Mọt" in page

    new = Visitor(app)
    new.sign_in("lan.batmot", PASSWORD)
    assert new.open("/tai-khoan").heading == "Hà Thị Lan"


def test_the_area_may_be_given_by_its_name(visitor, admin, form, session):
    visitor.send(f"{LIST}/them", **form | {"area": "bản mẫu 7"})

    assert person_named(session, "lan.batmot").holdings[0].area_path == "38/15607/15607-007/"


def test_a_name_several_areas_share_is_asked_back(visitor, admin, form, make, session):
    make.hamlet(make.commune("15610"), name="Mẫu 7", code="15610-007")

    page = visitor.send(f"{LIST}/them", expect=422, **form | {"area": "mẫu 7"})

    assert "nhiều nơi trùng tên" in page
    assert "Bản Mẫu 7, xã Mẫu 15610" in page
    assert 'value="15610-007"' in page.html
    assert person_named(session, "lan.batmot") is None


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"name": ""}, "chưa điền"),
        ({"name": "x" * 300}, "Dài quá"),
        ({"name": "lan\0batmot"}, "chỉ gồm chữ cái"),
        ({"name": "QUẢN-TRỊ"}, "đã có người dùng"),
        ({"display_name": "x" * 300}, "Dài quá"),
        ({"display_name": "Lan\0"}, "ký tự không dùng được"),
        ({"password": "ngan"}, "ít nhất 8 ký tự"),
        ({"password": "lan.batmot"}, "trùng tên đăng nhập"),
        ({"password": "12345678"}, "dễ đoán"),
        ({"role": "king"}, "chọn một trong"),
        ({"role": ""}, "chọn một trong"),
        ({"area": ""}, "chưa điền"),
        ({"area": "99999"}, "Chưa tìm thấy nơi này"),
        ({"area": "15607"}, "không giữ ở cấp đó"),
        ({"area": "\0"}, "Chưa tìm thấy nơi này"),
        ({"area": "VN", "role": "admin"}, "Chưa tìm thấy nơi này"),
        ({"area": "x" * 3000}, "Chưa tìm thấy nơi này"),
    ],
)
def test_a_faulty_form_says_what_is_wrong_keeps_what_was_typed_and_adds_nobody(
    visitor, admin, form, session, change, told
):
    given = form | change

    page = visitor.send(f"{LIST}/them", expect=422, **given)

    assert told in page
    if "display_name" not in change:
        assert 'value="Hà Thị Lan"' in page.html
    assert given["password"] not in page.html or given["password"] == given["name"]
    assert session.query(Person).count() == 1


def test_a_role_is_given_and_ended(visitor, admin, form, make, session):
    person = make.person("to-vien", area=make.hamlet(code="15607-001"))

    page = visitor.send(f"{page_of(person)}/vai-tro", role="team_leader", area="15607", valid_to="2026-12-31")
    assert "Tổ trưởng · Xã Bát Mọt" in page
    assert "đến hết 31/12/2026" in page

    held = person_named(session, "to-vien").holdings
    page = visitor.send(f"{page_of(person)}/vai-tro/{held[0].id}/thoi")
    assert "Đã thôi" in page
    assert person_named(session, "to-vien").holdings[0].valid_to == date(2026, 11, 20)


def test_a_role_given_twice_is_held_once(visitor, admin, make, session):
    person = make.person("to-vien", area=make.hamlet(code="15607-001"))
    for _ in range(2):
        visitor.send(f"{page_of(person)}/vai-tro", role="team_leader", area="15607")

    assert len(person_named(session, "to-vien").holdings) == 2


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"valid_to": "2026-11-20"}, "Ngày này đã qua"),
        ({"valid_to": "mai"}, "Ngày chưa đúng"),
        ({"role": "admin", "area": "38/"}, "Chưa tìm thấy"),
    ],
)
def test_a_faulty_role_is_not_given(visitor, admin, make, session, change, told):
    person = make.person("to-vien", area=make.hamlet(code="15607-001"))

    page = visitor.send(f"{page_of(person)}/vai-tro", expect=422, **{"role": "team_leader", "area": "15607"} | change)

    assert told in page
    assert len(person_named(session, "to-vien").holdings) == 1


def test_a_reset_password_is_shown_once_and_works(visitor, app, admin, make):
    person = make.person("to-vien")
    old = Visitor(app)
    old.sign_in("to-vien")

    page = visitor.send(f"{page_of(person)}/mat-khau")
    password = page.html.split('"figure-value">')[2].split("<")[0]

    assert page.response.headers["Cache-Control"] == "no-store"
    assert old.client.get("/tai-khoan").status_code == 303
    assert password not in visitor.open(page_of(person)).html
    Visitor(app).sign_in("to-vien", password)


def test_a_deactivated_account_can_be_taken_up_again(visitor, app, admin, make):
    person = make.person("to-vien")
    other = Visitor(app)
    other.sign_in("to-vien")

    assert "Đã ngừng" in visitor.send(f"{page_of(person)}/ngung")
    assert other.client.get("/tai-khoan").status_code == 303

    visitor.send(f"{page_of(person)}/mo-lai")
    other.sign_in("to-vien")
    assert other.client.get("/tai-khoan").status_code == 200


def test_an_administrator_cannot_lock_themselves_out(visitor, admin, session):
    visitor.send(f"{page_of(admin)}/ngung", expect=403)
    visitor.send(f"{page_of(admin)}/vai-tro/{admin.holdings[0].id}/thoi", expect=403)

    assert visitor.open(LIST).status == 200


def test_every_change_is_written_down_without_a_password(visitor, admin, form, session):
    visitor.send(f"{LIST}/them", **form)
    person = person_named(session, "lan.batmot")
    visitor.send(f"{page_of(person)}/vai-tro", role="team_leader", area="15607")
    visitor.send(f"{page_of(person)}/vai-tro/{person.holdings[0].id}/thoi")
    visitor.send(f"{page_of(person)}/mat-khau")
    visitor.send(f"{page_of(person)}/ngung")
    visitor.send(f"{page_of(person)}/mo-lai")

    entries = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [entry.act for entry in entries] == [
        "sign_in",
        "add_person",
        "give_role",
        "end_role",
        "reset_password",
        "deactivate",
        "reactivate",
    ]
    assert {entry.who for entry in entries} == {"quan-tri"}
    assert all("password" not in entry.what and PASSWORD not in str(entry.what) for entry in entries)


def test_an_administrator_does_not_see_other_provinces(visitor, admin, make):
    elsewhere = make.person("nguoi-nghe-an", Role.PROVINCE_OFFICER, make.province("40", "Nghệ An"))

    assert "nguoi-nghe-an" not in visitor.open(LIST)
    visitor.open(page_of(elsewhere), expect=404)
    visitor.send(f"{page_of(elsewhere)}/mat-khau", expect=404)


def test_an_account_that_reaches_further_is_not_taken_over(visitor, admin, make, session):
    make.province("40", "Nghệ An")
    both = make.person("hai-tinh", Role.PROVINCE_OFFICER, "38/")
    both.holdings.append(make.holding(Role.ADMIN, "40/"))
    session.commit()

    visitor.open(page_of(both))
    for act in ("mat-khau", "ngung", f"vai-tro/{both.holdings[0].id}/thoi"):
        visitor.send(f"{page_of(both)}/{act}", expect=403)


def test_an_administrator_of_the_nation_is_out_of_reach_of_a_province(visitor, admin, make):
    highest = make.person("cao-nhat", Role.ADMIN, "")

    visitor.send(f"{page_of(highest)}/mat-khau", expect=404)


def test_a_role_of_somebody_else_is_not_ended_through_this_page(visitor, admin, make):
    one, other = make.person("mot"), make.person("hai")

    visitor.send(f"{page_of(one)}/vai-tro/{other.holdings[0].id}/thoi", expect=404)


@pytest.mark.parametrize("number", ["0", "999999", "99999999999999999999", "x"])
def test_somebody_who_does_not_exist_is_not_found(visitor, admin, number):
    visitor.open(f"{LIST}/{number}", expect=404)


def test_a_commune_officer_sees_the_accounts_of_the_commune_and_changes_none(visitor, make, now):
    make.person("can-bo-xa", Role.COMMUNE_OFFICER, make.commune())
    member = make.person("to-vien", area=make.hamlet())
    make.person("xa-khac", area=make.hamlet(make.commune("15610")))
    visitor.sign_in("can-bo-xa")

    page = visitor.open(LIST)
    assert "to-vien" in page
    assert "xa-khac" not in page
    assert "Đặt lại mật khẩu" not in visitor.open(page_of(member))
    for address in (f"{page_of(member)}/mat-khau", f"{page_of(member)}/ngung", f"{LIST}/them"):
        visitor.send(address, expect=403)


def test_a_visitor_sees_no_accounts(visitor, make, now):
    make.person("to-vien")
    visitor.sign_in("to-vien")

    visitor.open(LIST, expect=403)


def test_long_lists_are_turned_and_searched(visitor, admin, make):
    hamlet = make.hamlet()
    for number in range(55):
        make.person(f"to-vien-{number:02}", area=hamlet, display_name=f"Hà Văn Mẫu {number}")

    page = visitor.open(LIST)
    assert "to-vien-48" in page
    assert "to-vien-50" not in page
    assert "to-vien-54" in visitor.follow(page, "Trang sau")
    assert "to-vien-07" in visitor.open(LIST + "?tim=Tổ-viên-07")
    assert "to-vien-31" in visitor.open(LIST + "?tim=Mẫu 31")
    assert "Không có ai khớp" in visitor.open(LIST + "?tim=%00%25&trang=99999999999")
