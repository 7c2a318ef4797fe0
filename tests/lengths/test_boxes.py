"""What a browser lets somebody type: every box ends where the server's limit does, so nobody is refused for length."""

from html.parser import HTMLParser

import pytest

from foundation.accounts.domain.names import LONGEST_DISPLAY_NAME, LONGEST_NAME
from foundation.accounts.domain.passwords import LONGEST as LONGEST_PASSWORD
from learning.domain.fault_reports import LONGEST_NOTE
from learning.domain.learners import LONGEST_NICKNAME
from learning.domain.names import LONGEST as LONGEST_LETTER_NAME
from tests.lengths.world import build

TEXT = {"text", "search", "password", "tel", "email", "url"}
# Boxes whose view names a limit of its own, by endpoint and name.
LIMITS = {
    ("learning.ask_for_letter", "name"): LONGEST_LETTER_NAME,
    ("learning.ask_new_person", "nickname"): LONGEST_NICKNAME,
    ("teaching.ask_newcomer", "nickname"): LONGEST_NICKNAME,
    ("lesson_care.ask_what_is_wrong", "note"): LONGEST_NOTE,
    ("accounts.account", "password"): LONGEST_PASSWORD,
    ("accounts.account", "new_password"): LONGEST_PASSWORD,
    ("administration.new_person", "name"): LONGEST_NAME,
    ("administration.new_person", "display_name"): LONGEST_DISPLAY_NAME,
}


class _Boxes(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []  # name, maxlength or ""

    def handle_starttag(self, tag, attrs):
        values = {name: value or "" for name, value in attrs}
        if tag == "textarea" or (tag == "input" and values.get("type", "text") in TEXT):
            self.found.append((values.get("name") or values.get("id", ""), values.get("maxlength", "")))


@pytest.fixture
def boxes(app, make, session, now):
    """maxlength by (endpoint, name) of every box on every page of a whole world."""
    world = build(app, make, session, now)
    found = {}
    for rule in app.url_map.iter_rules():
        if "GET" not in rule.methods or rule.endpoint.endswith("static") or ".pdf" in rule.rule:
            continue
        answer = world.client.get(world.address(rule), follow_redirects=True)
        # The gallery shows parts, it sends nothing.
        if answer.mimetype != "text/html" or rule.rule == "/giao-dien":
            continue
        reader = _Boxes()
        reader.feed(answer.text)
        found |= {(rule.endpoint, name): longest for name, longest in reader.found}
    signed_out = _Boxes()
    signed_out.feed(app.test_client().get("/dang-nhap").text)
    return found | {("signed out", name): longest for name, longest in signed_out.found}


def test_every_box_ends_where_the_servers_limit_does(boxes):
    assert len(boxes) >= 60
    assert [place for place, longest in boxes.items() if not longest.isdigit()] == []

    given = {place: int(boxes.get(place, "0")) for place in LIMITS}
    assert given == LIMITS
    assert int(boxes["signed out", "password"]) == LONGEST_PASSWORD
    letters = [int(longest) for (endpoint, _), longest in boxes.items() if endpoint == "teaching.ask_letters"]
    assert letters
    assert set(letters) == {LONGEST_LETTER_NAME}
