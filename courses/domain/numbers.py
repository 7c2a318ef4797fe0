"""Separates invented numbers from numbers that may belong to a person. Pure."""

import re
import unicodedata

# From nine digits on: old identity numbers (9), phones (10, 11 with 84), personal numbers (12), bank cards (16, 19).
# People write them in groups, so up to two spaces, dots or dashes between two digits still make one number.
_LONG_NUMBER = re.compile(r"\d(?:[\s.\-]{0,2}\d){8,}")


def normalise(text: str) -> str:
    """`text` in Unicode form NFKC: one form for each letter, full-width digits as ordinary ones."""
    return unicodedata.normalize("NFKC", text)


def digits(text: str) -> str:
    return "".join(letter for letter in normalise(text) if letter.isdecimal())


def is_invented(number: str) -> bool:
    """Whether nobody can own it: all digits the same, or all zeros but one, such as 000 000 000 000 or 0900 000 000.

    One zero more or less, or one wrong digit, and it is still invented.
    """
    figures = digits(number)
    return len(set(figures)) <= 1 or sum(figure != "0" for figure in figures) <= 1


def real_numbers(text: str) -> list[str]:
    """Every number in `text` that may belong to a person: nine digits or more, not invented.

    Callers that must not store personal data drop the whole text when the list is not empty.
    """
    return [number for number in _LONG_NUMBER.findall(normalise(text)) if not is_invented(number)]
