"""Checks of passwords, and generated passwords that are easy to read out over the telephone."""

import unicodedata
from collections.abc import Callable, Sequence
from itertools import pairwise

from foundation.accounts.domain.names import fold_name
from foundation.characters import is_overlong

SHORTEST = 8
LONGEST = 200

# Common syllables written without marks, so that they are heard, read and typed the same on every keyboard.
_SYLLABLES = """
ba be bo ca cay chim cho chu co com cua cui dao dau den do doi dong dua duong ga gao gio go hat hoa hoc khe khoai la
lang lua lut mai mam mang mat may me mia mo mua muong nam nang nau ngo ngua nha nho non nui nuong oi ong phu que rau re
rung ruong sa sao sen soc song suoi tam tao tau thac thon thu thuyen tim to tra trang trau tre troi trung tu vai vang
voi vuon xanh xe xoai xuan
""".split()  # noqa: SIM905  ninety quoted syllables are no easier to read


def normalise(password: str) -> str:
    """NFC, so that "ạ" typed as one letter or as two is one password. Spaces stay: they may be meant.

    A far too long one is returned unchanged, for password_fault.
    """
    return password if is_overlong(password, LONGEST) else unicodedata.normalize("NFC", password)


def password_fault(password: str, name: str) -> str | None:
    """Why a normalised password cannot be used for the account `name`, as a code, or None.

    missing; too_short (under SHORTEST characters); too_long (over LONGEST); bad_characters (control characters);
    same_as_name; too_simple (under four different characters, or one unbroken run such as 12345678).
    """
    if not password:
        return "missing"
    if len(password) < SHORTEST:
        return "too_short"
    if len(password) > LONGEST:
        return "too_long"
    if any(unicodedata.category(letter) in {"Cc", "Cs"} for letter in password):
        return "bad_characters"
    if fold_name(password) == fold_name(name):
        return "same_as_name"
    steps = {ord(after) - ord(before) for before, after in pairwise(password)}
    if len(set(password)) < 4 or steps in ({1}, {-1}):
        return "too_simple"
    return None


def spoken_password(pick: Callable[[Sequence[str]], str]) -> str:
    """Five syllables and two digits, such as "suoi-tre-khoai-mua-ga-47": about 39 bits, easy to read out.

    pick: chooses one of a sequence, `secrets.choice` everywhere but in tests.
    """
    digits = "".join(pick("0123456789") for _ in range(2))
    return "-".join([*(pick(_SYLLABLES) for _ in range(5)), digits])
