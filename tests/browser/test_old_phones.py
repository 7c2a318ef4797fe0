"""No tap is lost on an old phone, and what cannot be kept is told: newer members of browsers taken away, one by one."""

import pytest
from playwright.sync_api import expect

from courses.domain.practice import ScreenKind
from tests.browser.conftest import QUIET
from tests.browser.line import line_to
from tests.browser.old_phones import EVERYTHING, MEMBERS, ZALO, Posts, old_phone, script
from tests.browser.team_phone import TeamPhone
from tests.browser.walking import answer, practise

# Taps and a number to type.
LESSON = "vneid-cai"
HAMLET = "Bản Mẫu 1"
KEEPS_NOTHING = {"serviceWorker", "indexedDB", EVERYTHING}
ON_THE_PHONE = "Bài này đã ở trong máy"
LINE = "Mất sóng chưa học được ở đây"


@pytest.mark.parametrize("missing", [*MEMBERS, EVERYTHING])
def test_a_lesson_is_done_whatever_the_browser_lacks_and_each_answer_leaves_once(browser, server, catalogue, missing):
    lesson = catalogue.lesson(LESSON)
    with old_phone(browser, server, missing) as phone:
        posts = Posts(phone)
        phone.page.goto(f"/bai-hoc/{lesson.id}")
        if missing in KEEPS_NOTHING:
            phone.page.get_by_text(LINE).wait_for()
            assert not phone.page.get_by_text(ON_THE_PHONE).is_visible()
        else:
            phone.page.get_by_text(ON_THE_PHONE).wait_for()
            assert phone.page.evaluate("Boolean(navigator.serviceWorker.controller)")
            assert phone.page.evaluate(
                f"caches.match('/bai-hoc/{lesson.id}/goi.json', {{ignoreVary: true}}).then(Boolean)"
            )
        phone.page.goto(f"/bai-hoc/{lesson.id}/tap")
        screens = practise(phone, lesson, look=False)
        answer(phone, lesson)
        assert "học xong" in phone.heading
        assert not phone.complaints
    assert len(posts.bodies) == len(screens) + len(lesson.questions)
    asked = [screen for screen in screens if lesson.practice.screen(screen).kind is not ScreenKind.END]
    assert sum("given=" in body for body in posts.bodies) == len(asked) + len(lesson.questions), (
        "a tap was posted empty"
    )
    forms = [body.partition("form=")[2][:36] for body in posts.bodies]
    assert len(set(forms)) == len(forms), "an answer was posted twice"


@pytest.mark.parametrize("missing", ["serviceWorker", "indexedDB", EVERYTHING])
def test_a_member_is_told_before_anything_is_promised_and_visits_on_the_plain_page(browser, server, missing):
    with old_phone(browser, server, missing) as phone:
        phone.page.goto("/doi-so/tren-may")
        expect(phone.page.get_by_role("heading", level=1)).to_have_text("Ở đây chưa dùng được lúc mất sóng")
        why = (
            "Trình duyệt trên máy này cũ quá" if missing == EVERYTHING else "Trình duyệt này không cho giữ gì trên máy"
        )
        assert phone.sees(why)
        assert phone.sees("Chrome")
        assert not phone.sees("Đi thăm được cả khi mất sóng")
        phone.look()
        phone.tap("Mở danh sách hộ")
        phone.write("Tên đăng nhập", "to-vien")
        phone.page.locator("input[type=password]").fill("mau-thu-2026")
        phone.page.locator("main form button").first.click()
        phone.page.locator("a.hamlet-card").first.click()
        phone.page.locator("main a[href*='/doi-so/ho/']").first.click()
        phone.choose("Vắng nhà")
        phone.tap("Lưu lượt thăm")
        assert "/da-ghi/" in phone.address
        assert not phone.complaints


@pytest.mark.parametrize("missing", sorted(set(MEMBERS) - KEEPS_NOTHING))
def test_a_visit_is_made_offline_whatever_else_the_browser_lacks(browser, chromium, server, tmp_path, missing):
    with line_to(server) as line:
        launch = {"executable_path": chromium, "args": QUIET}
        phone = TeamPhone(browser.browser_type, line, tmp_path / "phone", launch, looks=False)
        phone.context.add_init_script(script(missing))
        phone.set_up()
        phone.page.get_by_text("Ứng dụng và danh sách hộ đã nằm trong máy.").wait_for()
        line.cut()
        phone.page.get_by_role("link", name=HAMLET).first.click()
        phone.wait_for(HAMLET)
        phone.go("Xem cả danh sách", HAMLET)
        phone.page.locator('[role="listitem"] a').last.click()
        phone.go("Ghi lượt thăm", "Lần này thế nào?")
        phone.go("Vắng nhà", "Vắng nhà")
        phone.find("Lưu lượt thăm").click()
        phone.page.get_by_text("còn 1 phiếu chưa gửi").wait_for()
        phone.page.evaluate("location.hash = '#/phieu'")
        phone.find("Gửi bây giờ").click()
        phone.page.get_by_text("Chưa gửi được: gọi mãi nơi nhận chưa trả lời").wait_for()
        line.mend()
        # Any page of the server is a sign of life: what waits leaves without a tap.
        phone.page.goto("/doi-so/hom-nay")
        phone.page.goto("/doi-so")
        phone.page.get_by_text("đã gửi hết").first.wait_for()
        phone.close()


def test_inside_zalo_nothing_is_promised_and_the_way_out_is_told(browser, server):
    with old_phone(browser, server, user_agent=ZALO) as phone:
        phone.open(f"/bai-hoc/{LESSON}")
        phone.page.get_by_text(LINE).click()
        phone.page.get_by_text("Mở bằng trình duyệt").wait_for()
        phone.look()
        assert phone.page.get_by_text(LINE).bounding_box()["y"] < 560
        phone.page.wait_for_timeout(4_000)
        assert not phone.page.get_by_text(ON_THE_PHONE).is_visible()
        for address in ("/tren-may", "/xac-nhan/quet", "/doi-so/tren-may", "/huong-dan"):
            phone.page.goto(address)
            title = phone.page.get_by_text("Bác đang mở trang này trong Zalo, Facebook…").first
            title.wait_for()
            if address != "/huong-dan":
                assert title.bounding_box()["y"] < 560, address
            phone.look()
        assert not phone.page.get_by_text("Đi thăm được cả khi mất sóng").is_visible()
