"""Walks of a commune officer through renaming, merging and splitting hamlets."""

import pytest
from sqlalchemy import func, select

from community_teams.models import Household, HouseholdGone
from community_teams.services.recounting import recount
from foundation.accounts.domain.roles import Role
from foundation.accounts.models import AuditEntry
from foundation.areas.domain.scope import NATION
from foundation.areas.models import Area
from tests.conftest import NOON
from tests.forms import untouched
from tests.foundation.areas.test_hamlets import NO_NAMES

ROOM = "/quan-ly/thon-ban"


@pytest.fixture
def hamlets(make):
    """Trên with two lanes, five households, two of them met; Dưới with two households."""
    upper = make.hamlet(name="Trên", official_households=6, households_source="UBND xã")
    lower = make.hamlet(name="Dưới", official_households=4, households_source="UBND xã")
    doors = [make.household(upper, f"T-{n}", lane="Ngõ 1" if n < 4 else "Ngõ 2") for n in range(1, 6)]
    for n in (1, 2):
        make.household(lower, f"D-{n}")
    make.visit(doors[0], issues=[{"type": "signal", "level": "carrier", "note": ""}])
    make.visit(doors[4], days_ago=9)
    make.person("to-vien", area=upper)
    return upper, lower


@pytest.fixture
def officer(make, visitor, now):
    person = make.person("can-bo", role=Role.COMMUNE_OFFICER, area=make.commune())
    visitor.sign_in(person.name)
    return person


def named(session, name):
    session.expire_all()
    return session.scalars(select(Area).where(Area.name == name)).one()


def codes_in(session, hamlet):
    session.expire_all()
    listed = select(Household.short_code).where(Household.hamlet_code == hamlet.code)
    return sorted(session.scalars(listed))


def acts(session):
    asked = select(AuditEntry).where(AuditEntry.act.like("%_hamlet")).order_by(AuditEntry.id)
    return [(each.act, each.who, each.what) for each in session.scalars(asked)]


def test_an_officer_walks_from_managing_to_a_hamlet_and_gives_it_another_name(visitor, hamlets, officer, session):
    commune = visitor.follow(visitor.open("/quan-ly"), "Thôn, bản Đổi tên, gộp hoặc tách thôn, bản, tổ dân phố")
    hamlet = visitor.follow(commune, "Bản Trên")
    form = visitor.follow(hamlet, "Đổi tên")
    done = visitor.send(form.address, **untouched(form) | {"kind": "thon", "name": "Thôn Trên Mới"})

    assert commune.heading == "Sắp xếp thôn, bản: xã Bát Mọt"
    assert "5 Đã gặp 2 hộ." in hamlet
    assert done.heading == "Thôn Trên Mới"
    assert "Đã đổi tên" in done
    assert visitor.open(f"/do-phu/{hamlets[0].code}").heading == "Độ phủ: thôn Trên Mới"
    what = {"hamlet": hamlets[0].code, "from": "Trên", "to": "Trên Mới"}
    assert acts(session) == [("rename_hamlet", "can-bo", what)]

    visitor.send(form.address, kind="thon", name="Trên Mới")
    assert len(acts(session)) == 1


@pytest.mark.parametrize(
    ("kind", "name", "told"),
    [
        ("ban", "  ", "Bác điền giúp ô này."),
        ("ban", "dưới", "Xã đã có một nơi mang tên này."),
        ("xa", "Trên", "Bác chọn giúp một nơi trong danh sách."),
        ("ban", "…", "Tên chỉ gồm chữ, số"),
        ("ban", "T" * 101, "Tên dài quá."),
        ("ban", "Gọi 0912345678", "Tên không thể có số điện thoại."),
    ],
)
def test_a_name_that_cannot_be_comes_back_with_what_was_typed(visitor, hamlets, officer, session, kind, name, told):
    page = visitor.send(f"{ROOM}/{hamlets[0].code}/doi-ten", expect=422, kind=kind, name=name)

    assert told in page
    assert f'value="{name}"' in page.html
    session.refresh(hamlets[0])
    assert hamlets[0].name == "Trên"


@pytest.mark.parametrize("name", NO_NAMES)
def test_no_door_takes_a_name_that_a_spreadsheet_would_run(visitor, hamlets, officer, session, name):
    kind = "ban"
    renamed = visitor.send(f"{ROOM}/{hamlets[0].code}/doi-ten", expect=422, kind=kind, name=name)
    households = [str(each) for each in session.scalars(select(Household.id).limit(1))]
    split = visitor.send(
        f"{ROOM}/{hamlets[0].code}/tach", expect=422, kind=kind, name=name, households=households, buoc="tach"
    )

    assert "Tên chỉ gồm chữ, số" in renamed
    assert "Tên chỉ gồm chữ, số" in split
    session.expire_all()
    assert {area.name for area in session.scalars(select(Area).where(Area.level == "hamlet"))} == {"Trên", "Dưới"}


