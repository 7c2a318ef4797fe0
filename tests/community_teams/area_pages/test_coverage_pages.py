"""Walks through /do-phu and /quan-ly, as a stranger and as somebody who answers for an area."""

from datetime import UTC, date, datetime
from xml.etree import ElementTree

import pytest

from community_teams.models import HamletTotal
from foundation.accounts.domain.roles import Role


@pytest.fixture
def hamlets(make, session):
    """Three hamlets of Bát Mọt: a large one, one with more met than listed, and one too small for the public."""
    for name, households, enumerated, reached, knocked in [
        ("Lớn", 200, 190, 120, 150),
        ("Dôi", 30, 36, 33, 34),
        ("Nhỏ", 8, 8, 4, 6),
    ]:
        hamlet = make.hamlet(
            name=name,
            official_households=households,
            households_source="Danh sách của xã",
            households_as_of=date(2026, 6, 1),
        )
        session.add(
            HamletTotal(
                hamlet_code=hamlet.code,
                path=hamlet.path,
                households=enumerated,
                reached=reached,
                knocked=knocked,
                last_visit_on=date(2026, 11, 20),
                updated_at=datetime(2026, 11, 20, 5, tzinfo=UTC),
                met_done=reached,
                not_home=knocked - reached,
                refused=7,
            )
        )
    session.commit()


@pytest.fixture
def officer(make):
    return make.person("can-bo", role=Role.COMMUNE_OFFICER, area=make.commune())


def svg_of(page):
    start = page.html.index('<svg class="map')
    return ElementTree.fromstring(page.html[start : page.html.index("</svg>", start) + 6])


def test_anybody_sees_how_far_a_province_is_and_what_it_is_measured_by(visitor, hamlets):
    page = visitor.open("/do-phu/38")

    assert page.heading == "Độ phủ: tỉnh Thanh Hóa"
    assert "65,9 %" in page
    assert "157 trên 238 hộ. Danh sách: Danh sách của xã, ngày 01/06/2026. Còn thiếu 70 hộ để đạt 95 %." in page
    assert "157 trên 234 hộ. Nguồn: sổ của các tổ." in page
    assert "Số liệu do tổ tự ghi, không phải số liệu chính thức." in page
    assert "lượt thăm gần nhất, ngày 20/11/2026" in page
    assert page.links["Xã Bát Mọt"] == "/do-phu/15607"


def test_one_walks_from_the_nation_down_to_a_hamlet_and_back(visitor, hamlets):
    nation = visitor.open("/do-phu")
    province = visitor.follow(nation, "Tỉnh Thanh Hóa")
    commune = visitor.follow(province, "Xã Bát Mọt")
    hamlet = visitor.follow(commune, "Bản Lớn")

    assert nation.heading == "Độ phủ: cả nước"
    assert hamlet.heading == "Độ phủ: bản Lớn"
    assert visitor.follow(hamlet, "Xã Bát Mọt").heading == "Độ phủ: xã Bát Mọt"
    assert visitor.follow(hamlet, "Cả nước").heading == "Độ phủ: cả nước"


def test_the_public_does_not_see_small_hamlets_nor_reasons_nor_reports(visitor, hamlets):
    page = visitor.open("/do-phu/15607")

    hidden = [link.get("aria-label") for link in svg_of(page) if (link.get("aria-label") or "").endswith("được ẩn")]
    assert hidden == ["bản Dôi: số liệu được ẩn", "bản Nhỏ: số liệu được ẩn"]
    assert "Vì sao chưa gặp" not in page
    assert "Hộ đã gõ cửa" not in page
    assert "PDF" not in page
    for link in [link for words, link in page.links.items() if words in {"Bản Nhỏ", "Bản Dôi"}]:
        assert "Số liệu nơi này được ẩn" in visitor.open(link)


@pytest.mark.parametrize("code", ["15607-hidden", "15607", "38", ""])
def test_a_hidden_page_leads_up_and_not_to_indicators_that_are_hidden_too(visitor, make, code):
    make.hamlet(code="15607-hidden", official_households=4)

    page = visitor.open(f"/do-phu/{code}".rstrip("/"))

    assert "Số liệu nơi này được ẩn" in page
    assert "Xem 19 chỉ số của nơi này" not in page.links
    if code:
        leads = [words for words in page.links if words.startswith("Xem độ phủ ")]
        assert "Độ phủ:" in visitor.follow(page, leads[0]).heading


def test_an_officer_sees_everything_within_reach_and_the_reasons(visitor, hamlets, officer):
    visitor.sign_in("can-bo")
    page = visitor.open("/do-phu/15607")

    assert "Số liệu nội bộ" in page
    assert "mẫu số cần rà lại" in page
    assert "110 %" in page
    assert "Vì sao chưa gặp" in page
    assert page.links["Tải báo cáo dự thảo (PDF)"] == "/quan-ly/bao-cao/15607.pdf"
    assert "số liệu được ẩn" not in page.html


