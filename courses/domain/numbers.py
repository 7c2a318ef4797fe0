"""Tells an invented number from one that may belong to somebody. Pure."""

import re
import unicodedata

# From nine digits on: old identity numbers (9), phones (10, 11 with 84), personal numbers (12), bank cards (16, 19).
# People write them in groups, so up to two spaces, dots or dashes between two digits still make one number.
_LONG_NUMBER = re.compile(r"\d(?:[\s.\-]{0,2}\d){8,}")


def normalise(text: str) -> str:
    """`text` as it would be typed by a machine: one form for each letter, full-width digits made ordinary ones."""
    return unicodedata.normalize("NFKC", text)


def digits(text: str) -> str:
    return "".join(letter for letter in normalise(text) if letter.isdecimal())


def is_invented(number: str) -> bool:
    """Whether nobody can own it: all digits the same, or all zeros but one, such as 000 000 000 000 or 0900 000 000.

    One zero too many or too few, or one slip of the finger, keeps it invented.
    """
    figures = digits(number)
    return len(set(figures)) <= 1 or sum(figure != "0" for figure in figures) <= 1


def real_numbers(text: str) -> list[str]:
    """Every number in `text` that may belong to a person: nine digits or more, and not an invented one.

    Callers that keep nothing of a person must drop the whole text when this is not empty.
    """
    return [number for number in _LONG_NUMBER.findall(normalise(text)) if not is_invented(number)]