def test_a_merge_tells_in_numbers_what_moves_before_it_does(visitor, hamlets, officer, session):
    upper, lower = hamlets
    page = visitor.open(f"{ROOM}/{upper.code}/gop?vao={lower.code}")

    assert page.heading == "Gộp bản Trên vào bản Dưới"
    for words in (
        "5 hộ, trong đó 2 hộ đã gặp",
        "2 lượt thăm, của mọi tuần",
        "1 việc khó còn mở",
        "1 người được giao bản Trên",
        "Danh sách chính thức của bản Dưới thành 10 hộ (4 + 6).",
        "Gộp rồi không có nút để trả lại như cũ",
    ):
        assert words in page
    assert codes_in(session, lower) == ["D-1", "D-2"]

    done = visitor.send(page.address, **untouched(page, "/gop"))
    assert done.heading == "Bản Dưới"
    assert "Bản Trên nay thuộc bản Dưới." in done
    assert codes_in(session, lower) == ["D-1", "D-2", "T-1", "T-2", "T-3", "T-4", "T-5"]
    assert recount(session, NATION, now=NOON) == []
    assert acts(session) == [("merge_hamlet", "can-bo", {"hamlet": upper.code, "into": lower.code})]

    again = visitor.send(page.address, **untouched(page, "/gop"))
    assert "Bản Trên đã sắp xếp lại từ ngày 21/11/2026. Không có gì bị mất." in again
    assert len(acts(session)) == 1


def test_doubled_codes_are_named_and_a_mark_is_asked_for(visitor, make, hamlets, officer, session):
    upper, lower = hamlets
    make.household(lower, "T-2")
    page = visitor.open(f"{ROOM}/{upper.code}/gop?vao={lower.code}")
    assert "1 hộ trùng mã với hộ của bản Dưới: T-2" in page

    without = visitor.send(page.address, expect=409, **untouched(page, "/gop"))
    assert "Vẫn còn mã hộ trùng nhau." in without
    strange = visitor.send(page.address, expect=422, vao=lower.code, mark="a b")
    assert "Chỉ gõ chữ và số" in strange
    assert 'value="a b"' in strange.html
    assert codes_in(session, lower) == ["D-1", "D-2", "T-2"]

    visitor.send(page.address, vao=lower.code, mark="tr")
    assert "TR-T-2" in codes_in(session, lower)


def test_a_merge_needs_a_hamlet_of_the_same_commune(visitor, make, hamlets, officer):
    far, sample = make.hamlet(commune=make.commune("15610")), make.hamlet(is_sample=True)
    address = f"{ROOM}/{hamlets[0].code}/gop"

    assert "Bác điền giúp ô này." in visitor.send(address, expect=422)
    for strange in (far.code, sample.code, hamlets[0].code, "38", "\0", "không-có"):
        assert "Bác chọn giúp một nơi" in visitor.send(address, expect=422, vao=strange)
        assert "Bác chọn giúp một nơi" in visitor.open(address, query_string={"vao": strange})


def split_form(visitor, hamlet, **more):
    form = visitor.open(f"{ROOM}/{hamlet.code}/tach")
    return visitor.send(form.address, **untouched(form) | {"name": "Mới", "buoc": "xem"} | more)


def test_a_lane_becomes_a_hamlet_of_its_own(visitor, hamlets, officer, session):
    upper = hamlets[0]
    asked = split_form(visitor, upper, lane="Ngõ 2", listed="2")

    assert asked.heading == "Tách bản Mới ra khỏi bản Trên"
    for words in (
        "Sang bản Mới: 2 hộ, trong đó 1 hộ đã gặp.",
        "Ở lại bản Trên: 3 hộ, trong đó 1 hộ đã gặp.",
        "2 lượt thăm và 1 việc khó đã ghi vẫn để ở bản Trên.",
        "1 người được giao bản Trên sẽ được giao cả hai nơi",
        "bản Trên còn 4 hộ, bản Mới có 2 hộ. Số chung của xã không đổi.",
    ):
        assert words in asked
    assert codes_in(session, upper) == ["T-1", "T-2", "T-3", "T-4", "T-5"]

    carried = untouched(asked) | {"buoc": "tach"}
    done = visitor.send(asked.address, **carried)
    new = named(session, "Mới")
    assert "Bản Mới nay là một địa bàn riêng, tách từ bản Trên." in done
    assert (codes_in(session, new), codes_in(session, upper)) == (["T-4", "T-5"], ["T-1", "T-2", "T-3"])
    assert session.scalar(select(func.count()).where(HouseholdGone.hamlet_code == upper.code)) == 2
    assert recount(session, NATION, now=NOON) == []

    again = visitor.send(asked.address, **carried)
    assert again.address == done.address
    assert acts(session) == [("split_hamlet", "can-bo", {"hamlet": upper.code, "new": new.code, "households": 2})]


