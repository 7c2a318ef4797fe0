"""Reads what programs send: JSON, plain or packed with gzip, never more than was said to be enough."""

import json
import zlib
from typing import Any

from flask import request

from foundation.problems import Problem

# Two hundred visits of which three hundred things each are told; a phone that has more to say sends fewer at a time.
MOST_VALUES = 60_000


class TooLarge(Problem):
    """`most`: what is taken, in bytes once unpacked. A phone sends less at a time and loses nothing."""

    status = 413


class NotReadable(Problem):
    status = 400


class WrongType(Problem):
    status = 415


def read_json(*, most: int) -> Any:
    """The JSON of this request's body, unpacked if it says Content-Encoding: gzip.

    most: bytes of JSON, unpacked; a body that would become larger is not unpacked to its end. Raises WrongType
    ("not_json", "unknown_encoding"), NotReadable ("bad_gzip", "bad_json") or TooLarge("too_large").
    """
    if not request.is_json:
        raise WrongType("not_json")
    sent = _unpacked(most)
    if len(sent) > most:
        raise TooLarge("too_large", most=most)
    if sent.count(b",") > MOST_VALUES:
        # Counted in a millisecond; to parse so many takes a quarter of a second.
        raise TooLarge("too_large", most=most)
    try:
        return json.loads(sent, parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise NotReadable("bad_json") from None


def _unpacked(most: int) -> bytes:
    encoding = request.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding == "identity":
        return request.get_data(cache=False)
    if encoding != "gzip":
        raise WrongType("unknown_encoding")
    unpacking = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    try:
        # One byte more than is allowed tells a bomb from a body that just fits.
        plain = unpacking.decompress(request.get_data(cache=False), most + 1)
    except zlib.error:
        raise NotReadable("bad_gzip") from None
    if len(plain) <= most and not unpacking.eof:
        raise NotReadable("bad_gzip")  # cut off on the way
    return plain


def _refuse(word: str) -> None:
    raise ValueError(f"{word} is no JSON")
