"""Finds lessons by what people type, with marks or without: in titles, goals, steps, questions and what is asked.

Single Vietnamese syllables are shared by many words and many lessons: so a word counts the more the fewer lessons hold
it, and two words standing side by side count more than both of them apart.
"""

import re
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from itertools import chain, pairwise
from math import log

from courses.domain.lesson import Lesson
from courses.spelling import Vocabulary, words

MOST_WORDS = 40  # of a question; whoever tells a long story has said what it is about by then
MOST_FOUND = 8  # lessons: two or three screens of a phone
PAIR_COUNTS = 1.6  # times a word alone
ANOTHER_MARK = 0.5  # of a word typed with other marks than the lesson's: "lúa" for "lừa"
WORTH_SHOWING = 0.4  # of the best lesson's mark; what lies below is there by chance
MUST_FIT = 0.7  # of the weight of what was typed, in one sentence, unless two of the words stand side by side there

# As people shorten them in messages.
_SHORT_FOR = {"dt": "dien thoai", "mk": "mat khau", "tk": "tai khoan", "nh": "ngan hang"}
_Y_AT_THE_END = re.compile("y$")  # "dangky": words() folds ky only where it stands alone
_SENTENCE_END = re.compile(r"(?<=[.!?…])[”\"*]*\s+")


class Place(Enum):
    """Where in a lesson a sentence stands, and how much a word there counts."""

    TITLE = 6.0
    ASKED = 4.5
    GOAL = 3.0
    STEP = 1.6
    QUESTION = 1.5


@dataclass(frozen=True)
class Found:
    """A lesson, and of its sentences the one that best answers what was typed, told as in the lesson, without **."""

    lesson: Lesson
    place: Place
    sentence: str


@dataclass(frozen=True)
class _Sentence:
    lesson: int
    place: Place
    text: str
    counts: float  # the place's own, at hand: asking an Enum for it took a fifth of a search


