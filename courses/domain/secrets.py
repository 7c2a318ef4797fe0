"""Rules for an invented password or passcode, each with a code; templates have its Vietnamese text."""

from collections.abc import Callable, Iterable
from itertools import pairwise

MIN_LENGTH = 8


def _is_sequence(text: str) -> bool:
    """Whether the digits rise or fall by one: 123456, 654321, also 890123. False for fewer than three."""
    if len(text) < 3 or not text.isdecimal():
        return False
    steps = {(int(after) - int(before)) % 10 for before, after in pairwise(text)}
    return steps in ({1}, {9})


# Source of upper, lower, digit, mark and at_least_8: lesson 2.4, from memory, still to be checked on a phone.
SECRET_RULES: dict[str, Callable[[str], bool]] = {
    "at_least_8": lambda secret: len(secret) >= MIN_LENGTH,
    "upper": lambda secret: any(letter.isupper() for letter in secret),
    "lower": lambda secret: any(letter.islower() for letter in secret),
    "digit": lambda secret: any(letter.isdecimal() for letter in secret),
    "mark": lambda secret: any(not letter.isalnum() and not letter.isspace() for letter in secret),
    "six_digits": lambda secret: len(secret) == 6 and secret.isascii() and secret.isdecimal(),
    "not_a_run": lambda secret: bool(secret) and not _is_sequence(secret),
    "not_all_same": lambda secret: len(set(secret)) > 1,
}


def rules_met(secret: str, rules: Iterable[str]) -> tuple[str, ...]:
    """Those of `rules` that hold for `secret`, in the order given. Spaces at either end do not count.

    Raises KeyError for a code that is not in SECRET_RULES.
    """
    secret = secret.strip()
    return tuple(rule for rule in rules if SECRET_RULES[rule](secret))
