"""What is promised for places without a network stands only where it holds.

Every sentence of the interface that speaks of being without a network is listed in promises.toml with what it rests on.
A new one fails until somebody has said what makes it true.
"""

import re
import tomllib
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from foundation.settings import PROJECT_ROOT

ABOUT = re.compile(
    r"mất (?:sóng|mạng)|không (?:có |cần )(?:mạng|sóng)|chưa có (?:mạng|sóng)|tự gửi|giữ sẵn|trong máy này"
    r"|học được khi",
    re.I,
)

PROMISES = tomllib.loads((Path(__file__).parent / "promises.toml").read_text(encoding="utf-8"))
# Sentence -> what an element around it must be, so that it shows only where a script has found that it holds.
SHOWN_BY: dict[str, list[str]] = PROMISES["shown_by"]
SAID = {sentence for sentences in PROMISES["said"].values() for sentence in sentences}
# The pages that show the promises above. A sign-in is asked for by none of them.
PAGES = (
    "/bai-hoc/at-otp",
    "/khoa-hoc/an-toan-tren-mang",
    "/huong-dan",
    "/xac-nhan/quet",
    "/tren-may",
    "/doi-so/tren-may",
)
VOID = {"meta", "link", "img", "br", "input", "hr", "path", "rect", "source"}


class Places(HTMLParser):
    """Where each sentence of a page stands: [(text, [attributes of each element around it])]."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self._open: list[tuple[str, dict[str, str]]] = []
        self.found: list[tuple[str, list[tuple[str, dict[str, str]]]]] = []
        self.feed(html)

    def handle_starttag(self, tag, attributes) -> None:
        if tag not in VOID:
            self._open.append((tag, {name: value or "" for name, value in attributes}))

    def handle_endtag(self, tag) -> None:
        if tag in (each for each, _ in self._open):
            while self._open.pop()[0] != tag:
                pass

    def handle_data(self, data) -> None:
        if data.strip():
            self.found.append((" ".join(data.split()), list(self._open)))


def sentences() -> set[str]:
    catalogue = read_po(BytesIO((PROJECT_ROOT / "translations/interface.pot").read_bytes()))
    ids = ((message.id,) if isinstance(message.id, str) else message.id for message in catalogue)
    return {text for each in ids for text in each if text and ABOUT.search(text)}


def test_every_sentence_about_being_without_a_network_is_known():
    known = {*SHOWN_BY, *SAID}
    assert sentences() - known == set(), "say in promises.toml what makes these true"
    gone = {text for text in known if ABOUT.search(text)} - sentences()
    assert gone == set(), "nobody says these any more"


def is_shown_by(around: list[tuple[str, dict[str, str]]], name: str, value: str) -> bool:
    """Whether one element around is what must be, and that one, or one around it, is not shown as the page comes."""
    for place, (_tag, attributes) in enumerate(around):
        if name in attributes and (not value or value in attributes[name].split()):
            return any(
                tag == "template" or "hidden" in each or "outcome" in each.get("class", "")
                for tag, each in around[: place + 1]
            )
    return False


@pytest.mark.parametrize("sentence", SHOWN_BY, ids=lambda sentence: sentence[:40])
def test_a_promise_waits_for_what_makes_it_true(visitor, sentence):
    seen = 0
    for address in PAGES:
        for text, around in Places(visitor.open(address).html).found:
            if sentence in text and len(text) < len(sentence) + 4:
                seen += 1
                assert is_shown_by(around, *SHOWN_BY[sentence]), f"{address} says it whatever holds"
    assert seen, "no page says it"


def test_what_a_page_shows_as_it_comes_promises_nothing(visitor):
    """Nothing that is visible without a script speaks of being without a network, but with its condition."""
    for address in (*PAGES, "/", "/khoa-hoc", "/toi", "/xac-nhan", "/lo-trinh", "/quyen-rieng-tu"):
        for text, around in Places(visitor.open(address).html).found:
            visible = not any(
                tag in ("template", "noscript", "title")
                or "hidden" in each
                or "outcome" in each.get("class", "").split()
                for tag, each in around
            )
            if visible and ABOUT.search(text):
                in_a_lesson = any(
                    each.get("class", "").startswith(("say", "step", "lesson", "ready", "card")) for _, each in around
                )
                assert text in SAID or in_a_lesson, f"{address}: {text}"


def test_the_readme_says_when_its_promises_hold():
    told = (PROJECT_ROOT / "README.md").read_text(encoding="utf-8")
    paragraphs = [part for part in told.split("\n\n") if re.search(r"mất sóng|không có sóng|không cần sóng", part)]
    assert paragraphs
    for part in paragraphs:
        assert "khi đầu bài có dòng" in part or "Khi ứng dụng báo đã nằm trong máy" in part, part
