"""A member goes where there is no signal: sets the app up, visits, loses the browser, comes back, and is counted."""

import re

import pytest
from playwright.sync_api import Route
from sqlalchemy.orm import Session

from community_teams.domain.household_lists import NewHousehold
from community_teams.services.households import add_households
from foundation import clock
from foundation.database import make_engine
from foundation.settings import Settings
from tests.browser.team_phone import TeamPhone

HAMLET = "14956-M001"
DOOR = "M1-900"
KNOWN = "**/api/v1/known*"


@pytest.fixture(scope="module")
def named_household(server, served_folder) -> None:
    """A household whose family agreed to have its name written: Đặng."""
    settings = Settings(data_folder=served_folder, database_url="")
    new = NewHousehold(DOOR, HAMLET, lane="Ngõ Mẫu 9", label="Nhà ông Đặng Mẫu")
    with Session(make_engine(settings.database)) as session:
        add_households(session, [new], now=clock.now(), is_sample=True)
        session.commit()


def left_at_the_server(phone: TeamPhone) -> int:
    """What the page of the hamlet says, straight from the server."""
    phone.page.goto(f"/doi-so/{HAMLET}")
    found = re.search(r"Còn ([\d.]+) hộ", phone.page.locator("main").inner_text())
    assert found is not None
    return int(found.group(1).replace(".", ""))


def open_found(phone: TeamPhone, typed: str, heading: str) -> None:
    phone.go("Tìm một hộ", "Đi từng ngõ, gõ từng nhà")
    phone.page.locator('input[name="tim"]').fill(typed)
    phone.page.get_by_text("thấy 1 hộ").wait_for()
    phone.page.locator('[role="listitem"] a').click()
    phone.wait_for(heading)


def test_every_key_of_the_pad_stands_on_a_short_screen(make_phone):
    phone = make_phone(looks=False)
    phone.page.set_viewport_size({"width": 360, "height": 560})
    phone.page.goto("/doi-so/tren-may")
    phone.wait_for("Bác đăng nhập trước nhé")
    phone.find("Đăng nhập").click()
    phone.sign_in_here("to-vien")
    phone.wait_for("Chuẩn bị máy để đi thăm")
    phone.go("Chọn mã PIN", "Chọn mã PIN 6 số")

    box = phone.page.locator(".pin-go").bounding_box()

    assert box["y"] + box["height"] <= 560
    assert box["height"] >= 48


def answer_person(phone: TeamPhone, age: str, level: str) -> None:
    phone.touch(age)
    phone.touch("Mức 1")
    phone.find("Đi tiếp").click()
    phone.page.locator(".skill").first.wait_for()
    phone.look()
    for skill in phone.page.locator(".skill").all()[:4]:
        skill.get_by_text(level).click()
    phone.find("Đi tiếp").click()
    phone.page.get_by_text("Hôm nay đã giúp người này").wait_for()
    phone.touch("Dạy một bài học số")
    phone.page.locator(".lessons summary").first.click()
    phone.page.locator(".lessons .choice").first.click()
    phone.look()
    phone.go("Đi tiếp", "Hỏi từng người")


