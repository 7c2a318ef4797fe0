"""A tap beside the mark: the right place lights up where the eye can find it, and the hint stands beside it."""

CARDS = "/bai-hoc/at-da-bi-lua/tap/sau-viec-goi-ngan-hang"


def test_the_place_that_was_meant_is_in_sight_with_its_hint(phone):
    phone.open(CARDS)
    phone.page.locator('button[name="given"]').first.click()
    phone.page.locator(".word .notice-care").wait_for()
    phone.page.wait_for_function("document.querySelector('.flash').getBoundingClientRect().bottom <= innerHeight")
    phone.look()

    assert phone.page.locator(".word .notice-care").evaluate("it => it.getBoundingClientRect().top") >= 0
    assert phone.page.locator(".flash").evaluate("it => getComputedStyle(it).boxShadow") != "none"


def test_an_empty_box_looks_empty_by_night(browser, server):
    """A dark square on a light card reads as ticked."""
    context = browser.new_context(viewport={"width": 360, "height": 740}, base_url=server, color_scheme="dark")
    page = context.new_page()
    page.goto("/bai-hoc/vneid-di-lam/tap")

    assert page.locator(".tick input").first.evaluate("it => getComputedStyle(it).colorScheme") == "light"
    context.close()