class Index:
    """Built once for a version of the lessons and never changed, so that many may search at once."""

    def __init__(self, lessons: Iterable[Lesson], asked: Mapping[str, tuple[str, ...]]) -> None:
        self._lessons = tuple(lessons)
        self._sentences: list[_Sentence] = []
        # A word, or two side by side, folded; then as which words with marks, and those in which sentences.
        self._where: dict[str, dict[str, array[int]]] = defaultdict(dict)
        for number, lesson in enumerate(self._lessons):
            for place, text in _sentences(lesson, asked.get(lesson.id, ())):
                self._add(_Sentence(number, place, text, place.value))
        self._vocabulary = Vocabulary(term for term in self._where if " " not in term)
        # One lesson more than there are, so that a word in all of them, or the only lesson, still weighs a little.
        many = len(self._lessons) + 1
        self._weights = {
            term: log(many / len(self._holders(chain.from_iterable(where.values()))))
            for term, where in self._where.items()
        }
        self._rarest = log(many)
        self._joined = {term.replace(" ", ""): term for term in self._where if " " in term}

    def _add(self, sentence: _Sentence) -> None:
        number = len(self._sentences)
        self._sentences.append(sentence)
        for term, sound in dict.fromkeys(_terms(words(sentence.text))):
            self._where[term].setdefault(sound, array("L")).append(number)

    def _holders(self, sentences: Iterable[int]) -> set[int]:
        return {self._sentences[number].lesson for number in sentences}

    def find(self, text: str) -> tuple[Found, ...]:
        """Lessons that answer `text`, the best first, at most MOST_FOUND; () when nothing does.

        text: anything at all. Only its first MOST_WORDS words are looked at.
        """
        typed = self._understood(words(text)[:MOST_WORDS])
        if not typed:
            return ()
        marks: dict[int, float] = defaultdict(float)
        told: dict[int, float] = defaultdict(float)  # by sentence
        covered: dict[int, float] = defaultdict(float)  # by sentence
        paired: set[int] = set()  # lessons that hold two of the words side by side
        for term, sound in dict.fromkeys(_terms(typed)):
            weight, pair = self._weight(term), " " in term
            best: dict[int, float] = {}
            for number, likeness in self._hits(term, sound).items():
                sentence = self._sentences[number]
                mark = weight * sentence.counts * likeness
                told[number] += mark
                if pair:
                    paired.add(sentence.lesson)
                else:
                    covered[number] += weight * likeness
                if mark > best.get(sentence.lesson, 0.0):
                    best[sentence.lesson] = mark
            for lesson, mark in best.items():
                marks[lesson] += mark
        enough = MUST_FIT * sum(self._weight(word) for word, _ in dict.fromkeys(typed))
        fitting = paired | self._holders(number for number, weight in covered.items() if weight >= enough)
        ordered = sorted(fitting, key=lambda lesson: (-marks[lesson], lesson))
        return tuple(
            self._found(lesson, told)
            for lesson in ordered[:MOST_FOUND]
            if marks[lesson] >= WORTH_SHOWING * marks[ordered[0]]
        )

    def _hits(self, term: str, sound: str) -> dict[int, float]:
        """Numbers of the sentences that hold `term`, and how like: 1 when the marks agree or none were typed."""
        hits: dict[int, float] = {}
        for marked, numbers in self._where.get(term, {}).items():
            likeness = 1.0 if sound in (term, marked) else ANOTHER_MARK
            for number in numbers:
                hits[number] = max(likeness, hits.get(number, 0.0))
        return hits

    def _found(self, lesson: int, told: Mapping[int, float]) -> Found:
        number = max(
            (number for number in told if self._sentences[number].lesson == lesson),
            # Of two that answer as well, the shorter is read sooner.
            key=lambda number: (told[number], -len(self._sentences[number].text)),
        )
        sentence = self._sentences[number]
        return Found(self._lessons[lesson], sentence.place, sentence.text)

    def _weight(self, term: str) -> float:
        """The rarer, the more. What no lesson holds weighs as what one does."""
        return self._weights.get(term, self._rarest) * (PAIR_COUNTS if " " in term else 1.0)

    def _understood(self, typed: list[tuple[str, str]]) -> list[tuple[str, str]]:
        """The words meant: known ones as they are, "mk" told in full, "dangky" taken apart, "vn eid" put together.

        One slip of the finger is forgiven in what is left.
        """
        meant: list[tuple[str, str]] = []
        for word, sound in typed:
            if word in self._vocabulary:
                meant.append((word, sound))
            elif (
                parts := _SHORT_FOR.get(word)
                or self._joined.get(word)
                or self._joined.get(_Y_AT_THE_END.sub("i", word))
            ):
                meant += [(part, part) for part in parts.split()]
            elif meant and meant[-1][0] + word in self._vocabulary:
                whole = meant.pop()[0] + word
                meant.append((whole, whole))
            else:
                near = self._nearest(word, meant[-1][0] if meant else "")
                meant.append((near, near) if near else (word, sound))
        return meant

    def _nearest(self, word: str, before: str) -> str:
        """The known word one slip away that fits best after `before`; "" when there is none."""

        def fit(known: str) -> tuple[bool, bool, int]:
            often = sum(map(len, self._where[known].values()))
            return f"{before} {known}" in self._where, known[0] == word[0], often

        return max(self._vocabulary.near(word), key=fit, default="")


def _sentences(lesson: Lesson, asked: Iterable[str]) -> Iterator[tuple[Place, str]]:
    """Every sentence that is searched. Words for helpers and warnings for all are left out: they name other lessons."""
    yield Place.TITLE, lesson.title
    for phrase in asked:
        yield Place.ASKED, phrase
    texts = [(Place.GOAL, lesson.goal)]
    texts += [(Place.STEP, text) for step in lesson.steps for text in (step.text, step.tip)]
    texts += [(Place.QUESTION, text) for asked_ in lesson.questions for text in (asked_.text, asked_.because)]
    for place, text in texts:
        for sentence in _SENTENCE_END.split(text.replace("**", "")):
            if sentence:
                yield place, sentence


def _terms(spelt: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Each word, and each two side by side, as (folded, sound)."""
    yield from spelt
    for (one, one_sound), (other, other_sound) in pairwise(spelt):
        yield f"{one} {other}", f"{one_sound} {other_sound}"
