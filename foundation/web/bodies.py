"""Reads JSON bodies from programs, plain or gzip, up to a limit."""

import json
import zlib
from typing import Any

from flask import request

from foundation.problems import Problem

# Two hundred visits with three hundred values each; a phone with larger visits sends fewer at a time.
MOST_VALUES = 60_000


class TooLarge(Problem):
    """`most`: the limit, in bytes after unpacking. The phone then sends fewer records at a time."""

    status = 413


class BodyParseError(Problem):
    status = 400


class WrongType(Problem):
    status = 415


def read_json(*, most: int) -> Any:
    """The JSON of this request's body, unpacked if its Content-Encoding is gzip.

    most: bytes of JSON after unpacking; unpacking stops when a body becomes larger. Raises WrongType
    ("not_json", "unknown_encoding"), BodyParseError ("bad_gzip", "bad_json") or TooLarge("too_large").
    """
    if not request.is_json:
        raise WrongType("not_json")
    sent = _unpacked(most)
    if len(sent) > most:
        raise TooLarge("too_large", most=most)
    if sent.count(b",") > MOST_VALUES:
        # Counting takes a millisecond; parsing so many values takes a quarter of a second.
        raise TooLarge("too_large", most=most)
    try:
        return json.loads(sent, parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise BodyParseError("bad_json") from None


def _unpacked(most: int) -> bytes:
    encoding = request.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding == "identity":
        return request.get_data(cache=False)
    if encoding != "gzip":
        raise WrongType("unknown_encoding")
    unpacking = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    try:
        # One byte more than allowed distinguishes a zip bomb from a body that just fits.
        plain = unpacking.decompress(request.get_data(cache=False), most + 1)
    except zlib.error:
        raise BodyParseError("bad_gzip") from None
    if len(plain) <= most and not unpacking.eof:
        raise BodyParseError("bad_gzip")  # incomplete
    return plain


def _refuse(word: str) -> None:
    raise ValueError(f"{word} is no JSON")
