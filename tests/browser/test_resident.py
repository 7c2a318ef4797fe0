"""A resident with a small phone and no account takes a course from first to last; somebody else checks the letter."""

import io
import re
import subprocess

import pypdfium2
import pytest
import zxingcpp

from tests.browser.phone import Phone
from tests.browser.walking import answer, pass_screen, practise, read

COURSE = "vneid-cai-dat"
LESSON = "vneid-kich-hoat"
NAME = "Giàng Thị Páo Sềnh"


def test_a_resident_learns_a_course_and_takes_the_letter_home(phone, catalogue, browser, server):
    course = catalogue.course(COURSE)
    phone.open("/")
    phone.open(f"/khoa-hoc/{COURSE}")

    for lesson in course.lessons:
        phone.open(f"/bai-hoc/{lesson.id}")
        assert phone.heading == lesson.title
        read(phone, lesson)
        phone.tap("Tập thử")
        if lesson.id == LESSON:
            _meet_the_fake_call(phone, lesson)
        seen = practise(phone, lesson)
        if lesson.id == LESSON:
            assert seen[0] == "cuoc-goi-chen"
        answer(phone, lesson)
        assert "học xong" in phone.heading

    phone.tap("Lấy giấy xác nhận")
    phone.write("Họ và tên", NAME)
    phone.choose("Từ 14 tuổi trở lên")
    phone.tap("Lấy giấy xác nhận")
    assert phone.sees("Giấy này còn giá trị")
    pdf = phone.download("Tải giấy về để in").path().read_bytes()

    said = subprocess.run(["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()
    assert NAME in said
    assert course.title in said
    assert "chứng chỉ" not in said.lower()
    address = _code_on(pdf)
    assert address.startswith(server)

    stranger = Phone(browser.new_context(viewport={"width": 360, "height": 740}, locale="vi-VN", base_url=server))
    stranger.open(address.removeprefix(server))
    assert stranger.sees("Giấy này còn giá trị")
    assert stranger.sees(NAME)
    # What follows "#" is for the phone that scans; whoever types the code comes to the same page without it.
    address = address.partition("#")[0]
    code = address.rsplit("/", 1)[1]
    stranger.open("/xac-nhan")
    stranger.page.locator("input[name=ma]").fill(f" {code[:5].lower()} {code[5:]} ")
    stranger.page.locator("main form button").click()
    stranger.page.wait_for_url(address)
    assert stranger.sees(course.title)
    stranger.page.context.close()


def _meet_the_fake_call(phone, lesson) -> None:
    """Up to the interrupting call: type a real-looking number, then give in to the caller, and be told why not."""
    sent: list[str] = []
    phone.page.on("request", lambda request: sent.append(request.post_data or ""))
    for screen in lesson.practice.screens:
        if screen.id == "so-dinh-danh":
            phone.page.locator("#typed").fill("038085001234")
            phone.page.locator("button.touch-go").click()
            assert phone.sees("Số vừa gõ không rời khỏi máy của bác")
            assert phone.page.locator("#typed").input_value() == ""
            assert not any("038085001234" in body for body in sent)
        if screen.id == "cuoc-goi-chen":
            phone.page.locator('button[value="doc-ma"]').click()
            phone.page.get_by_text("Dừng lại! Cán bộ thật không hỏi OTP").wait_for()
            phone.look()
            said = phone.page.locator("main").inner_text().replace("Báo chỗ sai", "")
            assert not re.search(r"\bsai\b", said, re.IGNORECASE)
            return
        phone.look()
        pass_screen(phone, screen)


def _code_on(pdf: bytes) -> str:
    """What a phone's camera reads from the printed letter."""
    page = pypdfium2.PdfDocument(io.BytesIO(pdf))[0].render(scale=3).to_pil()
    codes = zxingcpp.read_barcodes(page, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode))
    assert len(codes) == 1
    text: str = codes[0].text
    return text


@pytest.mark.parametrize("lesson_id", [LESSON, "at-gia-cong-an"])
def test_a_lesson_is_learned_without_javascript(plain_phone, catalogue, lesson_id):
    lesson = catalogue.lesson(lesson_id)
    plain_phone.open(f"/bai-hoc/{lesson.id}")

    read(plain_phone, lesson)
    plain_phone.tap("Tập thử")
    practise(plain_phone, lesson)
    answer(plain_phone, lesson)

    assert "học xong" in plain_phone.heading


def test_a_lesson_once_open_is_read_to_its_end_without_network(phone, catalogue):
    lesson = catalogue.lesson(LESSON)
    phone.open(f"/bai-hoc/{lesson.id}")
    # The worker comes a moment after the page, and a script after it: cut off between them, the console complains.
    phone.page.locator("html[data-keeping=ready]").wait_for(state="attached")
    phone.page.wait_for_load_state("networkidle")
    phone.page.context.set_offline(True)

    read(phone, lesson)


def test_a_lesson_is_walked_by_keyboard(phone, catalogue):
    lesson = catalogue.lesson(LESSON)
    phone.open(f"/bai-hoc/{lesson.id}/tap")
    right = next(target for target in lesson.practice.first.targets if target.right)
    button = phone.page.locator(f'button[value="{right.id}"]')

    for _ in range(30):
        phone.page.keyboard.press("Tab")
        if button.evaluate("it => it === document.activeElement"):
            break
    phone.page.keyboard.press("Enter")

    phone.page.wait_for_url(f"**/tap/{lesson.practice.screens[1].id}?*")
    assert phone.page.evaluate("document.activeElement.tagName") == "H1"


@pytest.mark.parametrize(
    "address",
    ["/", "/khoa-hoc", "/toi", "/huong-dan", "/quyen-rieng-tu", "/xac-nhan", "/do-phu", "/dang-nhap", "/giao-dien"],
)
def test_open_pages_stand_up_to_axe_by_day_and_by_night(phone, address):
    phone.open(address)
    phone.page.emulate_media(color_scheme="dark")
    phone.page.reload()
    phone._seen.clear()
    phone.look()


def test_the_interface_speaks_english_too(phone):
    phone.open("/")
    phone.tap("English")

    assert phone.page.locator("html").get_attribute("lang") == "en"
    assert phone.sees("This is not a government website")
