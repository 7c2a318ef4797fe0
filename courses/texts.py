"""Checks every text of a library file: facts by name, no real numbers, known addresses, short sentences."""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from courses.domain.facts import Fact, FactKind, UnknownFact, spelled_out_facts, substitute
from courses.domain.numbers import real_numbers
from courses.faults import ErrorDetail, error_detail

MAX_SENTENCE_WORDS = 25  # words; longer ones are hard to read aloud

# Sources quote addresses and numbers of others; fake addresses are listed on purpose.
_NOT_SHOWN_TO_LEARNERS = {"source", "fake_links"}
_SENTENCE_END = re.compile(r"(?<=[.!?…])[\"”’)*]*\s+")
_ADDRESS = re.compile(
    r"(?<![\w@.])(?:https?://)?((?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,})(?!\w)", re.IGNORECASE
)
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>|<!--|&(?:[a-z]+|#\d+);")
# Line breaks, tabs, and the joiners that some scripts need between letters.
_ALLOWED_CONTROL_CHARACTERS = frozenset("\n\t\u200b\u200c\u200d")
_FILE_ENDINGS = {"apk", "jpg", "png", "pdf"}
_SCOLDING = re.compile(r"\bsai\b", re.IGNORECASE)
_FEEDBACK_KEYS = {"hint", "praise"}


def text_faults(data: Mapping[str, Any], facts: Mapping[str, Fact]) -> list[tuple[str, ErrorDetail]]:
    """(key, error) for every text of a parsed file, in the order of the file.

    data: as tomllib returns it, facts not yet substituted; it need not be a valid lesson.
    """
    fakes = data.get("fake_links")
    fake_links = {str(link).lower() for link in fakes} if isinstance(fakes, list) else set()
    found = []
    for key, name, text in _texts(data):
        found += [(key, detail) for detail in _check_facts(text, facts)]
        found += [(key, detail) for detail in _check_characters(text)]
        found += [(key, error_detail("real_number", number=n)) for n in real_numbers(text)]
        found += [(key, detail) for detail in _check_addresses(text, facts, fake_links)]
        found += [(key, detail) for detail in _check_length(_substitute_known(text, facts))]  # the text as it is shown
        if name in _FEEDBACK_KEYS and _SCOLDING.search(text):
            found.append((key, error_detail("scolding")))
    return found


def substitute_facts(data: Mapping[str, Any], facts: Mapping[str, Fact]) -> dict[str, Any]:
    """`data` with all facts substituted. A text with an unknown fact is unchanged; text_faults reports it."""

    return {key: _map_texts(value, lambda text: _substitute_known(text, facts)) for key, value in data.items()}


def _substitute_known(text: str, facts: Mapping[str, Fact]) -> str:
    try:
        return substitute(text, facts)
    except UnknownFact:
        return text


def key_of(parts: tuple[str | int, ...]) -> str:
    """("question", 1, "option", 0, "text") as "question[2].option[1].text": keys count from 1."""
    key = ""
    for part in parts:
        key += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if key else part
    return key


def _map_texts(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list):
        return [_map_texts(each, change) for each in value]
    if isinstance(value, dict):
        return {key: _map_texts(each, change) for key, each in value.items()}
    return value


def _texts(data: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """(key, last name of the key, text) of everything that is shown to learners."""

    def walk(value: Any, parts: tuple[str | int, ...]) -> Iterator[tuple[str, str, str]]:
        if isinstance(value, str):
            yield key_of(parts), next(str(part) for part in reversed(parts) if isinstance(part, str)), value
        elif isinstance(value, list):
            for place, each in enumerate(value):
                yield from walk(each, (*parts, place))
        elif isinstance(value, dict):
            for name, each in value.items():
                yield from walk(each, (*parts, name))

    for name, value in data.items():
        if name not in _NOT_SHOWN_TO_LEARNERS:
            yield from walk(value, (name,))


def _check_facts(text: str, facts: Mapping[str, Fact]) -> Iterator[ErrorDetail]:
    try:
        substitute(text, facts)
    except UnknownFact as unknown:
        yield error_detail("no_such_fact", names=", ".join(unknown.names))
    for name in spelled_out_facts(text, facts):
        yield error_detail("fact_written_out", value=facts[name].value, name=name)


def _check_characters(text: str) -> Iterator[ErrorDetail]:
    for tag in _TAG.findall(text):
        yield error_detail("markup", tag=tag)
    for letter in text:
        if unicodedata.category(letter) in {"Cc", "Cf", "Cs", "Co", "Cn"} and letter not in _ALLOWED_CONTROL_CHARACTERS:
            yield error_detail("invisible_character", point=f"{ord(letter):04X}")
            return


def _check_addresses(text: str, facts: Mapping[str, Fact], fake_links: set[str]) -> Iterator[ErrorDetail]:
    known = {fact.value.lower() for fact in facts.values() if fact.about is FactKind.LINK}
    for address in _ADDRESS.findall(text):
        if address.rpartition(".")[2].lower() in _FILE_ENDINGS or address.lower() in fake_links | known:
            continue
        yield error_detail("unknown_address", address=address)


def _check_length(text: str) -> Iterator[ErrorDetail]:
    for sentence in _SENTENCE_END.split(" ".join(text.split())):
        words = len(sentence.split())
        if words > MAX_SENTENCE_WORDS:
            yield error_detail("long_sentence", words=words, most=MAX_SENTENCE_WORDS, begin=sentence[:40])
