import gzip
import re

import brotli
import pytest
from sqlalchemy import func, select

from courses.domain.practice import ScreenKind
from learning.models import AnswerRow, Learner
from learning.views import page_cache

LONG_LESSON = "vneid-kich-hoat"


def count(session, table):
    return session.scalar(select(func.count()).select_from(table))


def address_of(page):
    return page.response.request.path


def test_a_resident_works_through_a_real_lesson(app, visitor, right_taps, session):
    lesson = app.extensions["catalogue"].lesson(LONG_LESSON)

    page = visitor.open(f"/bai-hoc/{lesson.id}")
    assert page.heading == lesson.title
    page = visitor.follow(page, "Tập thử")

    for _ in range(len(lesson.practice.screens)):
        screen = lesson.practice.screen(address_of(page).rpartition("/")[2]) or lesson.practice.first
        page = visitor.send(f"/bai-hoc/{lesson.id}/tap/{screen.id}", given=right_taps(screen))
        if address_of(page).endswith("/cau-hoi"):
            break

    for number, question in enumerate(lesson.questions, start=1):
        assert f"Câu {number} trên {len(lesson.questions)}" in page
        page = visitor.send(f"/bai-hoc/{lesson.id}/cau-hoi/{question.id}", given=question.right.id)
        assert "Đúng rồi" in page
        page = visitor.open(f"/bai-hoc/{lesson.id}/cau-hoi")

    assert address_of(page) == f"/bai-hoc/{lesson.id}/xong"
    assert page.heading == "Bác đã học xong bài này!"
    assert count(session, Learner) == 1
    assert count(session, AnswerRow) == len(lesson.graded)


def test_a_lesson_holds_all_it_teaches_in_one_page(app, visitor):
    for lesson in app.extensions["catalogue"].lessons:
        page = visitor.open(f"/bai-hoc/{lesson.id}")
        html = page.html
        for step in lesson.steps:
            assert f'id="{step.id}"' in html
        # The opening stands last, so that a part before it can hide it.
        assert html.index('class="opening"') > html.index(f'id="{lesson.steps[-1].id}"')
        ids = re.findall(r'\bid="([^"]+)"', html)
        assert len(ids) == len(set(ids)), lesson.id
        for anchor in re.findall(r'href="#([^"]+)"', html):
            assert anchor in ids


def test_a_draft_says_that_it_is_one(visitor, teach, make):
    teach(make.course(lessons=(make.lesson(id="nhap", draft=True), make.lesson(id="sach"))))

    assert "Bài nháp, đang đối chiếu" in visitor.open("/bai-hoc/nhap")
    assert "nháp" not in visitor.open("/bai-hoc/sach")


def test_every_lesson_fits_into_the_first_round_trip(app, visitor):
    for lesson in app.extensions["catalogue"].lessons:
        assert len(gzip.compress(visitor.open(f"/bai-hoc/{lesson.id}").html.encode(), 5)) <= 14 * 1024, lesson.id


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/khoa-hoc",
        "/khoa-hoc/khoa-mau",
        "/bai-hoc/bai-mau",
        "/bai-hoc/bai-mau/tap",
        "/bai-hoc/bai-mau/cau-hoi",
        "/toi",
        "/xac-nhan",
    ],
)
def test_a_visitor_without_a_cookie_costs_no_query_and_gets_no_cookie(visitor, teach, count_statements, address):
    teach()

    page = visitor.open(address)

    assert count_statements == []
    assert "hoc=" not in page.response.headers.get("Set-Cookie", "")


@pytest.mark.parametrize(
    "address",
    [
        "/khoa-hoc/khong-co",
        "/bai-hoc/khong-co",
        "/bai-hoc/khong-co/tap",
        "/bai-hoc/bai-mau/tap/khong-co",
        "/bai-hoc/bai-mau/cau-hoi/khong-co",
        "/bai-hoc/khong-co/xong",
        "/khoa-hoc/khong-co/giay-xac-nhan",
    ],
)
def test_an_address_that_leads_nowhere_is_a_kind_404(visitor, teach, address):
    teach()

    assert "Về trang đầu" in visitor.open(address, expect=404)


def test_lesson_text_cannot_become_markup(visitor, teach, make):
    teach(make.course(lessons=(make.lesson(id="xau", title="<script>x</script>", goal="**a** <img src=x>"),)))

    html = visitor.open("/bai-hoc/xau").html

    assert "<script>x" not in html
    assert "<img src=x" not in html
    assert "<strong>a</strong>" in html


def test_a_course_shows_what_is_done_and_leads_on(make, teach, phone_of):
    course = teach(
        make.course(lessons=(make.lesson(id="mot", title="Bài một"), make.lesson(id="hai", title="Bài hai")))
    )
    phone = phone_of(make.learner(course.lessons[0]))

    page = phone.open(f"/khoa-hoc/{course.id}")

    assert "1 trên 2 bài" in page
    assert page.links["Học tiếp bài 2"] == "/bai-hoc/hai"
    assert phone.open("/").links["Học tiếp"] == "/bai-hoc/hai"


@pytest.mark.one_database
def test_every_screen_of_the_library_can_be_drawn_tried_and_failed(app, visitor):
    for lesson in app.extensions["catalogue"].lessons:
        for screen in lesson.practice.screens:
            page = visitor.open(f"/bai-hoc/{lesson.id}/tap/{screen.id}")
            assert "MÀN HÌNH TẬP" in page
            if screen.kind is not ScreenKind.END:
                visitor.send(f"/bai-hoc/{lesson.id}/tap/{screen.id}", given="khong-dau-vao-dau")


def test_a_phone_that_has_the_lesson_already_is_told_so(visitor, teach):
    teach()
    first = visitor.open("/bai-hoc/bai-mau").response

    again = visitor.client.get("/bai-hoc/bai-mau", headers={"If-None-Match": first.headers["ETag"]})

    assert again.status_code == 304
    assert again.data == b""


@pytest.mark.parametrize(("accepted", "unpack"), [("br", brotli.decompress), ("gzip", gzip.decompress)])
def test_a_lesson_comes_packed_as_the_browser_can_unpack_it(visitor, teach, accepted, unpack):
    teach()
    plain = visitor.open("/bai-hoc/bai-mau", headers={"Accept-Encoding": "identity"}).response

    packed = visitor.client.get("/bai-hoc/bai-mau", headers={"Accept-Encoding": accepted})

    assert packed.headers["Content-Encoding"] == accepted
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert unpack(packed.data) == plain.data


def test_a_lesson_in_another_language_of_the_interface_is_another_page(visitor, teach):
    teach()
    vietnamese = visitor.open("/bai-hoc/bai-mau").html
    visitor.open("/ngon-ngu/en")

    assert '<html lang="en">' in visitor.open("/bai-hoc/bai-mau").html
    assert '<html lang="vi">' in vietnamese


def test_nothing_is_kept_of_a_page_drawn_for_somebody_signed_in(visitor, teach):
    teach()
    visitor.client.set_cookie("session", "somebody")

    assert "ETag" not in visitor.open("/bai-hoc/bai-mau").response.headers
    assert page_cache._pages == {}
