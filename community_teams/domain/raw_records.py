"""Records that the rules refuse, stored as they were sent until a person has settled them."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import NAMESPACE_OID, UUID, uuid5

from foundation.free_text import mask_numbers

# Characters of JSON. The longest visit the form can hold, every Vietnamese letter escaped, takes some 45,000.
MOST_RAW = 64 * 1024
DEEPEST = 30
LONGEST_NUMBER = 8  # digits; longer ones may be of a paper or an account
# What a value counts beside its characters: looking at a text takes 40 µs, so 4,000 of them are enough. The longest
# visit the form can hold has some 700.
EACH = 16
# A shorter text has no number that must not be stored, unless one character of it stands for several.
SHORTEST_NUMBER = 9
CUT = "…"
_Value = TypeVar("_Value")


@dataclass(frozen=True)
class RawRecord:
    """text: JSON in ASCII, at most MOST_RAW characters. is_cut: something was left out, or the text ends in the middle
    and is no JSON any more.
    """

    text: str
    is_cut: bool

    def content_hash(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()

    def visit_id(self, record: object) -> UUID:
        """The id it was sent with; without a valid one, an id derived from the content, the same each time."""
        sent = record.get("id") if isinstance(record, Mapping) else None
        try:
            return UUID(sent) if isinstance(sent, str) else uuid5(NAMESPACE_OID, self.text)
        except ValueError:
            return uuid5(NAMESPACE_OID, self.text)


def valid_record(record: object) -> RawRecord:
    """The text of a record that read_visit accepted: it is short, and has no number that must not be stored."""
    return RawRecord(json.dumps(record), is_cut=False)


def raw_record(record: object) -> RawRecord:
    """The text of any JSON value. Call it before the transaction writes: it takes time, because it reads every string.

    Numbers of identity papers, phones and accounts are masked: they are never stored (foundation/free_text.py). Values
    nested deeper than DEEPEST levels, which no form has, are left out and marked. Only about MOST_RAW characters of a
    record are read, however long it is.
    """
    storing = _Storing()
    text = json.dumps(storing.storable(record, DEEPEST))
    return RawRecord(text[:MOST_RAW], storing.left <= 0 or len(text) > MOST_RAW)


def read_raw(text: str) -> object:
    """The record of a stored text; the text itself if it was cut off."""
    try:
        return json.loads(text)
    except ValueError:
        return text


class _Storing:
    """left: characters that may still be written; what comes after them is CUT, for the text is too long anyway."""

    def __init__(self) -> None:
        self.left = MOST_RAW + 1

    def storable(self, value: object, depth: int) -> object:
        if depth == 0 or self.left <= 0:
            return CUT
        self.left -= EACH
        if isinstance(value, Mapping):
            return {self._text(str(key)): self.storable(below, depth - 1) for key, below in self._first(value.items())}
        if isinstance(value, list | tuple):
            return [self.storable(below, depth - 1) for below in self._first(value)]
        if isinstance(value, str):
            return self._text(value)
        if isinstance(value, int | float) and not isinstance(value, bool):
            # Compared, not written: a number of thousands of digits cannot be written.
            return value if abs(value) < 10**LONGEST_NUMBER else CUT
        return value

    def _first(self, values: Iterable[_Value]) -> Iterator[_Value]:
        for value in values:
            if self.left <= 0:
                return
            yield value

    def _text(self, text: str) -> str:
        cut = text[: max(self.left, 0)]
        self.left -= len(cut)
        return _masked(cut)


def _masked(text: str) -> str:
    if len(text) < SHORTEST_NUMBER and text.isascii():
        return text
    # Ids and moments are long rows of digits, too.
    return text if _is_id_or_moment(text) else mask_numbers(text)


def _is_id_or_moment(text: str) -> bool:
    if len(text) > 40:
        return False
    for read in (UUID, datetime.fromisoformat):
        try:
            read(text)
        except ValueError:
            continue
        # Twelve or thirty-two digits alone may be read as one of these.
        return not text.isdecimal()
    return False
