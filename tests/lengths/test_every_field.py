"""Every field of every form, query and JSON address is sent more than anybody types, in shapes that hurt.

Addresses come from the route table, fields from the forms that are served and from the schemas of /api/openapi.json,
so what is added later is found by itself. Each answer must be a refusal or an ordinary one, never a fault of ours, and
must take no longer than the text is long: bench/lengths.py tells the exact figure.
"""

import json
import time
from collections import defaultdict

import pytest
from werkzeug.exceptions import HTTPException

from foundation.web.body_limits import USUAL
from tests.lengths.world import build, forms_of

MEGABYTE = 1_000_000
# Of the process; the goal is 0.2, and what takes the square of the length takes minutes.
MOST_SECONDS = 1.0
# As long as one field may be.
LONG = USUAL.longest
SHAPES = {
    "digits": ("1 " * LONG)[:LONG],
    "one number": "9" * LONG,
    "brackets": "(" * LONG,
    "marks": ("a" + "\u0301\u0323" * LONG)[:LONG],
    "dates": ("1/1/2026 " * LONG)[:LONG],
    "letters": "ệ" * LONG,
    "spaces": "x" + " " * (LONG - 2) + "x",
    "formula": ("=1+" * LONG)[:LONG],
}
# Posted forms that no page of this world shows, with the names their views read.
UNSEEN = {
    "coverage.split": ("kind", "name", "listed", "lane", "household", "households", "buoc"),
    **dict.fromkeys(
        ("learning.choose_pictures", "learning.claim", "learning.open_card", "teaching.give_card"),
        ("pin", "again", "pick"),
    ),
}


@pytest.fixture
def world(app, make, session, now):
    return build(app, make, session, now)


# Asking for every page takes some 20 s, so that is done once a run.
_found: dict[str, dict[str, str]] = {}


@pytest.fixture
def fields(app, world) -> dict[str, dict[str, str]]:
    """Names of fields and what stands in them, by the endpoint that takes them."""
    if not _found:
        _found.update(_fields(app, world))
    return _found


def _fields(app, world) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = defaultdict(dict)
    matcher = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        if "GET" not in rule.methods or rule.endpoint.endswith("static") or ".pdf" in rule.rule:
            continue
        address = world.address(rule)
        answer = world.client.get(address, follow_redirects=True)
        if answer.mimetype != "text/html":
            continue
        for method, action, names in forms_of(answer.text):
            if method == "post":
                try:
                    endpoint, _ = matcher.match(action or answer.request.path, "POST")
                except HTTPException:
                    continue
                found[endpoint] |= names
    for endpoint, unseen in UNSEEN.items():
        found[endpoint] |= dict.fromkeys(unseen, "")
    return found


def posts(app):
    return [rule for rule in app.url_map.iter_rules() if "POST" in rule.methods]


def timed(ask):
    began = time.process_time()
    answer = ask()
    return answer, time.process_time() - began


def test_every_form_was_found(app, fields):
    everything = {name for names in fields.values() for name in names}

    assert {"nickname", "note", "password", "household_code", "ma", "pin", "title", "reason", "name"} <= everything
    assert len(fields) >= 35


