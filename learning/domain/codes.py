"""The code of a letter: ten characters people can read aloud, the last of which catches typing errors.

Crockford's base32 (no I, L, O, U), https://www.crockford.com/base32.html. His own check symbol needs five characters
outside the alphabet, so ours is reckoned in GF(32) instead: it catches every single wrong character and every two that
changed places.
"""

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
RANDOM_BITS = 45
LENGTH = RANDOM_BITS // 5 + 1
LONGEST_TYPED = 60  # with room for spaces and hyphens anywhere

_MISREAD = str.maketrans("OIL", "011")
_IGNORED = str.maketrans("", "", " -.\u2010\u2011\u2013\u00a0")


class InvalidCode(ValueError):
    """What was typed cannot be the code of any letter."""


def code_from(number: int) -> str:
    """The code that carries `number`, 0 <= number < 2**45."""
    digits = [number >> shift & 31 for shift in range(RANDOM_BITS - 5, -1, -5)]
    return "".join(ALPHABET[digit] for digit in [*digits, _check(digits)])


def number_of(code: str) -> int:
    """The number a code carries; `code` as code_from or read_code give it."""
    number = 0
    for character in code[:-1]:
        number = number << 5 | ALPHABET.index(character)
    return number


def read_code(typed: str) -> str:
    """The code as stored, from what a person typed: spaces, hyphens, lower case, O for 0 and I or L for 1 are welcome.

    Raises InvalidCode when the length, a character or the check character is wrong.
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
    # Horner's rule in GF(32): every place gets another power of x, and doubling is a shift
    # reduced by x^5 + x^2 + 1.
    total = 0
    for digit in digits:
        total = _doubled(total ^ digit)
    return total


def _doubled(value: int) -> int:
    value <<= 1
    return value ^ 0b100101 if value & 32 else value