def test_a_visit_without_signal_outlives_the_browser_and_is_counted(make_phone, named_household):
    phone = make_phone()
    phone.set_up()
    left = left_at_the_server(phone)
    phone.page.goto("/doi-so")
    phone.unlock()
    phone.wait_for("Hôm nay mình đi đâu?")
    phone.line.cut()

    open_found(phone, "dang mau", f"Hộ {DOOR} · Nhà ông Đặng Mẫu")
    phone.go("Ghi lượt thăm", "Lần này thế nào?")
    phone.go("Gặp được, xong việc", "Xin phép bà con")
    phone.go("Đồng ý ghi, kèm mã hộ", "Gia đình")
    for _ in range(2):
        phone.page.get_by_label("Thêm một: Người lớn").click()
    phone.page.get_by_label("Bớt một: Trẻ dưới 6 tuổi").click()
    phone.touch("Tiếng Mường")
    phone.go("Đi tiếp", "Có ai cần giúp thêm không ạ?")
    phone.go("Bỏ qua", "Điện thoại trong nhà")
    phone.page.get_by_label("Thêm một: Điện thoại thông minh").click()
    phone.page.get_by_text("1", exact=True).or_(phone.page.locator('input[name="devices.smart"]')).first.wait_for()

    # The browser dies in the middle; nothing tapped is gone.
    phone.open_again()
    phone.unlock()
    phone.wait_for("Hôm nay mình đi đâu?")
    phone.go("Phiếu đang dở", f"Hộ {DOOR} · Nhà ông Đặng Mẫu", exact=False)
    phone.go("Ghi tiếp phiếu dở", "Sóng điện thoại tại nhà")
    phone.page.go_back()
    phone.wait_for(f"Hộ {DOOR} · Nhà ông Đặng Mẫu")
    phone.page.go_forward()
    phone.wait_for("Sóng điện thoại tại nhà")
    phone.touch("Yếu, chập chờn")
    phone.go("Đi tiếp", "Điện và Internet trong nhà")
    phone.touch("Điện lưới")
    phone.go("Đi tiếp", "Hỏi từng người")
    phone.go("Bắt đầu hỏi một người", "Người thứ 1")
    answer_person(phone, "60–69 tuổi", "Có người giúp")
    phone.go("Thêm một người", "Người thứ 2")
    answer_person(phone, "Từ 70 tuổi", "Chưa biết")
    phone.go("Đi tiếp", "Hôm nay đã giúp gì?")
    phone.touch("Nhắc cách tránh lừa đảo")
    phone.go("Đi tiếp", "Có việc khó cần chuyển lên không?")
    phone.touch("Sóng, Internet")
    phone.look()
    phone.go("Đi tiếp", "Hẹn lần sau")
    phone.find("Tuần sau").click()
    phone.go("Đi tiếp", "Bà con thấy thế nào?")
    phone.go("Hài lòng", "Ghi chú")
    phone.page.locator("textarea").fill("Gọi số 0912345678")
    phone.go("Đi tiếp", "Xem lại rồi lưu")
    phone.page.locator(".notice-danger a").click()
    phone.wait_for("Ghi chú")
    phone.page.locator("textarea").fill("Nhà cuối bản")
    phone.go("Đi tiếp", "Xem lại rồi lưu")
    phone.go("Lưu lượt thăm", f"Đã lưu lượt thăm hộ {DOOR}")
    phone.go("còn 1 phiếu chưa gửi", "Phiếu trên máy", exact=False)
    assert phone.sees(f"Phiếu hộ {DOOR}")

    phone.line.mend()
    phone.find("Gửi bây giờ").click()
    phone.page.get_by_text("đã gửi hết").first.wait_for()
    phone.look()
    assert left_at_the_server(phone) == left - 1
    phone.page.goto("/doi-so/hom-nay")
    assert phone.sees("Đã rà 2 người.")
    assert phone.sees("Nhà cuối bản")


def test_a_repeat_visit_asks_only_what_changed(make_phone, named_household):
    phone = make_phone(looks=False)
    # The line breaks after the list: one can visit, and what is known of the households comes another time.
    phone.page.context.route(KNOWN, lambda route: route.abort())
    phone.set_up()
    phone.page.goto("/doi-so")
    phone.page.context.unroute(KNOWN)
    held: list[Route] = []
    slow = True
    phone.page.context.route(KNOWN, lambda route: held.append(route) if slow else route.continue_())
    phone.unlock()
    phone.wait_for("Hôm nay mình đi đâu?")
    phone.looks = True
    open_found(phone, "ong dang", f"Hộ {DOOR} · Nhà ông Đặng Mẫu")
    assert not phone.sees("Lần trước biết được")
    start = phone.find("Ghi lượt thăm")
    start.focus()
    slow = False
    for route in held:
        route.continue_()
    phone.page.get_by_text("Lần trước biết được").wait_for()
    assert start.evaluate("link => link === document.activeElement")
    phone.go("Ghi lượt thăm", "Lần này thế nào?")
    phone.go("Gặp được, xong việc", "Xin phép bà con")
    phone.go("Đồng ý ghi, kèm mã hộ", "Gần xong rồi: nhà mình vẫn thế chứ ạ?")
    assert phone.sees("2 người lớn; 0 trẻ dưới 6 tuổi; Tiếng Mường")
    phone.go("Vẫn như thế", "Hỏi từng người")
    phone.page.locator("main .door").first.click()
    phone.wait_for("Người thứ 1")
    phone.find("Đi tiếp").click()
    phone.page.get_by_text("Lần trước: Có người giúp").first.wait_for()
    phone.look()
    phone.find("Vẫn như lần trước").click()
    phone.page.locator('.skill input[value="1"]:checked').nth(3).wait_for()
    assert phone.page.locator('.skill input[value="1"]:checked').count() == 4

    phone.page.evaluate("location.hash = location.hash.split('/tham')[0]")
    phone.wait_for(f"Hộ {DOOR} · Nhà ông Đặng Mẫu")
    phone.go("Bỏ phiếu dở, ghi lại từ đầu", "Bỏ phiếu đang dở?")
    phone.go("Bỏ phiếu dở", f"Hộ {DOOR} · Nhà ông Đặng Mẫu")
    assert not phone.sees("Phiếu đang dở")
    assert phone.sees("Lần trước biết được")


