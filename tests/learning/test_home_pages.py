import re

import pytest
from cachetools import LRUCache

from courses.domain.lesson import Course
from learning.views import page_cache


@pytest.fixture
def two_courses(make):
    """Course "dau" of lessons mot and hai, optional course "them" of lesson ba."""

    def made() -> tuple[Course, Course]:
        one = make.course(
            id="dau", title="Khoá đầu", lessons=(make.lesson(id="mot", title="Bài một"), make.lesson(id="hai"))
        )
        other = make.course(
            id="them", number=2, title="Khoá thêm", optional=True, lessons=(make.lesson(id="ba", title="Bài ba"),)
        )
        return one, other

    return made()


def test_the_first_page_leads_to_the_first_lesson_to_the_paths_and_to_help(app, visitor):
    page = visitor.open("/")

    assert page.links["Bắt đầu học"] == "/bai-hoc/at-5-dau-hieu"
    assert page.html.count("button-main") == 1
    assert page.links["Đăng nhập"] == "/dang-nhap"
    assert "không phải trang của cơ quan nhà nước" in page
    for path in app.extensions["catalogue"].paths:
        assert f"/lo-trinh/{path.id}" in page.links.values()
    assert 'action="/tim"' in page.html


def test_the_course_everybody_needs_first_stands_first_and_the_optional_ones_last(visitor):
    for address in ("/", "/khoa-hoc"):
        page = visitor.open(address)
        order = re.findall(r'href="/khoa-hoc/([a-z-]+)"', page.html)
        assert order[0] == "an-toan-tren-mang"
        assert order[-2:] == ["ban-nong-san", "ai-co-ban"]
        assert len(order) == len(set(order)) == 10
        assert page.text.index("Học thêm, ai cần thì học") < page.text.index("Bán nông sản")


def test_drafts_are_owned_up_to_once_a_page_and_not_on_every_card(visitor):
    for address in ("/", "/khoa-hoc", "/khoa-hoc/an-toan-tren-mang", "/lo-trinh/nguoi-lon-tuoi"):
        assert visitor.open(address).text.count("bản nháp") == 1


def test_only_some_drafts_are_counted_and_no_drafts_are_not_mentioned(visitor, teach, make):
    teach(
        make.course(id="dau", lessons=(make.lesson(id="mot", draft=True), make.lesson(id="hai"))),
        make.course(id="sau", number=2, lessons=(make.lesson(id="ba"),)),
    )

    assert "1 trên 2 bài còn là bản nháp" in visitor.open("/khoa-hoc/dau")
    assert "nháp" not in visitor.open("/khoa-hoc/sau")


@pytest.mark.parametrize("address", ["/", "/khoa-hoc", "/khoa-hoc/dau", "/lo-trinh", "/lo-trinh/loi-mau"])
def test_pages_that_show_nothing_of_anybody_are_drawn_once(visitor, teach, make, two_courses, address):
    teach(*two_courses, paths=(make.path(*two_courses[0].lessons),))
    first = visitor.open(address).response

    again = visitor.client.get(address, headers={"If-None-Match": first.headers["ETag"]})

    assert again.status_code == 304
    assert len(page_cache._pages) == 1


def test_the_page_cache_is_bounded(visitor, teach, two_courses, monkeypatch):
    teach(*two_courses)
    # Each page counts as one here, so that two fit whatever their length.
    cache = LRUCache(2, getsizeof=lambda _page: 1)
    monkeypatch.setattr("learning.views.page_cache._pages", cache)

    for address in ("/", "/khoa-hoc", "/khoa-hoc/dau", "/lo-trinh"):
        assert visitor.open(address)

    assert len(cache) == 2


def test_a_page_larger_than_the_cache_is_served(visitor, teach, two_courses, monkeypatch):
    teach(*two_courses)
    cache = LRUCache(1, getsizeof=page_cache._size)
    monkeypatch.setattr("learning.views.page_cache._pages", cache)

    assert visitor.open("/khoa-hoc")
    assert len(cache) == 0


def test_a_cached_page_counts_all_its_forms():
    page = page_cache._compress("bà con".encode() * 100)

    assert page_cache._pages.maxsize == 33_554_432
    assert page_cache._pages.getsizeof(page) == len(page.plain) + len(page.gzip) + len(page.br)


@pytest.mark.parametrize("address", ["/", "/khoa-hoc", "/khoa-hoc/dau", "/lo-trinh", "/lo-trinh/loi-mau"])
def test_what_somebody_has_learnt_is_never_shown_to_the_next(visitor, teach, make, phone_of, two_courses, address):
    teach(*two_courses, paths=(make.path(*two_courses[0].lessons),))
    phone = phone_of(make.learner(two_courses[0].lessons[0]))
    stranger = visitor.open(address).html

    own = phone.open(address)

    assert "1 trên 2" in own
    assert "ETag" not in own.response.headers
    assert visitor.open(address).html == stranger
    assert "1 trên 2" not in visitor.open(address)


def test_the_first_page_goes_on_in_a_course_once_begun(make, teach, phone_of, two_courses):
    teach(*two_courses)

    assert phone_of(make.learner(two_courses[0].lessons[0])).open("/").links["Học tiếp"] == "/bai-hoc/hai"


def test_the_first_page_goes_on_along_the_path_the_phone_is_on(make, teach, phone_of, two_courses):
    first, extra = two_courses
    teach(*two_courses, paths=(make.path(first.lessons[0], extra.lessons[0]),))
    phone = phone_of(make.learner(first.lessons[0]))
    phone.open("/lo-trinh/loi-mau")

    assert phone.open("/").links["Học tiếp"] == "/bai-hoc/ba"


def test_whoever_has_learnt_everything_is_offered_the_first_lesson_again(make, teach, phone_of, two_courses):
    teach(*two_courses)
    phone = phone_of(make.learner(*two_courses[0].lessons, *two_courses[1].lessons))

    assert phone.open("/").links["Bắt đầu học"] == "/bai-hoc/mot"


def test_a_library_in_which_every_lesson_is_broken_still_opens(app, visitor, monkeypatch, make):
    empty = make.catalogue().__class__((), {}, (), "empty")
    monkeypatch.setitem(app.extensions, "catalogue", empty)

    assert "đang được sửa" in visitor.open("/")
    visitor.open("/khoa-hoc")
    visitor.open("/lo-trinh")
    assert "Chưa có bài nào" in visitor.open("/tim?q=otp")
