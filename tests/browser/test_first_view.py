"""What a small phone shows before anybody scrolls: on every page the main action is there to be tapped."""

import pytest

from tests.browser.phone import Phone

SMALLEST = {"width": 360, "height": 560}  # a phone of five inches, its browser's bars taken off
# The whole of each element, and where it is covered by another at its middle.
SEEN = """element => {
  const box = element.getBoundingClientRect();
  const top = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
  return box.top >= 0 && box.bottom <= window.innerHeight && (top === element || element.contains(top));
}"""


@pytest.fixture
def small_phone(browser, server):
    context = browser.new_context(viewport=SMALLEST, locale="vi-VN", base_url=server, reduced_motion="reduce")
    yield Phone(context)
    context.close()


@pytest.mark.parametrize(
    ("address", "needed"),
    [
        ("/", [".button-main"]),
        ("/dang-nhap", ["#name", ".button-main"]),
        ("/xac-nhan", ["#ma", ".button-main"]),
        ("/khoa-hoc/vneid-cai-dat", [".button-main"]),
        ("/bai-hoc/vneid-kich-hoat", [".button-main:visible"]),
        ("/bai-hoc/vneid-kich-hoat/cau-hoi", [".choice, label:has(input[type=radio]), main button"]),
        ("/toi", [".button-main"]),
    ],
)
def test_the_main_action_needs_no_scrolling(small_phone, address, needed):
    small_phone.open(address)

    hidden = [each for each in needed if not small_phone.page.locator(each).first.evaluate(SEEN)]
    assert not hidden, f"{address} at {SMALLEST}: {hidden}"


def test_what_gets_the_focus_is_not_under_the_button_that_stays(small_phone):
    small_phone.open("/dang-nhap")
    small_phone.page.locator("#name").focus()
    small_phone.page.keyboard.press("Tab")

    assert small_phone.page.locator("#password").evaluate(SEEN)
