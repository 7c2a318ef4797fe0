"""Characters that cannot be seen, or that turn the order of what stands around them: no part of any name."""

import unicodedata

# Controls, invisible joints and bidi marks, halves of letters, private use, unassigned, line and paragraph separators.
_HIDDEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
# Letters, marks and symbols by category that draw nothing (Unicode's Default_Ignorable_Code_Point, and the empty
# Braille pattern).
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u3164\uffa0\u2800") | {
    chr(code) for start, end in ((0xFE00, 0xFE0F), (0xE0100, 0xE01EF)) for code in range(start, end + 1)
}
# Invisible joints that keyboards and web pages leave behind; dropping them changes no Vietnamese name.
_JOINTS = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
# What turns the order of letters around it.
BIDI_MARKS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# How many characters one letter may be typed as: a letter with two marks is three.
MOST_TYPED_APART = 3
# More than any script puts on one letter.
MOST_PILED = 8


def tidy_name(typed: str) -> str:
    """A typed name as it is judged and stored: NFC, single spaces, without the joints keyboards leave behind."""
    return " ".join(unicodedata.normalize("NFC", typed.translate(_JOINTS)).split())


def is_hidden(character: str) -> bool:
    """Whether one character draws nothing by itself or turns the order of its neighbours. Plain spaces are seen."""
    return character in _BLANK or unicodedata.category(character) in _HIDDEN_CATEGORIES


def has_hidden_characters(text: str) -> bool:
    return any(map(is_hidden, text))


def is_overlong(typed: str, longest: int) -> bool:
    """Whether `typed` cannot have `longest` characters once it is tidied, asked before anything else looks at it.

    A letter with two marks typed apart is three characters, a line break two. Beyond that nothing may normalise it:
    that takes the square of the length where marks pile up.
    """
    return len(typed) > MOST_TYPED_APART * longest


def without_piled_marks(text: str) -> str:
    """`text` with at most MOST_PILED combining marks in a row, for texts that must be normalised however long they are.

    Normalisation sorts the marks of a letter, which takes the square of their number: 65,000 of them seven seconds.
    """
    kept, piled = [], 0
    for letter in text:
        piled = piled + 1 if unicodedata.combining(letter) else 0
        if piled <= MOST_PILED:
            kept.append(letter)
    return "".join(kept)
