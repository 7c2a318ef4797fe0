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
from courses.spelling import Vocabulary, tokenize

MAX_WORDS = 40  # of a question; whoever tells a long story has said what it is about by then
MAX_RESULTS = 8  # lessons: two or three screens of a phone
PAIR_WEIGHT = 1.6  # times a word alone
OTHER_TONE_WEIGHT = 0.5  # of a word typed with other marks than the lesson's: "lúa" for "lừa"
MIN_SHARE_OF_BEST = 0.4  # of the best lesson's mark; what lies below is there by chance
MIN_COVERAGE = 0.7  # of the weight of what was typed, in one sentence, unless two of the words stand side by side there

# As people shorten them in messages.
_SHORT_FOR = {"dt": "dien thoai", "mk": "mat khau", "tk": "tai khoan", "nh": "ngan hang"}
_Y_AT_THE_END = re.compile("y$")  # "dangky": words() folds ky only where it stands alone
_SENTENCE_END = re.compile(r"(?<=[.!?…])[”\"*]*\s+")


class MatchField(Enum):
    """Where in a lesson a sentence stands, and how much a word there counts."""

    TITLE = 6.0
    PHRASE = 4.5
    GOAL = 3.0
    STEP = 1.6
    QUESTION = 1.5


@dataclass(frozen=True)
class SearchResult:
    """A lesson, and of its sentences the one that best answers what was typed, told as in the lesson, without **."""

    lesson: Lesson
    field: MatchField
    sentence: str


@dataclass(frozen=True)
class _Sentence:
    lesson: int
    field: MatchField
    text: str
    weight: float  # the place's own, at hand: asking an Enum for it took a fifth of a search


