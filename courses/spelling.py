"""Recognises words typed without diacritics, with another placement of them, or with one typing error. Pure."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable

_WORD = re.compile(r"[^\W_]+")
# ky and ki, ly and li are two spellings of one sound; tay and tai are two words.
_Y_ALONE = re.compile(r"^(h|k|l|m|s|t|v|qu)y$")
MIN_FUZZY_LENGTH = 4  # letters; shorter words are one edit away from too many others


def strip_diacritics(text: str) -> str:
    """`text` in lower case without diacritics: "Đăng ký" gives "dang ky"."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in decomposed if not unicodedata.combining(character)).replace("đ", "d")


def sound_key(word: str) -> str:
    """A key that is equal for all spellings of one word and differs for words with other diacritics.

    "hoà" and "hòa", "kỹ" and "kĩ" are one word; "lừa" and "lúa" are two.
    """
    characters = unicodedata.normalize("NFKD", word.casefold())
    diacritics = "".join(sorted(character for character in characters if unicodedata.combining(character)))
    letters = "".join(character for character in characters if not unicodedata.combining(character))
    return _normalise_y(letters) + diacritics


def tokenize(text: str) -> list[tuple[str, str]]:
    """(folded, sound) of each word of `text`, in order. Folded words are compared when no diacritics were typed."""
    tokens = _WORD.findall(unicodedata.normalize("NFC", text))
    return [(_normalise_y(strip_diacritics(word)), sound_key(word)) for word in tokens]


def _normalise_y(letters: str) -> str:
    return _Y_ALONE.sub(r"\1i", letters) if letters.endswith("y") else letters


class Vocabulary:
    """A set of known words that finds those similar to an unknown one."""

    def __init__(self, known: Iterable[str]) -> None:
        self._known = frozenset(known)
        self._longest = max(map(len, self._known), default=0)
        # Each word with each one-letter deletion: two words one edit apart share one of these.
        self._deletions: dict[str, set[str]] = defaultdict(set)
        for word in self._known:
            for short in _deletions(word):
                self._deletions[short].add(word)

    def __contains__(self, word: str) -> bool:
        return word in self._known

    def similar(self, word: str) -> list[str]:
        """Known words one insertion, deletion, substitution or swap away, sorted; [] for short words.

        Also [] for words longer than any known one: deletions cost the square of the length.
        """
        if not MIN_FUZZY_LENGTH <= len(word) <= self._longest + 1:
            return []
        candidates = {similar for short in _deletions(word) for similar in self._deletions.get(short, ())}
        return sorted(similar for similar in candidates if _one_edit_apart(word, similar))


def _deletions(word: str) -> set[str]:
    return {word, *(word[:place] + word[place + 1 :] for place in range(len(word)))}


def _one_edit_apart(one: str, other: str) -> bool:
    if len(one) != len(other):
        longer, shorter = (one, other) if len(one) > len(other) else (other, one)
        return len(longer) - len(shorter) == 1 and shorter in _deletions(longer)
    differ = [place for place, (a, b) in enumerate(zip(one, other, strict=True)) if a != b]
    if len(differ) <= 1:
        return True
    return (
        len(differ) == 2
        and differ[1] == differ[0] + 1
        and one[differ[0]] == other[differ[1]]
        and (one[differ[1]] == other[differ[0]])
    )
