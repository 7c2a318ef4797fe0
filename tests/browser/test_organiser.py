"""An organiser sees coverage as figures and as a map and takes the report along; everybody else sees public figures."""

import io
import json

import pypdfium2
import pytest


@pytest.fixture
def officer(phone):
    """A phone whose owner has signed in as the sample's province officer."""
    phone.sign_in("can-bo-tinh")
    assert phone.address.endswith("/quan-ly")
    return phone


def test_an_organiser_goes_from_province_to_commune_and_takes_the_report(officer):
    officer.open("/do-phu/38")
    assert officer.sees("Tỷ lệ")
    assert officer.page.locator("main svg a").count() >= 166

    officer.page.locator("main table a", has_text="Ngọc Lặc").first.click()
    officer.page.wait_for_load_state()
    officer.look()
    assert "Ngọc Lặc" in officer.heading
    assert officer.page.locator("main table", has_text="Mẫu").count() >= 1

    officer.open("/quan-ly")
    with officer.page.expect_download() as waiting:
        officer.page.locator('main a[href$=".pdf"]').first.click()
    report = pypdfium2.PdfDocument(io.BytesIO(waiting.value.path().read_bytes()))
    text = "\n".join(page.get_textpage().get_text_range() for page in report)
    assert "DỰ THẢO" in text
    assert "SỐ LIỆU MẪU" in text
    assert "Thanh H" in text


def test_the_map_can_be_enlarged_and_still_leads_on(officer):
    officer.open("/do-phu/38")

    officer.tap("Phóng to bản đồ")

    officer.page.locator(".leaflet-container").wait_for()
    officer.page.locator(".leaflet-container svg a", has_text="Ngọc Lặc").first.wait_for(state="attached")


def test_everybody_sees_public_figures_only(phone):
    phone.open("/do-phu")
    phone.open("/do-phu/38")

    assert phone.sees("không phải số liệu chính thức")
    assert phone.page.locator('main a[href$=".pdf"]').count() == 0
    told = json.loads(phone.page.request.get("/api/v1/coverage/38").text())
    assert "household" not in json.dumps(told).replace("households", "")
    phone.page.goto("/quan-ly")
    assert "/dang-nhap" in phone.address


def test_the_same_map_is_there_without_javascript(plain_phone):
    plain_phone.open("/do-phu/38")

    assert plain_phone.page.locator("main svg a").count() >= 166
    assert plain_phone.sees("Bảng số liệu")


def test_an_administrator_looks_after_accounts_and_the_log(phone):
    phone.sign_in("quan-tri")
    phone.open("/quan-ly/tai-khoan")
    assert phone.sees("to-truong")
    phone.open("/quan-ly/nhat-ky")
    assert phone.sees("quan-tri")
    phone.open("/tai-khoan")
