"""A grandmother and her grandson share a phone; a card brings what she learnt to another. With scripts and without."""

import io

import pypdfium2
import pytest
import zxingcpp

from courses.catalogue import Catalogue
from tests.browser.phone import Phone
from tests.browser.walking import answer, practise

LESSON = "at-otp"
ORDER = ("Con trâu", "Hoa ban", "Nhà sàn", "Mặt trăng")
SMALL = {"viewport": {"width": 360, "height": 740}, "locale": "vi-VN", "reduced_motion": "reduce"}


@pytest.fixture(params=[True, False], ids=["with scripts", "without scripts"])
def new_phone(request, browser, server):
    """Another phone at every call, none of which has ever been here."""
    contexts = []

    def make():
        contexts.append(browser.new_context(base_url=server, java_script_enabled=request.param, **SMALL))
        return Phone(contexts[-1], scripts=request.param)

    yield make
    for context in contexts:
        context.close()


def touch(phone, order):
    for picture in order:
        phone.tap(picture)


def test_two_people_share_a_phone_and_a_card_brings_one_of_them_to_another(new_phone, server):
    lesson = Catalogue.load().lesson(LESSON)
    shared = new_phone()
    shared.open("/toi")
    shared.tap("Thêm người học")
    shared.write("Gọi là gì?", "Bà Mến")
    shared.choose("Từ 14 tuổi trở lên")
    shared.tap("Thêm và bắt đầu học")
    shared.open(f"/bai-hoc/{LESSON}/tap")
    practise(shared, lesson)
    answer(shared, lesson)
    assert "học xong" in shared.heading

    shared.open("/toi")
    shared.tap("Thêm người")
    shared.write("Gọi là gì?", "Cu Tí")
    shared.choose("Dưới 14 tuổi")
    shared.tap("Thêm và bắt đầu học")
    assert shared.sees("bố, mẹ hoặc người giám hộ")
    shared.page.locator("[name=guardian_agrees]").check()
    shared.tap("Thêm và bắt đầu học")
    assert "Đã học" not in shared.page.locator("main").inner_text()
    shared.open("/")
    assert shared.sees("Đang học: Cu Tí")

    shared.tap("Đổi người")
    shared.tap("Bà Mến", exact=False)
    assert shared.sees("Đã học 1 trên")
    shared.tap("Thẻ học của tôi", exact=False)
    shared.tap("Làm thẻ học")
    touch(shared, ORDER)
    shared.tap("Tôi nhớ rồi, chạm lại thử")
    touch(shared, ORDER)
    assert shared.heading == "Thẻ học của bác"
    pdf = shared.download("In thẻ cỡ bỏ ví").path().read_bytes()

    found = new_phone()
    found.open(_code_on(pdf).removeprefix(server))
    touch(found, ORDER[::-1])
    assert found.sees("Bốn hình chưa đúng")
    assert not found.sees("Bà Mến")
    touch(found, ORDER)
    assert found.sees("Bà Mến")
    assert found.sees("Đã học 1 trên")
    assert not found.sees("Cu Tí")

    found.open("/toi/mang-theo")
    assert found.sees(lesson.title)
    found.open("/toi/quen")
    found.tap("Xoá hẳn mọi thứ")
    assert found.sees("Đã xoá hết")
    shared.open("/toi")
    assert not shared.sees("Bà Mến")
    assert shared.sees("Cu Tí")


def _code_on(pdf: bytes) -> str:
    """The address in the square code of a printed card, read as a camera would."""
    page = pypdfium2.PdfDocument(io.BytesIO(pdf))[0].render(scale=200 / 72).to_pil()
    codes = zxingcpp.read_barcodes(page, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode))
    assert len(codes) == 1
    return codes[0].text
