"""The code of a letter: ten characters that can be read aloud. The last one detects typing errors.

Crockford's base32 (no I, L, O, U), https://www.crockford.com/base32.html. Its own check symbol needs five characters
outside the alphabet, so ours is computed in GF(32): it detects every single wrong character and every swap of two.
"""

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
RANDOM_BITS = 45
LENGTH = RANDOM_BITS // 5 + 1
LONGEST_TYPED = 60  # leaves room for spaces and hyphens

_MISREAD = str.maketrans("OIL", "011")
_IGNORED = str.maketrans("", "", " -.\u2010\u2011\u2013\u00a0")


class InvalidCode(ValueError):
    """The typed text cannot be the code of any letter."""


def code_from(number: int) -> str:
    """The code for `number`, 0 <= number < 2**45."""
    digits = [number >> shift & 31 for shift in range(RANDOM_BITS - 5, -1, -5)]
    return "".join(ALPHABET[digit] for digit in [*digits, _check(digits)])


def number_of(code: str) -> int:
    """The number in a code. `code`: as code_from or read_code return it."""
    number = 0
    for character in code[:-1]:
        number = number << 5 | ALPHABET.index(character)
    return number


def read_code(typed: str) -> str:
    """The stored form of a typed code. Spaces, hyphens, lower case, O for 0, and I or L for 1 are accepted.

    Raises InvalidCode if the length, a character or the check character is wrong.
    """
    if len(typed) > LONGEST_TYPED:
        raise InvalidCode(typed[:LONGEST_TYPED])
    code = typed.translate(_IGNORED).strip().upper().translate(_MISREAD)
    digits = [ALPHABET.find(character) for character in code]
    if len(code) != LENGTH or -1 in digits or _check(digits[:-1]) != digits[-1]:
        raise InvalidCode(typed)
    return code


def format_code(code: str) -> str:
    """The code as shown: "K7M-2QX-94BD"."""
    return f"{code[:3]}-{code[3:6]}-{code[6:]}"


def _check(digits: list[int]) -> int:
    # Horner's rule in GF(32): every position gets another power of x. Doubling is a shift, reduced by x^5 + x^2 + 1.
    total = 0
    for digit in digits:
        total = _doubled(total ^ digit)
    return total


def _doubled(value: int) -> int:
    value <<= 1
    return value ^ 0b100101 if value & 32 else value
