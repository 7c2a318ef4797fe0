"""Numbers that are never kept are found in one pass, whatever was typed."""

import re
import time
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from foundation import free_text
from foundation.free_text import Text500, number_fault

PIECES = st.one_of(
    st.text("0123456789", min_size=1, max_size=14),
    st.sampled_from(
        [" ", "  ", ".", "-", "–", "/", "\u00a0", "\t", "_", "a", "\u200b", "\u0301", "０", "٣", "1/2/2026"]
    ),
)


def plainly(text: str) -> str | None:
    """The rule as it was first written, which took the square of the length."""
    plain = "".join(letter for letter in unicodedata.normalize("NFKC", text) if unicodedata.category(letter) != "Cf")
    plain = free_text._SLASHES.sub(lambda written: written[0].replace("/", "."), free_text._DAY.sub("/", plain))
    faults = set()
    for run in free_text._RUN.findall(plain):
        pieces = re.findall(r"\d+", run)
        for start in range(len(pieces)):
            digits = ""
            for piece in pieces[start:]:
                digits += piece
                if len(digits) in {10, 11} and unicodedata.digit(digits[0]) == 0:
                    faults.add("phone_number")
                elif len(digits) in {9, 12} or len(piece) >= 9:
                    faults.add("identity_number")
                if len(digits) >= 12:
                    break
    return "phone_number" if "phone_number" in faults else "identity_number" if faults else None


@settings(max_examples=400, deadline=None)
@given(st.lists(PIECES, max_size=30).map("".join))
def test_it_finds_what_it_always_found(text):
    assert number_fault(text) == plainly(text)


@pytest.mark.parametrize(
    "shape", ["1 ", "1/", "2026/", "123/", "12.", "0\u00a0", "1/1/2026 ", "(", "1" * 8 + " a ", "\u0301\u0323"]
)
def test_it_takes_no_longer_than_the_text_is(shape):
    def seconds(length):
        text = shape * (length // len(shape))
        began = time.process_time()
        number_fault(text)
        return time.process_time() - began

    # A rule that took the square would need a hundred times as long for ten times the text.
    assert seconds(200_000) < 40 * max(seconds(20_000), 0.002)


def test_a_text_far_too_long_is_refused_before_it_is_normalised(monkeypatch):
    normalised = []
    monkeypatch.setattr(
        free_text.unicodedata, "normalize", lambda form, text: normalised.append(text) or text, raising=True
    )
    with pytest.raises(ValidationError) as refused:
        TypeAdapter(Text500).validate_python("\u0301\u0323" * 500_000)

    assert (refused.value.errors()[0]["type"], normalised) == ("string_too_long", [])


def test_letters_typed_with_their_marks_apart_have_the_same_room():
    assert len(TypeAdapter(Text500).validate_python(unicodedata.normalize("NFD", "ệ" * 500))) == 500


def test_the_letters_that_need_no_closer_look_hold_and_become_no_digit():
    quick = [chr(code) for code in range(0x110000) if free_text._NO_DIGITS.fullmatch(chr(code))]

    assert {"a", "ế", "Đ", " ", "\n", "…"} <= set(quick)
    assert not [letter for letter in quick if re.search(r"\d", unicodedata.normalize("NFKC", letter))]
    # Nor anything that stands for digits once it is dropped.
    assert not [letter for letter in quick if unicodedata.category(letter) == "Cf" or unicodedata.combining(letter)]