class SearchIndex:
    """Built once for a version of the lessons and never changed, so that many may search at once."""

    def __init__(self, lessons: Iterable[Lesson], phrases: Mapping[str, tuple[str, ...]]) -> None:
        self._lessons = tuple(lessons)
        self._sentences: list[_Sentence] = []
        # A word, or two side by side, folded; then as which words with marks, and those in which sentences.
        self._postings: dict[str, dict[str, array[int]]] = defaultdict(dict)
        for number, lesson in enumerate(self._lessons):
            for field, text in _sentences(lesson, phrases.get(lesson.id, ())):
                self._add(_Sentence(number, field, text, field.value))
        self._vocabulary = Vocabulary(term for term in self._postings if " " not in term)
        # One lesson more than there are, so that a word in all of them, or the only lesson, still weighs a little.
        lesson_count = len(self._lessons) + 1
        self._weights = {
            term: log(lesson_count / len(self._lessons_with(chain.from_iterable(by_sound.values()))))
            for term, by_sound in self._postings.items()
        }
        self._rarest = log(lesson_count)
        self._joined = {term.replace(" ", ""): term for term in self._postings if " " in term}

    def _add(self, sentence: _Sentence) -> None:
        number = len(self._sentences)
        self._sentences.append(sentence)
        for term, sound in dict.fromkeys(_terms(tokenize(sentence.text))):
            self._postings[term].setdefault(sound, array("L")).append(number)

    def _lessons_with(self, sentences: Iterable[int]) -> set[int]:
        return {self._sentences[number].lesson for number in sentences}

    def find(self, text: str) -> tuple[SearchResult, ...]:
        """Lessons that answer `text`, the best first, at most MOST_FOUND; () when nothing does.

        text: anything at all. Only its first MOST_WORDS words are looked at.
        """
        typed = self._corrected(tokenize(text)[:MAX_WORDS])
        if not typed:
            return ()
        scores: dict[int, float] = defaultdict(float)
        sentence_scores: dict[int, float] = defaultdict(float)  # by sentence
        covered: dict[int, float] = defaultdict(float)  # by sentence
        paired: set[int] = set()  # lessons that hold two of the words side by side
        for term, sound in dict.fromkeys(_terms(typed)):
            weight, pair = self._weight(term), " " in term
            best: dict[int, float] = {}
            for number, similarity in self._hits(term, sound).items():
                sentence = self._sentences[number]
                score = weight * sentence.weight * similarity
                sentence_scores[number] += score
                if pair:
                    paired.add(sentence.lesson)
                else:
                    covered[number] += weight * similarity
                if score > best.get(sentence.lesson, 0.0):
                    best[sentence.lesson] = score
            for lesson, score in best.items():
                scores[lesson] += score
        enough = MIN_COVERAGE * sum(self._weight(word) for word, _ in dict.fromkeys(typed))
        fitting = paired | self._lessons_with(number for number, weight in covered.items() if weight >= enough)
        ordered = sorted(fitting, key=lambda lesson: (-scores[lesson], lesson))
        return tuple(
            self._result(lesson, sentence_scores)
            for lesson in ordered[:MAX_RESULTS]
            if scores[lesson] >= MIN_SHARE_OF_BEST * scores[ordered[0]]
        )

    def _hits(self, term: str, sound: str) -> dict[int, float]:
        """Numbers of the sentences that hold `term`, and how like: 1 when the marks agree or none were typed."""
        hits: dict[int, float] = {}
        for known_sound, numbers in self._postings.get(term, {}).items():
            similarity = 1.0 if sound in (term, known_sound) else OTHER_TONE_WEIGHT
            for number in numbers:
                hits[number] = max(similarity, hits.get(number, 0.0))
        return hits

    def _result(self, lesson: int, sentence_scores: Mapping[int, float]) -> SearchResult:
        number = max(
            (number for number in sentence_scores if self._sentences[number].lesson == lesson),
            # Of two that answer as well, the shorter is read sooner.
            key=lambda number: (sentence_scores[number], -len(self._sentences[number].text)),
        )
        sentence = self._sentences[number]
        return SearchResult(self._lessons[lesson], sentence.field, sentence.text)

    def _weight(self, term: str) -> float:
        """The rarer, the more. What no lesson holds weighs as what one does."""
        return self._weights.get(term, self._rarest) * (PAIR_WEIGHT if " " in term else 1.0)

    def _corrected(self, typed: list[tuple[str, str]]) -> list[tuple[str, str]]:
        """The words meant: known ones as they are, "mk" told in full, "dangky" taken apart, "vn eid" put together.

        One slip of the finger is forgiven in what is left.
        """
        corrected: list[tuple[str, str]] = []
        for word, sound in typed:
            if word in self._vocabulary:
                corrected.append((word, sound))
            elif (
                parts := _SHORT_FOR.get(word)
                or self._joined.get(word)
                or self._joined.get(_Y_AT_THE_END.sub("i", word))
            ):
                corrected += [(part, part) for part in parts.split()]
            elif corrected and corrected[-1][0] + word in self._vocabulary:
                whole = corrected.pop()[0] + word
                corrected.append((whole, whole))
            else:
                similar = self._closest(word, corrected[-1][0] if corrected else "")
                corrected.append((similar, similar) if similar else (word, sound))
        return corrected

    def _closest(self, word: str, previous: str) -> str:
        """The known word one slip away that fits best after `before`; "" when there is none."""

        def rank(known: str) -> tuple[bool, bool, int]:
            frequency = sum(map(len, self._postings[known].values()))
            return f"{previous} {known}" in self._postings, known[0] == word[0], frequency

        return max(self._vocabulary.similar(word), key=rank, default="")


def _sentences(lesson: Lesson, phrases: Iterable[str]) -> Iterator[tuple[MatchField, str]]:
    """Every sentence that is searched. Words for helpers and warnings for all are left out: they name other lessons."""
    yield MatchField.TITLE, lesson.title
    for phrase in phrases:
        yield MatchField.PHRASE, phrase
    texts = [(MatchField.GOAL, lesson.goal)]
    texts += [(MatchField.STEP, text) for step in lesson.steps for text in (step.text, step.tip)]
    texts += [
        (MatchField.QUESTION, text) for question in lesson.questions for text in (question.text, question.because)
    ]
    for field, text in texts:
        for sentence in _SENTENCE_END.split(text.replace("**", "")):
            if sentence:
                yield field, sentence


def _terms(tokens: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Each word, and each two side by side, as (folded, sound)."""
    yield from tokens
    for (one, one_sound), (other, other_sound) in pairwise(tokens):
        yield f"{one} {other}", f"{one_sound} {other_sound}"
