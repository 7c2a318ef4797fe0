"""Does what a person does with a page, so that tests survive a change of markup."""

from dataclasses import dataclass
from html.parser import HTMLParser

from flask import Flask
from werkzeug.test import TestResponse


class _Reader(HTMLParser):
    """Collects what a person sees: headings, links, forms and text."""

    def __init__(self) -> None:
        super().__init__()
        self.headings: list[str] = []
        self.links: dict[str, str] = {}
        self.text: list[str] = []
        self._stack: list[str] = []
        self._link: str | None = None
        self._collecting: list[str] = []

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        if tag in {"script", "style", "template"}:
            self._stack.append(tag)
        if tag == "a":
            self._link, self._collecting = values.get("href", ""), []
        if tag == "h1":
            self._collecting = []

    def handle_endtag(self, tag):
        if self._stack and self._stack[-1] == tag:
            self._stack.pop()
        words = " ".join(" ".join(self._collecting).split()) if tag in {"a", "h1"} else ""
        if tag == "a" and self._link is not None:
            self.links[words] = self._link
            self._link = None
        if tag == "h1":
            self.headings.append(words)

    def handle_data(self, data):
        if self._stack:
            return
        self.text.append(data)
        self._collecting.append(data)


@dataclass
class Page:
    status: int
    address: str
    html: str
    response: TestResponse

    def __post_init__(self) -> None:
        reader = _Reader()
        reader.feed(self.html)
        self.heading = reader.headings[0] if reader.headings else ""
        self.links = reader.links
        self.text = " ".join(" ".join(reader.text).split())

    def __contains__(self, words: str) -> bool:
        return words in self.text


class Visitor:
    def __init__(self, app: Flask) -> None:
        self.client = app.test_client()

    def open(self, address: str, expect: int = 200, **options) -> Page:
        """Open a page, following redirects; fails unless it answers `expect`."""
        return self._page(self.client.get(address, follow_redirects=True, **options), expect)

    def send(self, address: str, expect: int = 200, json=None, **fields) -> Page:
        """Send a form (or JSON), following redirects; fails unless the last page answers `expect`."""
        answer = self.client.post(address, data=fields or None, json=json, follow_redirects=True)
        return self._page(answer, expect)

    def follow(self, page: Page, words: str) -> Page:
        """Touch the link that says `words`."""
        return self.open(page.links[words])

    def sign_in(self, name: str, password: str = "mat-khau-thu") -> Page:
        return self.send("/dang-nhap", name=name, password=password)

    @staticmethod
    def _page(answer: TestResponse, expect: int) -> Page:
        assert answer.status_code == expect, f"{answer.status_code} from {answer.request.path}: {answer.text[:600]}"
        return Page(answer.status_code, answer.request.path, answer.text, answer)
