"""Full-text search of lessons, with or without diacritics: titles, goals, steps, questions, search phrases.

Vietnamese syllables are shared by many words and lessons. So a word weighs more the fewer lessons contain it (inverse
document frequency), and two adjacent words weigh more than the same two apart.
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

MAX_WORDS = 40  # of the typed text; the subject is clear by then
MAX_RESULTS = 8  # lessons: two or three screens of a phone
PAIR_WEIGHT = 1.6  # times the weight of a single word
OTHER_TONE_WEIGHT = 0.5  # for a word typed with other diacritics than the lesson's: "lúa" for "lừa"
MIN_SHARE_OF_BEST = 0.4  # of the best lesson's score; lower ones match by chance
MIN_COVERAGE = 0.7  # of the weight of the typed words, in one sentence, unless two of them are adjacent there

# Abbreviations used in messages.
_SHORT_FOR = {"dt": "dien thoai", "mk": "mat khau", "tk": "tai khoan", "nh": "ngan hang"}
_Y_AT_THE_END = re.compile("y$")  # "dangky": tokenize() normalises ky only as a word of its own
_SENTENCE_END = re.compile(r"(?<=[.!?…])[”\"*]*\s+")


class MatchField(Enum):
    """The part of a lesson that a sentence belongs to, and the weight of a word there."""

    TITLE = 6.0
    PHRASE = 4.5
    GOAL = 3.0
    STEP = 1.6
    QUESTION = 1.5


@dataclass(frozen=True)
class SearchResult:
    """A lesson and its best matching sentence, as in the lesson but without **."""

    lesson: Lesson
    field: MatchField
    sentence: str


@dataclass(frozen=True)
class _Sentence:
    lesson: int
    field: MatchField
    text: str
    weight: float  # of the field, copied: reading it from the Enum took a fifth of a search


class SearchIndex:
    """Built once for a version of the lessons and never changed, so threads can share it."""

    def __init__(self, lessons: Iterable[Lesson], phrases: Mapping[str, tuple[str, ...]]) -> None:
        self._lessons = tuple(lessons)
        self._sentences: list[_Sentence] = []
        # Folded term (one word or two adjacent words) -> spelling with diacritics -> numbers of the sentences.
        self._postings: dict[str, dict[str, array[int]]] = defaultdict(dict)
        for number, lesson in enumerate(self._lessons):
            for field, text in _sentences(lesson, phrases.get(lesson.id, ())):
                self._add(_Sentence(number, field, text, field.value))
        self._vocabulary = Vocabulary(term for term in self._postings if " " not in term)
        # One more than the lessons, so that a word that is in all of them keeps a small weight.
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
        """Lessons that match `text`, best first, at most MAX_RESULTS; () for no match.

        text: any text. Only its first MAX_WORDS words are used.
        """
        typed = self._corrected(tokenize(text)[:MAX_WORDS])
        if not typed:
            return ()
        scores: dict[int, float] = defaultdict(float)
        sentence_scores: dict[int, float] = defaultdict(float)  # by sentence
        covered: dict[int, float] = defaultdict(float)  # by sentence
        paired: set[int] = set()  # lessons that contain two of the words next to each other
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
        """Sentence number -> similarity: 1 when the diacritics agree or none were typed."""
        hits: dict[int, float] = {}
        for known_sound, numbers in self._postings.get(term, {}).items():
            similarity = 1.0 if sound in (term, known_sound) else OTHER_TONE_WEIGHT
            for number in numbers:
                hits[number] = max(similarity, hits.get(number, 0.0))
        return hits

    def _result(self, lesson: int, sentence_scores: Mapping[int, float]) -> SearchResult:
        number = max(
            (number for number in sentence_scores if self._sentences[number].lesson == lesson),
            # Of two equal ones, the shorter.
            key=lambda number: (sentence_scores[number], -len(self._sentences[number].text)),
        )
        sentence = self._sentences[number]
        return SearchResult(self._lessons[lesson], sentence.field, sentence.text)

    def _weight(self, term: str) -> float:
        """Higher for rarer terms. A term of no lesson weighs as one of a single lesson."""
        return self._weights.get(term, self._rarest) * (PAIR_WEIGHT if " " in term else 1.0)

    def _corrected(self, typed: list[tuple[str, str]]) -> list[tuple[str, str]]:
        """The typed words, corrected: "mk" is written out, "dangky" is split, "vn eid" is joined.

        In other unknown words one typing error is corrected.
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
        """The known word one edit away that fits best after `previous`; "" for none."""

        def rank(known: str) -> tuple[bool, bool, int]:
            frequency = sum(map(len, self._postings[known].values()))
            return f"{previous} {known}" in self._postings, known[0] == word[0], frequency

        return max(self._vocabulary.similar(word), key=rank, default="")


def _sentences(lesson: Lesson, phrases: Iterable[str]) -> Iterator[tuple[MatchField, str]]:
    """Every sentence that is indexed. Helper tips and general warnings are not: they name other lessons."""
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
    """Each word and each pair of adjacent words, as (folded, sound)."""
    yield from tokens
    for (one, one_sound), (other, other_sound) in pairwise(tokens):
        yield f"{one} {other}", f"{one_sound} {other_sound}"
