"""What is too long is refused before anything looks at it, each with its own words."""

import io

import pytest

from foundation.web.body_limits import LONGEST_HEADERS, USUAL, body_limit

MEGABYTE = 1_000_000
FORM = "/toi/them"


def test_a_form_takes_little_and_a_batch_much(app):
    assert body_limit(app, "POST", FORM) == USUAL.most
    assert body_limit(app, "POST", "/khong-co-trang-nay") == USUAL.most
    assert body_limit(app, "PUT", FORM) == USUAL.most
    assert body_limit(app, "POST", "/api/v1/visits") == 4 * 1024 * 1024
    assert body_limit(app, "POST", "/doi-so/ho/019aa1b2-0000-7000-8000-000000000000/tham") > USUAL.most


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("nickname=" + "1 " * (MEGABYTE // 2), "too_large"),
        ("&" * (USUAL.most - 1), "too_many_fields"),
        ("&".join(f"a{n}=" for n in range(USUAL.fields + 1)), "too_many_fields"),
        ("nickname=" + "x" * (USUAL.longest + 1), "field_too_long"),
        ("x" * 201 + "=", "field_too_long"),
    ],
)
def test_an_urlencoded_form_is_refused_by_what_is_wrong_with_it(visitor, body, code):
    answer = visitor.client.post(FORM, data=body, content_type="application/x-www-form-urlencoded")

    assert (answer.status_code, f"413 · {code}" in answer.text) == (413, True)
    assert len(answer.text) < 20_000


def test_the_longest_field_is_taken(visitor):
    answer = visitor.client.post(FORM, data={"nickname": "x" * USUAL.longest})

    assert answer.status_code == 422


def test_a_form_of_parts_is_bounded_alike(visitor):
    one_more = visitor.client.post(
        FORM, data={f"a{n}": "" for n in range(USUAL.fields + 1)}, content_type="multipart/form-data"
    )
    # As short as parts can be, so that the body as a whole is not too large.
    part = b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n\r\n'
    many = visitor.client.post(FORM, data=part * 1_000 + b"--b--\r\n", content_type="multipart/form-data; boundary=b")
    files = visitor.client.post(
        FORM,
        data={f"a{n}": (io.BytesIO(b""), "x") for n in range(USUAL.fields + 1)},
        content_type="multipart/form-data",
    )
    large = visitor.client.post(
        FORM, data={"file": (io.BytesIO(b"x" * MEGABYTE), "x.bin")}, content_type="multipart/form-data"
    )
    long = visitor.client.post(FORM, data={"nickname": "x" * 7_000}, content_type="multipart/form-data")

    refused = [(one_more, "too_many_fields"), (many, "too_many_fields"), (files, "too_many_fields")]
    refused += [(large, "too_large"), (long, "field_too_long")]
    assert [(each.status_code, f"413 · {code}" in each.text) for each, code in refused] == [(413, True)] * len(refused)


def test_a_form_of_the_most_parts_is_taken(visitor):
    body = {f"a{n}": "" for n in range(USUAL.fields)}

    assert visitor.client.post(FORM, data=body, content_type="multipart/form-data").status_code == 422


def test_a_body_without_a_length_ends_at_the_limit(visitor):
    stream = io.BytesIO(b"nickname=" + b"x" * MEGABYTE)
    answer = visitor.client.post(
        FORM,
        input_stream=stream,
        content_type="application/x-www-form-urlencoded",
        environ_overrides={"wsgi.input_terminated": True},
    )

    assert (answer.status_code, stream.tell() < 2 * USUAL.most) == (413, True)


def test_a_long_address_is_refused_unread(visitor):
    asked = visitor.client.get("/tim", query_string="q=" + "%CC%81" * 200_000)
    path = visitor.client.get("/bai-hoc/" + "a/" * 100_000)

    assert [(each.status_code, "414 · address_too_long" in each.text) for each in (asked, path)] == [(414, True)] * 2


def test_long_headers_are_refused_unread(app):
    client = app.test_client(use_cookies=False)
    for name in ("Accept", "Accept-Language", "Cookie", "X-Device", "If-None-Match", "Range"):
        answer = client.get("/tim", headers={name: "a;q=1," * LONGEST_HEADERS})
        assert (answer.status_code, "headers_too_long" in answer.text) == (431, True), name


def test_a_program_is_told_by_code(visitor):
    answer = visitor.client.post("/api/v1/answers", data=b"x" * (4 * 1024 * 1024 + 1), content_type="application/json")

    assert (answer.status_code, answer.json["code"], answer.json["most"]) == (413, "too_large", 4 * 1024 * 1024)


def test_a_refusal_is_told_in_the_readers_language(visitor):
    visitor.client.set_cookie("tieng", "en")

    answer = visitor.client.post(FORM, data={"nickname": "x" * 7_000})

    assert "<h1>One answer is too long</h1>" in answer.text
