"""A campaign is planned and hung on the wall, and a hamlet tells others how it did it."""

import io

import pypdfium2
import pytest

from tests.browser.phone import Phone

COMMUNE = "14956"  # where the sample's team leader and commune officer are


@pytest.fixture
def another(browser, server):
    """Makes phones, or screens of another size, that have never been here before."""
    contexts = []

    def make(width=360, height=740, **more) -> Phone:
        context = browser.new_context(
            viewport={"width": width, "height": height},
            locale="vi-VN",
            base_url=server,
            reduced_motion="reduce",
            **more,
        )
        contexts.append(context)
        return Phone(context)

    yield make
    for context in contexts:
        context.close()


def test_the_wall_fits_the_screen_it_hangs_on(another):
    screen = another(1366, 768)
    screen.sign_in("can-bo-xa")
    for width, height in ((1366, 768), (1920, 1080)):
        screen.page.set_viewport_size({"width": width, "height": height})
        screen.open(f"/quan-ly/man-hinh/{COMMUNE}")

        assert screen.page.evaluate("document.documentElement.scrollHeight") <= height
        foot = screen.page.locator(".wall-foot").bounding_box()
        assert foot["y"] + foot["height"] <= height
        legend = screen.page.locator(".wall-map .legend").bounding_box()
        assert legend["y"] + legend["height"] <= foot["y"] + 1
    assert screen.sees("Hôm nay")


def test_a_plan_is_read_on_a_phone_and_gives_the_list_to_walk_with(phone):
    phone.sign_in("to-truong")
    phone.open(f"/quan-ly/ke-hoach/{COMMUNE}")
    assert phone.sees("Nên cử")

    phone.write("Mỗi tuần đi mấy buổi", "2")
    phone.tap("Tính lại")

    assert "days_a_week=2" in phone.address
    table = phone.page.locator(".plan-table")
    assert table.evaluate("each => each.scrollWidth <= each.clientWidth")
    assert table.get_by_role("row").count() > 1
    kept = phone.download("Tải để in (PDF)")
    assert len(pypdfium2.PdfDocument(io.BytesIO(kept.path().read_bytes()))) >= 1


def test_a_hamlet_tells_how_it_did_it_and_another_begins_from_that(phone, another):
    phone.sign_in("to-truong")
    phone.open("/quan-ly/mo-hinh-diem")
    phone.tap("Viết bài mới")
    phone.page.locator("select[name=hamlet]").select_option(index=2)
    told = {
        "Gọi việc này": "Sáng chủ nhật ở chợ (thử)",
        "Trước đây bà con": "Bà con ngại hỏi.",
        "Bà con và tổ đã làm": "1. Kê bàn ở chợ.\n2. Ai hỏi gì chỉ nấy.",
        "Những ai": "Tổ công nghệ số, gọi 0912 345 678.",
        "Mất bao nhiêu": "Hai người, mỗi tuần một buổi.",
        "Sau đó": "Nhiều người quay lại hỏi tiếp.",
        "Chỗ nào": "Ngày mưa thì vắng.",
    }
    for label, text in told.items():
        phone.write(label, text)
    phone.choose("Chi hội Phụ nữ")
    phone.tap("Lưu bản nháp")

    assert phone.sees("Đừng ghi số điện thoại")
    assert phone.page.get_by_label("Trước đây bà con").input_value() == "Bà con ngại hỏi."
    phone.write("Những ai", "Tổ công nghệ số.")
    phone.tap("Lưu bản nháp")
    assert phone.sees("Đã lưu bản nháp")
    assert phone.sees("Bản nháp")
    own = phone.address.partition("?")[0].rpartition("/")[2]

    officer = another(color_scheme="dark")
    officer.sign_in("can-bo-xa")
    officer.open(f"/quan-ly/mo-hinh-diem/{own}")
    officer.tap("Đưa lên cho mọi người xem")
    assert officer.sees("Bài đã công khai")

    stranger = another(1280, 800)
    stranger.open("/mo-hinh-diem")
    stranger.page.get_by_role("link", name="Sáng chủ nhật ở chợ (thử)").click()
    stranger.look()
    assert stranger.sees("1. Kê bàn ở chợ.")
    kept = stranger.download("Tải để in (PDF)")
    assert pypdfium2.PdfDocument(io.BytesIO(kept.path().read_bytes()))[0].get_textpage().get_text_range()

    phone.open(f"/mo-hinh-diem/{own}")
    phone.page.locator("select[name=hamlet]").select_option(index=1)
    phone.tap("Chép làm mẫu cho thôn mình")
    assert phone.page.get_by_label("Bà con và tổ đã làm").input_value().startswith("1. Kê bàn")
    assert phone.page.get_by_label("Sau đó").input_value() == ""

    officer.open(f"/quan-ly/mo-hinh-diem/{own}")
    officer.tap("Gỡ bài xuống")
    assert officer.sees("Bài đã gỡ xuống")
    assert stranger.page.request.get(f"/mo-hinh-diem/{own}").status == 404
