"""Assisted sessions: how long they last, and the code that starts one on the learner's phone."""

import re
from datetime import timedelta

# Long enough for an evening. A helper who forgets to end it does not count as helping the next day.
LASTS = timedelta(hours=4)
# Long enough to read eight digits aloud to somebody who types slowly.
CODE_LASTS = timedelta(minutes=10)
DIGITS = 8
LONGEST_TYPED = 40  # leaves room for spaces and dots


class FaultyHelpCode(ValueError):
    """`code`: help_code_missing or help_code_wrong."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def read_help_code(typed: str) -> str:
    """Read eight digits, with any separators between groups. Raises FaultyHelpCode."""
    if len(typed) > LONGEST_TYPED:
        raise FaultyHelpCode("help_code_wrong")
    digits = re.sub(r"[\s.\-–]", "", typed)
    if not digits:
        raise FaultyHelpCode("help_code_missing")
    if not re.fullmatch(r"[0-9]{8}", digits):
        raise FaultyHelpCode("help_code_wrong")
    return digits


def format_help_code(digits: str) -> str:
    """The code in two groups of four, as it is read aloud: "4821 9037"."""
    return f"{digits[:4]} {digits[4:]}"