def test_other_screens_are_for_everybody(make_phone):
    phone = make_phone()
    phone.set_up()
    phone.page.locator(".hamlet-card").first.click()
    phone.wait_for("Bản Mẫu 1")
    phone.go("Xem cả danh sách", "Bản Mẫu 1")
    for address, heading in (
        ("#/hen", "Các hộ đã hẹn"),
        ("#/phieu", "Phiếu trên máy"),
        ("#/ho/khong-co", "Không có trang này"),
    ):
        phone.page.evaluate("address => { location.hash = address }", address)
        phone.wait_for(heading)
    phone.page.evaluate("location.hash = '#/may'")
    phone.wait_for("Về máy này")
    phone.page.get_by_role("button", name="Khoá ngay").click()
    phone.unlock("111999")
    phone.page.get_by_text("Mã PIN chưa đúng").wait_for()
    phone.go("Quên mã PIN", "Quên mã PIN")
    phone.go("Chọn mã PIN mới", "Chọn mã PIN 6 số")
    phone.press_pin("123456")
    phone.page.get_by_text("Mã này dễ đoán quá").wait_for()
    phone.press_pin("918273")
    phone.wait_for("Bấm lại mã PIN lần nữa")
    phone.press_pin("918273")
    phone.wait_for("Hôm nay mình đi đâu?")
    phone.page.evaluate("location.hash = '#/may'")
    phone.wait_for("Về máy này")
    phone.page.get_by_role("button", name="Thoát khỏi máy này").click()
    phone.wait_for("Bác đăng nhập trước nhé")


def test_two_members_share_a_phone_and_see_only_their_own(make_phone):
    phone = make_phone(looks=False)
    phone.set_up()
    phone.line.cut()
    phone.page.locator(".hamlet-card").first.click()
    phone.wait_for("Bản Mẫu 1")
    phone.go("Xem cả danh sách", "Bản Mẫu 1")
    phone.page.locator('[role="listitem"] a').last.click()
    phone.go("Ghi lượt thăm", "Lần này thế nào?")
    phone.go("Vắng nhà", "Vắng nhà")
    phone.find("Lưu lượt thăm").click()
    phone.page.get_by_role("heading", name="Đã lưu lượt thăm").wait_for()
    phone.page.evaluate("location.hash = '#/may'")
    phone.wait_for("Về máy này")
    phone.page.get_by_role("button", name="Khoá ngay").click()
    phone.wait_for("Chào bác, mời bác bấm mã PIN")
    phone.looks = True
    phone.go("Người khác dùng máy", "Bác là ai ạ?")
    phone.find("Người khác đăng nhập").click()
    phone.page.get_by_text("Gọi mãi nơi nhận chưa trả lời").wait_for()

    # Signing the first one out of the server loses nothing of theirs.
    phone.line.mend()
    phone.page.route("**/api/v1/visits", lambda route: route.abort())
    phone.find("Người khác đăng nhập").click()
    phone.sign_in_here("to-truong")
    phone.wait_for("Chuẩn bị máy để đi thăm")
    assert phone.sees("chưa có phiếu nào")
    phone.page.evaluate("location.hash = '#/ai'")
    phone.go("Tổ viên Mẫu", "Chào bác, mời bác bấm mã PIN")
    assert phone.sees("còn 1 phiếu chưa gửi")


def test_a_knock_is_recorded_by_keyboard_alone_in_two_taps(make_phone):
    phone = make_phone(looks=False)
    phone.set_up()
    phone.page.evaluate("location.hash = '#/may'")
    phone.wait_for("Về máy này")
    phone.page.get_by_role("button", name="Khoá ngay").focus()
    phone.page.keyboard.press("Enter")
    phone.wait_for("Chào bác, mời bác bấm mã PIN")
    phone.page.keyboard.press("Tab")
    phone.page.keyboard.type("402817")
    phone.page.keyboard.press("Enter")
    phone.wait_for("Về máy này")
    phone.page.evaluate("location.hash = '#/'")
    phone.wait_for("Hôm nay mình đi đâu?")

    def press_on(words: str, heading: str) -> None:
        for _ in range(80):
            phone.page.keyboard.press("Tab")
            if words in phone.page.evaluate("document.activeElement.innerText ?? ''"):
                break
        else:
            raise AssertionError(f"{words} is not reached by Tab")
        phone.page.keyboard.press("Enter")
        phone.wait_for(heading)

    press_on("Bản Mẫu 2", "Bản Mẫu 2")
    press_on("Xem cả danh sách", "Bản Mẫu 2")
    phone.page.locator('[role="listitem"]').first.wait_for()
    press_on("Chưa ai đến", "Hộ M2-")
    press_on("Ghi lượt thăm", "Lần này thế nào?")
    press_on("Vắng nhà", "Vắng nhà")
    press_on("Lưu lượt thăm", "Đã lưu lượt thăm hộ M2-")


def test_without_javascript_the_app_leads_to_the_list(plain_phone):
    plain_phone.sign_in("to-vien")
    plain_phone.open("/doi-so/tren-may")
    plain_phone.tap("Mở danh sách hộ")
    assert plain_phone.address.endswith("/doi-so?trang=thuong")