def test_single_households_may_be_chosen_and_the_choice_changed(visitor, hamlets, officer, session):
    upper = hamlets[0]
    first = session.scalars(select(Household.id).where(Household.short_code == "T-1")).one()
    asked = split_form(visitor, upper, lane="Ngõ 2", household=str(first))
    assert "Sang bản Mới: 3 hộ, trong đó 2 hộ đã gặp." in asked
    assert "Danh sách chính thức của cả hai nơi ghi là chưa biết" in asked

    changed = visitor.send(asked.address, **untouched(asked) | {"buoc": "sua"})
    told = untouched(changed)
    assert (told["name"], told["lane"], told["household"]) == (["Mới"], ["Ngõ 2"], [str(first)])


def test_a_split_that_cannot_be_says_why_and_forgets_nothing(visitor, hamlets, officer, session):
    form = f"{ROOM}/{hamlets[0].code}/tach"

    page = visitor.send(form, expect=422, kind="ban", name="", listed="chín", buoc="xem")
    assert "Bác chọn giúp ít nhất một hộ." in page
    assert "Ô này cần một con số, ví dụ 45." in page
    assert 'value="chín"' in page.html
    page = visitor.send(form, expect=422, kind="ban", name="Dưới", listed="7", lane="Ngõ 2", buoc="xem")
    assert "Số này nhiều hơn cả danh sách chính thức." in page
    assert untouched(page)["lane"] == ["Ngõ 2"]
    page = visitor.send(form, expect=422, kind="ban", name="Dưới", lane="Ngõ 2", buoc="xem")
    assert "Xã đã có một nơi mang tên này." in page
    page = visitor.send(form, expect=422, kind="ban", name="Mới", lane=["Ngõ 1", "Ngõ 2"], buoc="tach")
    assert "Bác đã chọn hết mọi hộ" in page
    elsewhere = session.scalars(select(Household.id).where(Household.short_code == "D-1")).one()
    page = visitor.send(form, expect=409, kind="ban", name="Mới", households=f"{elsewhere} x", buoc="tach")
    assert "vừa được chuyển đi nơi khác" in page
    assert codes_in(session, hamlets[0]) == ["T-1", "T-2", "T-3", "T-4", "T-5"]


@pytest.mark.parametrize("page", ["", "/doi-ten", "/gop", "/tach"])
def test_nobody_changes_hamlets_of_others(visitor, make, hamlets, now, page):
    make.person("xa-ben", role=Role.COMMUNE_OFFICER, area=make.commune("15610"))
    make.person("to-truong", role=Role.TEAM_LEADER, area=make.commune())
    address = f"{ROOM}/{hamlets[0].code}{page}"

    for name, refused in (("xa-ben", 404), ("to-truong", 403)):
        visitor.sign_in(name)
        visitor.open(address, expect=refused)
        if page:
            visitor.send(address, expect=refused, kind="ban", name="Khác", vao=hamlets[1].code, lane="Ngõ 1")
    visitor.sign_in("xa-ben")
    visitor.open(f"{ROOM}/15607", expect=404)
    visitor.open(f"{ROOM}/vn", expect=404)
    visitor.open(f"{ROOM}/%00{page}", expect=404)


def test_a_province_names_and_merges_hamlets_but_sees_no_single_household(visitor, make, hamlets, now):
    visitor.sign_in(make.person(role=Role.PROVINCE_OFFICER, area=make.province()).name)
    commune = visitor.follow(visitor.open(ROOM), "Xã Bát Mọt")
    hamlet = visitor.follow(commune, "Bản Trên")

    assert "Tách ra một nơi mới" not in hamlet.links
    assert "Đổi tên" in hamlet.links
    visitor.open(f"{hamlet.address}/tach", expect=403)
    assert visitor.open(f"{hamlet.address}/gop?vao={hamlets[1].code}").heading == "Gộp bản Trên vào bản Dưới"


def test_a_nation_is_walked_down_by_province(visitor, make, hamlets, now):
    visitor.sign_in(make.person(role=Role.ADMIN, area="").name)

    assert "Xã Bát Mọt" in visitor.follow(visitor.open(ROOM), "Tỉnh Thanh Hóa").links
