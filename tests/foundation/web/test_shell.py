import re

import pytest

from app import create_app
from foundation.version import VERSION


def test_healthz_answers(visitor):
    answer = visitor.client.get("/healthz")

    assert answer.json == {"status": "ok", "version": VERSION}
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("address", "may"),
    [
        ("/", True),
        ("/bai-hoc/vneid-kich-hoat", True),
        ("/bai-hoc/vneid-kich-hoat/in.pdf", False),
        ("/xac-nhan/ABCD.pdf", False),
    ],
)
def test_crawlers_read_pages_and_draw_no_prints(visitor, address, may):
    answer = visitor.client.get("/robots.txt")
    rules = [line.removeprefix("Disallow: ") for line in answer.text.splitlines() if line.startswith("Disallow: ")]

    assert answer.mimetype == "text/plain"
    assert answer.text.startswith("User-agent: *\n")
    # A rule's * stands for anything and $ for the end of the address; Python's own reader of the file knows neither.
    assert any(re.match(re.escape(rule).replace(r"\*", ".*").replace(r"\$", "$"), address) for rule in rules) != may


def test_no_page_may_run_or_wear_anything_inline(visitor):
    policy = visitor.client.get("/giao-dien").headers["Content-Security-Policy"]

    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy


@pytest.mark.parametrize("address", ["/", "/giao-dien", "/dang-nhap", "/do-phu", "/khoa-hoc"])
def test_pages_carry_their_guards_and_nothing_inline(visitor, address):
    page = visitor.open(address)

    assert page.response.headers["X-Content-Type-Options"] == "nosniff"
    assert page.response.headers["Referrer-Policy"] == "same-origin"
    assert not re.search(r"<script(?![^>]*\bsrc=)", page.html)
    assert not re.search(r"\sstyle=|<style|\son[a-z]+=", page.html)
    assert "không phải trang của cơ quan nhà nước" in page.text


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ],
)
def test_another_site_cannot_write_in_our_visitors_name(visitor, headers):
    answer = visitor.client.post("/dang-nhap", data={"name": "a", "password": "b"}, headers=headers)

    assert answer.status_code == 403
    assert "foreign_site" in answer.text


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "same-origin"}, {"Origin": "http://localhost"}, {}])
def test_our_own_pages_may_write(visitor, headers):
    answer = visitor.client.post("/dang-nhap", data={"name": "a", "password": "b"}, headers=headers)

    assert "foreign_site" not in answer.text


def test_the_gallery_is_not_served_to_the_public(engine, settings):
    from_outside = create_app(settings.model_copy(update={"development": False}), engine=engine)

    assert from_outside.test_client().get("/giao-dien").status_code == 404
