"""Free text from people: normalised, and refused if it contains an identity or phone number."""

import re
import unicodedata
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_core import PydanticCustomError, PydanticKnownError

from foundation.characters import has_hidden_characters, is_overlong, limit_combining_characters, tidy_name

# A written date is no identity number: 21/11/2026, 21-11-2026, 21.11.2026.
_DAY = re.compile(r"(?<!\d)(?:[0-2]?\d|3[01])[./-](?:0?\d|1[0-2])[./-](?:19|20)\d\d(?!\d)")
# Three or more groups of three or four digits with slashes between: 038/095/012/345. Years such as 2024/2025/2026 do
# not count.
_SLASHES = re.compile(r"(?<![\d/])(?!(?:(?:19|20)\d\d/)+(?:19|20)\d\d(?![\d/]))\d{3,4}(?:/\d{3,4}){2,}(?![\d/])")
# Letters and signs of texts in Latin script, none of which is or becomes a digit: most texts need no closer look.
_NO_DIGITS = re.compile("[\\s!-/:-~\u00c0-\u024f\u1e00-\u1eff\u2013\u2014\u2018-\u201d\u2026]*")
# Digits with the spaces, dots and dashes that people put between them.
_RUN = re.compile(r"\d+(?:[ \u00a0\t._–—-]{1,3}\d+)*")

# Old ID cards have 9 digits; ID cards and personal numbers 12.
_IDENTITY_LENGTHS = {9, 12}
_PHONE_LENGTHS = {10, 11}
MASK = "•"


def number_fault(text: str) -> str | None:
    """The code of a number that must not be stored: "identity_number" or "phone_number"; None if there is none.

    Identity: 9 or 12 digits, in one piece or with spaces, dots, dashes or slashes between, and any piece of 9 digits or
    more, such as an account number. Phone: 10 or 11 digits that begin with 0. Digits of any script count.
    """
    if _NO_DIGITS.fullmatch(text):
        return None
    alike = text if text.isascii() else unicodedata.normalize("NFKC", limit_combining_characters(text))
    plain = "".join(letter for letter in alike if unicodedata.category(letter) != "Cf")
    plain = _SLASHES.sub(lambda written: written[0].replace("/", "."), _DAY.sub("/", plain))
    found = {fault for run in _RUN.findall(plain) for fault in _faults_of(run)}
    if "phone_number" in found:
        return "phone_number"
    return "identity_number" if found else None


def mask_numbers(text: str) -> str:
    """`text` with each digit of a forbidden number replaced by a dot; the rest unchanged."""
    if number_fault(text) is None:
        return text
    masked = _RUN.sub(lambda run: re.sub(r"\d", MASK, run[0]) if _faults_of(run[0]) else run[0], text)
    # Numbers joined by slashes, hidden characters or other digit characters: replace every digit.
    return masked if number_fault(masked) is None else "".join(MASK if _is_digit(letter) else letter for letter in text)


def _is_digit(letter: str) -> bool:
    return any(each.isdigit() for each in unicodedata.normalize("NFKC", letter))


def _faults_of(run: str) -> set[str]:
    pieces = re.findall(r"\d+", run)
    faults: set[str] = set()
    for start, first in enumerate(pieces):
        starts_with_zero = unicodedata.digit(first[0]) == 0
        if faults and not starts_with_zero:
            continue  # could only be another identity number
        length = 0
        # Each piece has at least one digit, so a number has at most as many pieces as digits.
        for piece in pieces[start : start + max(_IDENTITY_LENGTHS)]:
            length += len(piece)
            if length in _PHONE_LENGTHS and starts_with_zero:
                return {"phone_number"}
            if length in _IDENTITY_LENGTHS or len(piece) >= min(_IDENTITY_LENGTHS):
                faults.add("identity_number")
            if length >= max(_IDENTITY_LENGTHS):
                break
    return faults


def has_bad_characters(text: str) -> bool:
    """Whether `text` has control characters (except line breaks and tabs), surrogates or unassigned characters."""
    # Fast path: true for nearly every text.
    if text.isprintable():
        return False
    return any(unicodedata.category(letter) in {"Cc", "Cs", "Cn", "Co"} and letter not in "\n\t" for letter in text)


def _tidy(text: object) -> object:
    # Browsers send a line break as two characters; some keyboards send marks as separate characters.
    if not isinstance(text, str):
        return text
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))


def _refuse_bad_characters(text: str) -> str:
    if has_bad_characters(text):
        raise PydanticCustomError("control_character", "control characters")
    return text


def refuse_identity_numbers(text: str) -> str:
    fault = number_fault(text)
    if fault:
        raise PydanticCustomError(fault, "a number that is never stored")
    return text


def text_fault(text: str, longest: int) -> str:
    """Why `text` cannot be stored: too_long, control_character or a code of number_fault; "" if it can."""
    if len(text) > longest:
        return "too_long"
    if has_bad_characters(text):
        return "control_character"
    return number_fault(text) or ""


def _no_longer_than(longest: int) -> BeforeValidator:
    def refuse(text: object) -> object:
        if isinstance(text, str) and is_overlong(text, longest):
            raise PydanticKnownError("string_too_long", {"max_length": longest})
        return text

    return BeforeValidator(refuse)


_CHECKS = (BeforeValidator(_tidy), AfterValidator(_refuse_bad_characters), AfterValidator(refuse_identity_numbers))

# Free text of at most so many characters. The last validator runs first.
Text80 = Annotated[str, Field(max_length=80), *_CHECKS, _no_longer_than(80)]
Text200 = Annotated[str, Field(max_length=200), *_CHECKS, _no_longer_than(200)]
Text500 = Annotated[str, Field(max_length=500), *_CHECKS, _no_longer_than(500)]
Text2000 = Annotated[str, Field(max_length=2000), *_CHECKS, _no_longer_than(2000)]


def _tidy_name(text: object) -> object:
    return tidy_name(text) if isinstance(text, str) else text


def _refuse_hidden_characters(text: str) -> str:
    if has_hidden_characters(text):
        raise PydanticCustomError("control_character", "hidden characters")
    return text


_NAME_CHECKS = (
    BeforeValidator(_tidy_name),
    AfterValidator(_refuse_hidden_characters),
    AfterValidator(refuse_identity_numbers),
)
# A name in one line, of at most so many characters.
Name80 = Annotated[str, Field(max_length=80), *_NAME_CHECKS, _no_longer_than(80)]
Name200 = Annotated[str, Field(max_length=200), *_NAME_CHECKS, _no_longer_than(200)]
