"""Invisible characters and bidirectional controls, which no name may contain."""

import unicodedata

# Controls, format characters (joiners, bidi controls), surrogates, private use, unassigned, line and paragraph breaks.
_HIDDEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
# Letters, marks and symbols that are drawn as nothing (Unicode's Default_Ignorable_Code_Point, and the empty Braille
# pattern).
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u3164\uffa0\u2800") | {
    chr(code) for start, end in ((0xFE00, 0xFE0F), (0xE0100, 0xE01EF)) for code in range(start, end + 1)
}
# Joiners that keyboards and web pages leave in a text; removing them changes no Vietnamese name.
_JOINTS = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
# They change the order in which the letters around them are shown.
BIDI_CONTROLS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# How many characters one letter may be decomposed into: a letter with two marks is three.
MAX_DECOMPOSED = 3
# More combining characters than any script puts on one letter.
MAX_COMBINING = 8


def tidy_name(typed: str) -> str:
    """A typed name in the form that is checked and stored: NFC, single spaces, without joiners."""
    return " ".join(unicodedata.normalize("NFC", typed.translate(_JOINTS)).split())


def is_hidden(character: str) -> bool:
    """Whether a character is drawn as nothing or changes the order of its neighbours. A plain space is not hidden."""
    return character in _BLANK or unicodedata.category(character) in _HIDDEN_CATEGORIES


def has_hidden_characters(text: str) -> bool:
    return any(map(is_hidden, text))


def is_overlong(typed: str, longest: int) -> bool:
    """Whether `typed` must be longer than `longest` characters after tidy_name. Call it before any other check.

    A decomposed letter with two marks is three characters, a line break two. A longer text must not be normalised,
    because that takes quadratic time on a run of combining characters.
    """
    return len(typed) > MAX_DECOMPOSED * longest


def limit_combining_characters(text: str) -> str:
    """`text` with at most MAX_COMBINING combining marks in a row, for texts that must be normalised however long they
    are.

    Normalisation sorts the marks of a letter, which takes the square of their number: 65,000 of them seven seconds.
    """
    letters, combining = [], 0
    for letter in text:
        combining = combining + 1 if unicodedata.combining(letter) else 0
        if combining <= MAX_COMBINING:
            letters.append(letter)
    return "".join(letters)
