"""A help code is eight digits, however they are grouped."""

import pytest

from learning.domain.assisting import FaultyHelpCode, format_help_code, read_help_code


@pytest.mark.parametrize("typed", ["48219037", "4821 9037", " 4821-9037 ", "48.21.90.37", "4821–9037"])
def test_eight_digits_are_read_however_they_are_grouped(typed):
    assert read_help_code(typed) == "48219037"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "help_code_missing"),
        (" - ", "help_code_missing"),
        ("4821903", "help_code_wrong"),
        ("482190371", "help_code_wrong"),
        ("4821903x", "help_code_wrong"),
        ("٤٨٢١٩٠٣٧", "help_code_wrong"),  # digits, but not those we hand out
        ("4" * 1000, "help_code_wrong"),
    ],
)
def test_anything_else_is_refused_by_code(typed, code):
    with pytest.raises(FaultyHelpCode) as refused:
        read_help_code(typed)

    assert refused.value.code == code


def test_it_is_read_aloud_in_fours():
    assert format_help_code("48219037") == "4821 9037"
