"""What stands above every page: on a phone it leaves the screen to the page, and still leads everywhere."""

import pytest

from tests.browser.phone import Phone

SAMPLE_ACCOUNTS = ["to-vien", "to-truong", "can-bo-xa", "can-bo-tinh", "quan-tri"]


def ways_shown(phone: Phone) -> list[str]:
    """Where the links above the page lead, as far as they can be seen."""
    links = phone.page.locator("header.top li a:visible")
    return [link.get_attribute("href") or "" for link in links.all()]


def height_of_the_top(phone: Phone) -> float:
    box = phone.page.locator("header.top").bounding_box()
    assert box is not None
    return box["height"]


@pytest.fixture(params=SAMPLE_ACCOUNTS)
def worker(request, phone):
    phone.sign_in(request.param)
    return phone


def test_the_menu_leaves_a_phone_to_the_page_and_still_leads_everywhere(worker):
    worker.page.set_viewport_size({"width": 1280, "height": 800})
    everything = sorted(ways_shown(worker))

    for width in (360, 768):
        worker.page.set_viewport_size({"width": width, "height": 740})
        assert height_of_the_top(worker) < 200
        assert ways_shown(worker), "the first places of work stand there without a tap"

        worker.page.locator("header.top summary").focus()
        worker.page.keyboard.press("Enter")
        worker.look()
        assert sorted(ways_shown(worker)) == everything
        for way in worker.page.locator("header.top li a:visible, header.top summary").all():
            assert way.evaluate("it => it.getBoundingClientRect().height") >= 48
        worker.page.keyboard.press("Enter")


def test_who_only_learns_sees_the_whole_menu_at_once(phone):
    phone.open("/")

    assert ways_shown(phone) == ["/khoa-hoc", "/toi", "/do-phu"]
    assert not phone.page.locator("header.top summary").count()
    assert height_of_the_top(phone) < 130


def test_the_menu_unfolds_without_javascript(plain_phone):
    plain_phone.sign_in("to-vien")
    plain_phone.page.get_by_text("Mục khác", exact=True).click()
    plain_phone.tap("Việc khó")

    assert plain_phone.heading == "Việc khó của bà con"


def test_nothing_is_cut_off_where_a_phone_is_read_at_twice_its_size(phone):
    phone.sign_in("to-vien")
    phone.page.set_viewport_size({"width": 180, "height": 740})
    for address in ("/", "/khoa-hoc", "/tim?q=otp", "/doi-so", "/lop-hoc"):
        phone.open(address)
        assert phone.page.evaluate("document.documentElement.scrollWidth") == 180, address
