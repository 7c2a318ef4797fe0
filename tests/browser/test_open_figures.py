"""Anybody reads the layers, the indicators and the open data: by touch, by keyboard and without JavaScript."""

import csv
import io

import pytest

from tests.browser.phone import Phone

COMMUNE = "14956"


@pytest.fixture
def wide_and_dark(browser, server):
    context = browser.new_context(
        viewport={"width": 1280, "height": 800},
        locale="vi-VN",
        base_url=server,
        color_scheme="dark",
        reduced_motion="reduce",
    )
    yield Phone(context)
    context.close()


def test_a_layer_is_chosen_and_a_week_drawn_by_keyboard(phone):
    phone.open("/do-phu/38")
    phone.page.get_by_label("Bản đồ cho biết").select_option("tieng-noi")
    phone.tap("Xem")
    assert "lop=tieng-noi" in phone.address
    assert phone.sees("Theo từng tiếng")

    slider = phone.page.get_by_label("Kéo để xem từng tuần")
    slider.focus()
    with phone.page.expect_navigation():
        slider.press("ArrowLeft")
    phone.look()
    assert "tuan=20" in phone.address
    assert phone.sees("Cộng dồn từ đầu đến hết ngày")

    # Past the map in one tap, to the table that says the same.
    skip = phone.page.get_by_role("link", name="Bỏ qua bản đồ, đến bảng số liệu")
    skip.focus()
    skip.press("Enter")
    assert phone.page.evaluate("document.activeElement.id") == "table-title"


def test_indicators_are_explained_and_taken_along(phone):
    phone.open("/do-phu/chi-so")
    assert phone.sees("Kế hoạch Trung ương đặt ra")
    phone.open(f"/do-phu/{COMMUNE}/chi-so")
    assert phone.sees("Số liệu do tổ tự ghi, không phải số liệu chính thức")
    kept = phone.download("Tải bảng này (CSV)")

    rows = list(csv.DictReader(io.StringIO(kept.path().read_text("utf-8-sig"))))
    assert {row["figure"].partition(".")[0] for row in rows} == {f"K{n:02}" for n in range(1, 20)}
    assert all(row["number"] == "" for row in rows if row["status"] != "shown")


def test_open_data_explains_every_column_of_the_file_it_gives(phone):
    phone.open("/do-phu/du-lieu")
    kept = phone.download("Tải số liệu cả nước (CSV)")

    head = kept.path().read_text("utf-8-sig").splitlines()[0]
    explained = phone.page.locator("dt code").all_inner_texts()
    assert set(head.split(",")) <= set(explained)


def test_whoever_answers_for_a_commune_reads_it_on_a_wide_dark_screen(wide_and_dark):
    screen = wide_and_dark
    screen.sign_in("can-bo-xa")
    screen.open(f"/do-phu/{COMMUNE}?lop=vuong-mac")
    assert screen.sees("Số liệu nội bộ, không ẩn ô nào")
    screen.open(f"/do-phu/{COMMUNE}")
    assert screen.sees("không phải để xếp hạng ai")
    screen.open(f"/do-phu/{COMMUNE}/chi-so")
    assert screen.sees("K17")


def test_layers_and_weeks_are_there_without_javascript(plain_phone):
    plain_phone.open(f"/do-phu/{COMMUNE}")
    plain_phone.page.get_by_label("Bản đồ cho biết").select_option("song")
    plain_phone.page.get_by_label("Tính đến").select_option(index=1)
    plain_phone.page.get_by_role("button", name="Xem").click()
    plain_phone.page.wait_for_load_state()

    assert "lop=song" in plain_phone.address
    assert plain_phone.page.locator("svg.map a").count() == 4
    assert plain_phone.page.get_by_role("slider").count() == 0
    # Long before the first visit there is a page all the same.
    plain_phone.open(f"/do-phu/{COMMUNE}?lop=song&tuan=2020-01-01")
    assert plain_phone.sees("Lúc ấy chưa có số liệu")
