"""Validates the name on a letter of completion: any script, only characters of names."""

import re
import unicodedata

from foundation.characters import is_hidden, is_overlong, tidy_name
from foundation.problems import Invalid

LONGEST = 80
MOST_DIACRITICS = 4  # combining marks on one letter; Tai Viet and Khmer need three

_BESIDE_LETTERS = frozenset(" '’.-")


class FaultyName(ValueError):
    """`code`: name_empty, name_too_long, name_number, name_control or name_not_letters."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def read_name(typed: str) -> str:
    """A name as printed on the letter: in NFC, single spaces, 1 to 80 characters.

    Letters and combining marks of any script, spaces, apostrophes, full stops and hyphens. Raises FaultyName for
    anything else. Digits are refused, so that nobody leaves an identity number on a public page.
    """
    if is_overlong(typed, LONGEST):
        raise FaultyName("name_too_long")
    if any(unicodedata.category(letter) == "Cc" and letter not in "\t\r\n" for letter in typed):
        raise FaultyName("name_control")
    name = tidy_name(typed)
    if not name:
        raise FaultyName("name_empty")
    if len(name) > LONGEST:
        raise FaultyName("name_too_long")
    if any(unicodedata.category(letter)[0] == "N" for letter in name):
        raise FaultyName("name_number")
    if not all(_is_allowed_in_name(letter) for letter in name) or not any(map(str.isalpha, name)):
        raise FaultyName("name_not_letters")
    if _has_stacked_diacritics(name):
        raise FaultyName("name_not_letters")
    return name


def _is_allowed_in_name(letter: str) -> bool:
    return letter in _BESIDE_LETTERS or (unicodedata.category(letter)[0] in "LM" and not is_hidden(letter))


def _has_stacked_diacritics(name: str) -> bool:
    """Whether a combining mark comes first, or more than MOST_DIACRITICS follow one letter."""
    kinds = "".join(unicodedata.category(letter)[0] for letter in name)
    return re.search(f"^M|M{{{MOST_DIACRITICS + 1}}}", kinds) is not None


def read_name_field(field: str, typed: str) -> str:
    """Like read_name. Raises Invalid with the code under `field`."""
    try:
        return read_name(typed)
    except FaultyName as faulty:
        raise Invalid({field: faulty.code}) from None
