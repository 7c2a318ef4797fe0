"""The order of Vietnamese names, and names without their marks."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from foundation.areas.domain.kinds import KIND_WORDS, AreaKind

# The Vietnamese alphabet, with the letters that names from the Central Highlands add to it after their nearest kin.
# Each letter sorts as the character at the same place in an unbroken run of ASCII, so that every database agrees.
_ALPHABET = "aăâbƀcčdđeêĕfghiĭjklmnoôơŏpqrstuưŭvwxyz"
_PLACES = {letter: chr(ord("A") + place) for place, letter in enumerate(_ALPHABET)}

# Level, falling, asking, tumbling, rising, heavy: the order of tones in Vietnamese dictionaries.
_TONES = {"\N{COMBINING GRAVE ACCENT}": "1", "\N{COMBINING HOOK ABOVE}": "2", "\N{COMBINING TILDE}": "3"}
_TONES |= {"\N{COMBINING ACUTE ACCENT}": "4", "\N{COMBINING DOT BELOW}": "5"}

# An apostrophe joins (B'Lao), everything else that is no letter parts.
_APOSTROPHES = str.maketrans("", "", "'’ʼ`´")
_WORDS = re.compile(r"[^\W_]+")
_RUNS = re.compile(r"\d+|\D+")


def sort_key(name: str) -> str:
    """A key that puts names in the order of a Vietnamese dictionary when compared byte by byte.

    Syllable by syllable: letters first (a ă â b c d đ e ê…), tones only between equal letters; the place of the tone
    mark does not matter (hoà = hòa). Numbers come before letters and by their size, so "Mẫu 2" precedes "Mẫu 10".
    Capitals and punctuation do not count. At most six times as long as `name`; ASCII but for letters of other scripts.
    """
    decomposed = unicodedata.normalize("NFD", name.casefold().translate(_APOSTROPHES))
    return " ".join(_syllable_key(word) for word in _syllables(decomposed))


def fold(text: str) -> str:
    """Text as people type it in a hurry: small letters, no marks, one space between words. "Đặng" gives "dang"."""
    decomposed = unicodedata.normalize("NFD", text.casefold().translate(_APOSTROPHES))
    plain = decomposed.replace("đ", "d").replace("ƀ", "b")
    return " ".join(_WORDS.findall("".join(c for c in plain if not unicodedata.combining(c))))


def local_name(kind: AreaKind, name: str) -> str:
    """The area as Vietnamese call it, such as "xã Bát Mọt": for commands and files. Pages use `areas/names.html`."""
    return f"{KIND_WORDS[kind]} {name}"


def without_kind(kind: AreaKind, name: str) -> str:
    """The bare name, when a list writes the kind into it: "Bản Mẫu 1" of kind bản gives "Mẫu 1".

    A name that would have nothing left stays as it is.
    """
    words = name.split()
    lead = fold(KIND_WORDS[kind]).split()
    if len(words) > len(lead) and fold(" ".join(words[: len(lead)])).split() == lead:
        return " ".join(words[len(lead) :])
    return " ".join(words)


def _syllables(decomposed: str) -> Iterator[str]:
    # Marks are no word characters on their own, so words are cut by hand.
    word = ""
    for character in decomposed:
        if character.isalnum() or (word and unicodedata.combining(character)):
            word += character
        elif word:
            yield word
            word = ""
    if word:
        yield word


@lru_cache(maxsize=4_000)
def _syllable_key(word: str) -> str:
    return "".join(_number_key(run) if run[0].isdecimal() else _letters_key(run) for run in _RUNS.findall(word))


def _number_key(digits: str) -> str:
    digits = str(int(digits))
    # How many digits there are goes first; from nine on, one more place for every nine.
    return "9" * (len(digits) // 9) + str(len(digits) % 9) + digits


def _letters_key(letters: str) -> str:
    places, tones = [], ""
    for letter, marks in re.findall(r"(.)([\u0300-\u036f]*)", letters):
        tones += "".join(_TONES.get(mark, "") for mark in marks)
        base_marks = "".join(mark for mark in marks if mark not in _TONES)
        composed = unicodedata.normalize("NFC", letter + base_marks)
        places.append(_PLACES.get(composed) or _PLACES.get(letter) or letter)
    # "!" comes before every letter, so that "an" precedes "ang" whatever its tone.
    return "".join(places) + "!" + (tones or "0")
