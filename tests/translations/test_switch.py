"""Choosing a language."""

import pytest
from flask import render_template_string

from translations.languages import SOURCE
from translations.web import force_language


def test_the_interface_changes_and_stays_changed(visitor):
    assert 'lang="vi"' in visitor.open("/dang-nhap").html

    page = visitor.open("/ngon-ngu/en?ve=/dang-nhap")
    assert page.address == "/dang-nhap"
    assert page.heading == "Sign in"
    assert '<html lang="en">' in page.html
    assert visitor.open("/dang-nhap").heading == "Sign in"

    assert visitor.open("/ngon-ngu/vi?ve=/dang-nhap").heading == "Đăng nhập"


@pytest.mark.parametrize("tag", ["xx", "mtq", "EN", "vi%00", "x" * 500])
def test_a_language_no_menu_speaks_is_not_found(visitor, tag):
    page = visitor.open(f"/ngon-ngu/{tag}", expect=404)

    assert "Set-Cookie" not in page.response.headers


@pytest.mark.parametrize("elsewhere", ["//evil.example", "https://evil.example", "/\\evil.example", ""])
def test_the_way_back_leads_to_no_other_site(visitor, elsewhere):
    assert visitor.client.get("/ngon-ngu/en", query_string={"ve": elsewhere}).location == "/"


@pytest.mark.parametrize("left", ["xx", "mtq", "", "\u00e9", "x" * 2000])
def test_a_strange_cookie_means_vietnamese(visitor, left):
    visitor.client.set_cookie("tieng", left)

    assert '<html lang="vi">' in visitor.open("/dang-nhap").html


def test_dates_stay_vietnamese_in_english(visitor, make, now):
    make.person("to-vien")
    visitor.sign_in("to-vien")
    visitor.open("/ngon-ngu/en")

    assert "01/01/2026" in visitor.open("/tai-khoan")


def test_a_paper_for_authorities_speaks_vietnamese_to_every_reader(app):
    with app.test_request_context("/", headers={"Cookie": "tieng=en"}):
        sentence = "{% trans %}Đăng nhập{% endtrans %}"

        assert render_template_string(sentence) == "Sign in"
        with force_language(SOURCE):
            assert render_template_string(sentence) == "Đăng nhập"
        assert render_template_string(sentence) == "Sign in"


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ('{{ _("Đăng nhập") }}', "Sign in"),
        ("{% trans %}Đăng nhập{% endtrans %}", "Sign in"),
        ("{% trans sentence=2, about=3 %}{{ sentence }} trên {{ about }}, 100 %{% endtrans %}", "2 trên 3, 100 %"),
        ('{{ _("%(name)s: <b>&", name="<i>") }}', "&lt;i&gt;: <b>&"),
        ('{{ _("100 %% <b>") }}', "100 % <b>"),
        ('{% autoescape false %}{{ _("%(name)s <b>", name="<i>") }}{% endautoescape %}', "<i> <b>"),
        ('{% for one in [1] %}{% set two = one %}{{ _("%(one)s, %(two)s", one=one, two=two) }}{% endfor %}', "1, 1"),
    ],
)
def test_a_sentence_is_said_with_its_values_whatever_they_are_called(app, source, shown):
    with app.test_request_context("/", headers={"Cookie": "tieng=en"}):
        for _ in range(2):
            assert render_template_string(source) == shown
