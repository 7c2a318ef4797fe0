"""The visit form on a page, the desk, the sheet of paper typed in, and the issue that goes on from there."""

import io
import re

import pypdfium2


def open_a_known_household(phone) -> None:
    """The form of a household that somebody was met in before."""
    phone.open("/doi-so")
    phone.page.locator("main a", has_text="Bản Mẫu 1").first.click()
    phone.page.wait_for_load_state()
    phone.page.get_by_role("link", name=re.compile("Đã gặp")).click()
    phone.page.wait_for_load_state()
    doors = [door.get_attribute("href") for door in phone.page.locator("a.door").all()]
    for door in doors:
        phone.page.goto(f"{door}/tham")
        if phone.sees("Đã điền sẵn những gì biết từ lần trước"):
            return
    raise AssertionError("the sample has no household that told anything")


def test_a_repeat_visit_is_told_from_what_is_known(phone):
    phone.sign_in("to-vien")
    open_a_known_household(phone)
    phone.look()
    phone.choose("Gặp được, còn việc phải quay lại")
    phone.choose("Đồng ý ghi, kèm mã hộ")
    for part in (
        "Gia đình",
        "Điện thoại, sóng, điện",
        "Người thứ 1",
        "Thêm người khác trong nhà",
        "Việc khó cần chuyển lên",
    ):
        phone.page.locator("summary", has_text=part).first.click()
    phone.page.locator("[name='people.0.skills.scam_call'][value='2']").check()
    phone.page.locator("[name='issues.0.type']").select_option("portal")
    phone.look()
    phone.tap("Lưu lượt thăm")

    assert "/da-ghi/" in phone.address
    phone.tap("Ghi nhầm? Sửa lượt này")
    assert phone.page.locator("[name='people.0.skills.scam_call'][value='2']").is_checked()


def test_half_a_minute_at_the_desk(phone):
    phone.sign_in("to-truong")
    phone.open("/doi-so")
    phone.tap("Ghi nhanh tại bàn hỗ trợ")
    phone.page.locator("[name=hamlet]").select_option(label="Bản Mẫu 1")
    phone.write("Mã hộ", "7")
    phone.choose("Dạy một bài học số")
    phone.page.locator("[name='issues.0.type']").select_option("scam")
    phone.tap("Lưu, mời người kế")

    assert phone.sees("Hộ M1-007")
    assert phone.page.locator("#household_code").input_value() == ""


def test_a_sheet_of_paper_is_printed_and_typed_in(phone):
    phone.sign_in("to-vien")
    phone.open("/doi-so")
    phone.page.locator("main a", has_text="Bản Mẫu 1").first.click()
    phone.page.wait_for_load_state()
    phone.tap("Phiếu giấy: in mang đi, chép vào máy")
    sheet = phone.download("In phiếu trắng (PDF)")
    assert len(pypdfium2.PdfDocument(io.BytesIO(sheet.path().read_bytes()))) == 2
    phone.tap("Chép phiếu vào máy")

    # The cursor stands in the first box to be typed in; Enter keeps the sheet, and the next household follows.
    first = phone.page.locator("#household_code").input_value()
    phone.page.keyboard.type("88")
    phone.page.keyboard.press("Enter")
    phone.page.get_by_text("Chưa lưu được").wait_for()
    phone.look()
    assert phone.page.locator("#outcome").input_value() == "88"
    phone.page.locator("#outcome").fill("3")
    phone.page.keyboard.press("Enter")
    phone.page.get_by_text("Đã ghi phiếu trước").wait_for()
    phone.look()
    assert phone.page.locator("#household_code").input_value() not in ("", first)


def test_an_issue_goes_a_step_further(phone):
    phone.sign_in("can-bo-xa")
    phone.open("/quan-ly/vuong-mac")
    phone.page.locator("a.issue-name").first.click()
    phone.page.wait_for_load_state()
    phone.look()
    phone.choose("Đang xử lý")
    phone.write("Ai nhận xử lý", "Công an xã")
    phone.tap("Lưu bước này")

    assert phone.sees("Công an xã")
    assert phone.sees("Cán bộ xã Mẫu")


def test_without_javascript_nothing_typed_is_lost(plain_phone):
    plain_phone.sign_in("to-vien")
    open_a_known_household(plain_phone)
    page = plain_phone.page
    plain_phone.choose("Gặp được, xong việc")
    page.locator("summary", has_text="Người thứ 1").first.click()
    page.locator("[name='people.0.skills.wifi'][value='1']").check()
    plain_phone.tap("Lưu lượt thăm")

    assert plain_phone.sees("chưa ghi bà con có đồng ý không")
    assert page.locator("[name='people.0.skills.wifi'][value='1']").is_checked()
    plain_phone.choose("Chỉ đếm số, không ghi là nhà ai")
    plain_phone.tap("Lưu lượt thăm")
    assert "/da-ghi/" in plain_phone.address