@pytest.mark.one_database
def test_a_megabyte_in_any_field_is_refused_by_its_size(app, world, fields):
    for rule in posts(app):
        if rule.rule.startswith("/api/"):
            continue
        # Refused by its size before any field is looked at, so three fields of a form stand for all.
        for name in list(fields.get(rule.endpoint) or {"note": ""})[:3]:
            body = {name: "1 " * (MEGABYTE // 2)}
            answer, seconds = timed(lambda body=body, rule=rule: world.client.post(world.address(rule), data=body))
            # Some forms take lists that long; they are refused by the length of the field instead.
            assert answer.status_code == 413, (rule.rule, name)
            assert seconds < MOST_SECONDS, (rule.rule, name, seconds)
            assert len(answer.data) < 50_000


@pytest.mark.one_database
def test_three_hundred_thousand_fields_are_refused(app, world):
    body = "&".join(f"a{n}=" for n in range(300_000))
    for rule in posts(app):
        answer, seconds = timed(
            lambda rule=rule: world.client.post(
                world.address(rule), data=body, content_type="application/x-www-form-urlencoded"
            )
        )
        assert (answer.status_code in {413, 415}, seconds < MOST_SECONDS) == (True, True), rule.rule


# What reaches the database is the same text in every shape; two of them are tried on the other one as well.
@pytest.mark.one_database
@pytest.mark.parametrize("shape", SHAPES)
def test_the_longest_text_in_any_field_is_answered_quickly(app, world, fields, shape):
    assert _slow_fields(app, world, fields, shape) == []


@pytest.mark.parametrize("shape", ["one number", "letters"])
def test_the_longest_text_reaches_every_database_as_a_refusal(app, world, fields, shape, database_kind):
    if database_kind == "postgresql":
        assert _slow_fields(app, world, fields, shape) == []


def _slow_fields(app, world, fields, shape):
    slow = []
    for rule in posts(app):
        own = fields.get(rule.endpoint, {})
        # Marks are the dearest to normalise, so each field gets them alone; of the others as many as fit into a form.
        names = list(own)
        at_once = 1 if shape == "marks" and len(own) < 40 else 8
        for start in range(0, len(names), at_once):
            body = {**own, **dict.fromkeys(names[start : start + at_once], SHAPES[shape])}
            answer, seconds = timed(lambda body=body, rule=rule: world.client.post(world.address(rule), data=body))
            assert answer.status_code < 500, (rule.rule, names[start : start + at_once])
            assert len(answer.data) < 600_000, (rule.rule, names[start])
            if seconds > MOST_SECONDS:
                slow.append((rule.rule, names[start], round(seconds, 2)))
    return slow


@pytest.mark.one_database
@pytest.mark.parametrize("shape", SHAPES)
def test_the_longest_text_in_any_part_of_an_address_is_answered_quickly(app, world, shape):
    names = ("q", "ma", "tim", "trang", "next", "ve", "thon", "lop", "tuan", "ai", "voi", "cho", "da", "since", "ngay")
    text = SHAPES[shape][:1_200]
    for rule in app.url_map.iter_rules():
        if "GET" not in rule.methods or rule.endpoint.endswith("static"):
            continue
        address = world.address(rule)
        # All of them at once: a page reads those it knows.
        asked = [] if rule.rule.endswith(".pdf") else [(address, dict.fromkeys(names, text[:400]))]
        asked += [(address.replace(str(value), text), {}) for value in world.values.values() if str(value) in address]
        for path, query in asked:
            answer, seconds = timed(lambda path=path, query=query: world.client.get(path, query_string=query))
            # What a probe finds of the machine is no answer to the text.
            assert answer.status_code < 500 or rule.rule == "/readyz", (path[:80], query.keys())
            assert seconds < 3 * MOST_SECONDS, (path[:80], query.keys(), seconds)


NASTY_JSON = {
    "deep": b"[" * 200_000,
    "deep object": b'{"a":' * 100_000,
    "fields": json.dumps({f"a{n}": 1 for n in range(300_000)}).encode(),
    "number": b'{"batch":' + b"9" * MEGABYTE + b"}",
    "exponent": b'{"batch":1e' + b"9" * MEGABYTE + b"}",
    "escapes": b'{"batch":"' + b"\\u0301" * 150_000 + b'"}',
}


@pytest.mark.one_database
@pytest.mark.parametrize("shape", NASTY_JSON)
def test_strange_json_is_refused_by_code(app, world, shape):
    for rule in posts(app):
        if not rule.rule.startswith("/api/"):
            continue
        answer, seconds = timed(
            lambda rule=rule: world.client.post(
                world.address(rule), data=NASTY_JSON[shape], content_type="application/json"
            )
        )
        assert (answer.status_code in {400, 413, 422}, bool(answer.json["code"])) == (True, True), rule.rule
        assert seconds < MOST_SECONDS, (rule.rule, seconds)
        assert len(answer.data) < 50_000


@pytest.mark.one_database
def test_a_megabyte_in_any_value_of_what_programs_send_is_refused_by_code(app, world):
    """Each value of the schemas, one after another, in each shape; marks in no order take the square to normalise."""
    shapes = [
        "1 " * (MEGABYTE // 2),
        "\u0301\u0323" * (MEGABYTE // 4),
        ["x"] * 300_000,
        {str(n): 1 for n in range(100_000)},
    ]
    for address, example in _examples(world).items():
        for path in list(_places(example)):
            for shape in shapes:
                body = json.dumps(_put(example, path, shape)).encode()
                answer, seconds = timed(
                    lambda address=address, body=body: world.client.post(
                        address, data=body, content_type="application/json"
                    )
                )
                assert answer.status_code < 500, (address, path)
                assert len(answer.data) < 100_000, (address, path, len(answer.data))
                assert seconds < MOST_SECONDS, (address, path, seconds)


def _examples(world):
    household = str(world.values["household_id"])
    consent = {"level": "code", "text_version": "2026-11", "how": "spoken"}
    person = {"age_band": "60-69", "skills": {"video_call": 2}, "helped_with": ["lesson"], "lessons": ["an-toan-otp"]}
    visit = {
        "id": "019aa1b2-0000-7000-8000-0000000000aa",
        "household": household,
        "outcome": "met_done",
        "reason": None,
        "started_at": "2026-11-21T08:30:00+07:00",
        "ended_at": None,
        "form_version": 1,
        "app_version": "1.0.0",
        "visit_type": "first",
        "consent": consent,
        "language_used": ["mtq"],
        "size": {"adults": 3},
        "devices": {"smart": 1, "problems": ["old"]},
        "network": {"viettel": "weak"},
        "power": "grid",
        "people": [person],
        "issues": [{"type": "signal", "note": ""}],
        "next_visit_on": "2026-12-01",
        "note": "",
        "supersedes": None,
    }
    answer = {
        "id": str(world.values["visit_id"]),
        "lesson": "a",
        "step": "b",
        "given": ["c"],
        "at": "2026-11-21T08:30:00Z",
    }
    learner = {"id": "019aa1b2-0000-7000-8000-0000000000ab", "nickname": "Bà", "picture": "", "age_band": "from_14"}
    head = {"batch": "019aa1b2-0000-7000-8000-0000000000ac"}
    return {
        "/api/v1/visits": {**head, "device": str(world.values["device"]), "pending": 1, "visits": [visit]},
        "/api/v1/answers": {**head, "phone": None, "learners": [learner], "answers": [answer]},
    }


def _places(value, path=()):
    """The way to every value, containers too."""
    if path:
        yield path
    below = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in below:
        yield from _places(each, (*path, key))


def _put(value, path, what):
    if not path:
        return what
    key, *rest = path
    if isinstance(value, dict):
        return value | {key: _put(value[key], rest, what)}
    return [_put(each, rest, what) if place == key else each for place, each in enumerate(value)]


def test_the_examples_hold_every_value_of_the_schemas(app, world):
    """A value added to a schema has to be added to the examples above, or nobody would send too much of it."""
    schemas = world.client.get("/api/openapi.json").json["components"]["schemas"]
    examples = _examples(world)
    (visit,) = examples["/api/v1/visits"]["visits"]
    left_out = {"input_type", "newborn_pending", "needs_support", "fixed_internet", "wifi", "support_given"}
    left_out |= {"trip_saved_km", "satisfaction", "next_goal"}

    told = schemas["VisitReport"]["properties"].keys() if "VisitReport" in schemas else ()
    assert set(told) - visit.keys() <= left_out
