import gzip
import json
import time

import pytest

from foundation.web.bodies import BodyParseError, TooLarge, WrongType, read_json

KIND = {"content_type": "application/json"}
PACKED = {**KIND, "headers": {"Content-Encoding": "gzip"}}


@pytest.fixture
def read(app):
    def reading(body, most=1000, **how):
        with app.test_request_context("/", method="POST", data=body, **(how or KIND)):
            return read_json(most=most)

    return reading


def test_plain_and_packed_read_alike(read):
    body = json.dumps({"tên": "Mến"}).encode()

    assert read(body) == read(gzip.compress(body), **PACKED) == {"tên": "Mến"}


def test_a_small_body_that_would_become_huge_is_not_unpacked(read):
    bomb = gzip.compress(b"0" * 30_000_000, compresslevel=1)
    began = time.perf_counter()

    with pytest.raises(TooLarge):
        read(bomb, **PACKED)

    assert time.perf_counter() - began < 1


def test_a_body_of_just_the_right_size_is_read(read):
    assert read(gzip.compress(b'"' + b"a" * 8 + b'"'), most=10, **PACKED) == "a" * 8
    with pytest.raises(TooLarge):
        read(b'"' + b"a" * 9 + b'"', most=10)


@pytest.mark.parametrize(
    ("body", "how", "problem", "code"),
    [
        (b"{", KIND, BodyParseError, "bad_json"),
        (b"\xff\xfe", KIND, BodyParseError, "bad_json"),
        (b"[" * 100_000, KIND, BodyParseError, "bad_json"),
        (b"NaN", KIND, BodyParseError, "bad_json"),
        (b"", KIND, BodyParseError, "bad_json"),
        (b"no gzip at all", PACKED, BodyParseError, "bad_gzip"),
        (gzip.compress(b"{}" * 300, mtime=0)[:-9], PACKED, BodyParseError, "bad_gzip"),
        (b"{}", {"content_type": "text/plain"}, WrongType, "not_json"),
        (b"{}", {**KIND, "headers": {"Content-Encoding": "br"}}, WrongType, "unknown_encoding"),
    ],
)
def test_what_cannot_be_read_is_named(read, body, how, problem, code):
    with pytest.raises(problem) as refused:
        read(body, most=1_000_000, **how)

    assert refused.value.code == code
