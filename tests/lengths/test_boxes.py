"""What a browser lets somebody type: every box ends where the server's limit does, so nobody is refused for length."""

from html.parser import HTMLParser

import pytest

from tests.lengths.world import build

TEXT = {"text", "search", "password", "tel", "email", "url"}
# Boxes whose view names a limit of its own, by endpoint and name.
LIMITS = {
    ("learning.ask_for_letter", "name"): 80,
    ("learning.ask_new_person", "nickname"): 30,
    ("teaching.ask_newcomer", "nickname"): 30,
    ("lesson_admin.ask_what_is_wrong", "note"): 500,
    ("accounts.account", "password"): 200,
    ("accounts.account", "new_password"): 200,
    ("administration.new_person", "name"): 40,
    ("administration.new_person", "display_name"): 100,
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
    assert int(boxes["signed out", "password"]) == 200
    letters = [int(longest) for (endpoint, _), longest in boxes.items() if endpoint == "teaching.ask_letters"]
    assert letters
    assert set(letters) == {80}
