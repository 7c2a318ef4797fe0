import pytest

from courses.rich_text import render_rich_text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Chạm **Gửi**, rồi **chờ tin**.", "Chạm <strong>Gửi</strong>, rồi <strong>chờ tin</strong>."),
        ("", ""),
        ("Số 0900 000 000 của 2 bác", "Số 0900\u00a0000\u00a0000 của 2 bác"),
        ("2 ** 3 ** 4", "2 ** 3 ** 4"),
        ("**mở mà không đóng", "**mở mà không đóng"),
        ("****", "****"),
        ("_nghiêng_ [nút](x) `mã`", "_nghiêng_ [nút](x) `mã`"),
        (
            "<script>alert(1)</script> & **<b>**",
            "&lt;script&gt;alert(1)&lt;/script&gt; &amp; <strong>&lt;b&gt;</strong>",
        ),
        ('**" onclick="x**', "<strong>&#34; onclick=&#34;x</strong>"),
    ],
)
def test_bold_is_bold_and_all_else_is_shown_as_written(text, shown):
    assert str(render_rich_text(text)) == shown


def test_a_page_shows_rich_text_without_escaping_it_twice():
    assert render_rich_text("**A & B**").__html__() == "<strong>A &amp; B</strong>"
