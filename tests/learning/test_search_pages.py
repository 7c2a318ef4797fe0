from urllib.parse import quote

import pytest


def test_somebody_types_without_marks_and_opens_the_lesson(app, visitor):
    page = visitor.open("/tim?q=quen+mat+khau")

    assert page.heading == "Tìm bài học"
    assert 'value="quen mat khau"' in page.html
    lessons = [to for to in page.links.values() if to.startswith("/bai-hoc/")]
    assert lessons[0] == "/bai-hoc/vneid-quen"
    assert visitor.open(lessons[0]).heading == app.extensions["catalogue"].lesson("vneid-quen").title


def test_a_card_tells_the_sentence_that_answers(visitor):
    assert "Bà con hay hỏi: bị lừa tiền" in visitor.open("/tim?q=bi lua tien")
    assert "Mất điện thoại: mượn máy khác gọi ngân hàng." in visitor.open("/tim?q=mat dien thoai")


def test_an_empty_box_offers_the_paths(app, visitor):
    for address in ("/tim", "/tim?q=", "/tim?q=%20%00%0a"):
        page = visitor.open(address)
        assert "Chưa có bài nào" not in page
        assert f"/lo-trinh/{app.extensions['catalogue'].paths[0].id}" in page.links.values()


def test_nothing_found_is_said_kindly_with_a_way_on(app, visitor):
    page = visitor.open("/tim?q=" + quote("cách nấu phở bò"))

    assert "Chưa có bài nào nói về chuyện này" in page
    assert "tổ công nghệ số" in page
    assert 'value="cách nấu phở bò"' in page.html
    for path in app.extensions["catalogue"].paths:
        assert f"/lo-trinh/{path.id}" in page.links.values()


@pytest.mark.parametrize(
    "typed",
    [
        "quên mật khẩu " * 30,
        "\x00quên\x1b[31m mật\u202e\u200b khẩu\x7f",
        "quên\nmật\r\nkhẩu",
        "<script>alert(1)</script> quên mật khẩu",
        '" onfocus="x quên mật khẩu',
        "quên mật khẩu' OR 1=1 --",
        "quên mật khẩu 👵🏽",
    ],
)
def test_whatever_is_pasted_is_answered(visitor, typed):
    page = visitor.open("/tim?q=" + quote(typed))

    assert "/bai-hoc/vneid-quen" in page.links.values()
    assert not any(ord(sign) < 32 and sign != "\n" for sign in page.html)
    assert "<script>alert" not in page.html
    assert 'onfocus="x' not in page.html
    assert "\u202e" not in page.html


def test_bytes_that_are_no_letters_are_answered(visitor):
    visitor.open("/tim?q=%ff%fe%80")
    visitor.open("/tim?q=%ed%a0%80")
    visitor.open("/tim?q=a&q=b&x=1")


@pytest.mark.parametrize("typed", ["038085001234", "so toi la 0912 345 678", "４１１１２２２２３３３３４４４４"])
def test_a_number_that_may_be_somebodys_is_wiped_from_page_and_address(visitor, typed):
    page = visitor.open("/tim?q=" + quote(typed))

    assert page.response.request.query_string == b"da=xoa"
    assert "Bác đừng gõ số thật vào đây" in page
    assert typed not in page.html


def test_an_invented_number_and_a_short_one_are_ordinary_words(visitor):
    assert "đừng gõ số thật" not in visitor.open("/tim?q=000 000 000 000")
    assert "đừng gõ số thật" not in visitor.open("/tim?q=goi 113")


def test_searching_asks_the_database_nothing(visitor, count_statements):
    visitor.open("/tim?q=otp")

    assert count_statements == []