def test_an_officer_sees_no_more_than_anybody_outside_the_own_area(visitor, hamlets, make, officer):
    make.person("xa-khac", role=Role.COMMUNE_OFFICER, area=make.commune("15610"))
    public = visitor.open("/do-phu/15607").text
    for name in ("xa-khac", "can-bo"):
        visitor.sign_in(name)
        page = visitor.open("/do-phu/15607" if name == "xa-khac" else "/do-phu/38")

        assert "Số liệu nội bộ" not in page
        assert "Vì sao chưa gặp" not in page
        if name == "xa-khac":
            # The menu differs, the figures do not.
            assert page.text.partition("Các tổ công")[2] == public.partition("Các tổ công")[2]
        visitor.send("/dang-xuat")


def test_an_area_nobody_has_begun_in_says_so(visitor, make):
    make.commune()

    assert "Chưa có số liệu" in visitor.open("/do-phu/15607")
    assert "Chưa có số liệu: 1 nơi" in visitor.open("/do-phu/38")


@pytest.mark.parametrize("code", ["99999", "38%2F", "..", "x" * 300, "15607'"])
def test_an_area_that_is_not_there_has_a_page_that_says_so(visitor, code):
    visitor.open(f"/do-phu/{code}", expect=404)


def test_the_map_on_the_page_is_well_formed_and_leads_to_every_child(visitor, hamlets):
    page = visitor.open("/do-phu/15607")
    addresses = [link.get("href") for link in svg_of(page) if link.get("href")]

    assert len(addresses) == 3
    assert set(addresses) <= set(page.links.values())


def test_pages_carry_no_inline_style_or_script(visitor, hamlets):
    page = visitor.open("/do-phu/15607")

    assert " style=" not in page.html
    assert "<style" not in page.html
    assert "<script>" not in page.html


def test_sample_data_is_marked_on_every_page_that_shows_it(visitor, make, session):
    make.hamlet(is_sample=True, official_households=40)

    for address in ("/do-phu", "/do-phu/38", "/do-phu/15607"):
        assert "SỐ LIỆU MẪU" in visitor.open(address)


def test_figures_for_machines_say_the_same_and_hide_the_same(visitor, hamlets):
    answer = visitor.client.get("/api/v1/coverage/15607")
    told = answer.get_json()

    assert told["area"] == {"code": "15607", "name": "Bát Mọt", "kind": "xa", "level": "commune"}
    assert told["figures"]["households"] == 238
    assert told["figures"]["reached_listed"] == 157
    assert told["figures"]["share"] == 0.659
    assert told["official"] is False
    assert {child["name"]: child["figures"] and child["figures"]["reached"] for child in told["children"]} == {
        "Dôi": None,
        "Lớn": 120,
        "Nhỏ": None,
    }
    assert "knocked" not in answer.text
    again = visitor.client.get("/api/v1/coverage/15607", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


def test_machines_get_only_public_figures_even_with_somebody_signed_in(visitor, hamlets, officer):
    outside = visitor.client.get("/api/v1/coverage/15607").get_json()
    visitor.sign_in("can-bo")

    assert visitor.client.get("/api/v1/coverage/15607").get_json() == outside


def test_an_unknown_code_is_a_problem_with_a_code_of_its_own(visitor):
    for address in ("/api/v1/coverage/99999", "/api/v1/outlines/99999"):
        answer = visitor.client.get(address)
        assert answer.status_code == 404
        assert answer.mimetype == "application/problem+json"
        assert answer.get_json()["code"] == "no_such_area"


def test_outlines_may_be_kept_for_ever_under_the_address_of_their_version(visitor, make):
    make.commune()
    moved = visitor.client.get("/api/v1/outlines/38")
    answer = visitor.client.get(moved.headers["Location"])

    assert moved.status_code == 302
    assert answer.get_json() == {"type": "FeatureCollection", "features": []}
    assert "immutable" in answer.headers["Cache-Control"]
    assert visitor.client.get("/api/v1/outlines/38?v=old").status_code == 302


def test_an_organiser_finds_the_own_areas_at_a_glance(visitor, hamlets, officer):
    visitor.sign_in("can-bo")
    page = visitor.open("/quan-ly")

    assert "65,9 %" in page
    assert page.links["Xã Bát Mọt"] == "/do-phu/15607"
    assert page.links["Tải báo cáo dự thảo (PDF)"] == "/quan-ly/bao-cao/15607.pdf"


def test_a_member_without_the_right_to_print_is_offered_no_report(visitor, make, hamlets):
    make.person("to-vien", role=Role.VISITOR, area=make.hamlet())
    visitor.sign_in("to-vien")

    assert "PDF" not in visitor.open("/quan-ly")


def test_a_stranger_is_asked_to_sign_in_before_managing(visitor):
    assert visitor.client.get("/quan-ly").status_code == 303
    assert visitor.client.get("/quan-ly/bao-cao/38.pdf").status_code == 303
