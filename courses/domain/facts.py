"""Facts shared by all lessons: hotlines, menu names, addresses, thresholds. Pure.

Lessons write {TD_VNEID}, so that a fact that changes is edited in one place.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from courses.domain.lesson import Reliability

FACT_NAME = re.compile(r"[A-Z][A-Z0-9_]*")
_BRACED = re.compile(r"\{([^{}]*)\}|[{}]")


class FactKind(StrEnum):
    """What a fact is about. Lessons must use the name of a fact, not its value. Exception: a threshold that is a bare
    number, because 8 may mean anything, while "60 ngày" does not."""

    PHONE = "phone"
    MENU = "menu"
    LINK = "link"
    MESSAGE = "message"  # the wording of a text message to send
    THRESHOLD = "threshold"


@dataclass(frozen=True)
class Fact:
    """value: as shown to people. what: its description in Vietnamese, for editors. source: where it was found."""

    name: str
    about: FactKind
    value: str
    what: str
    source: str
    reliability: Reliability
    checked_on: date


class UnknownFact(LookupError):
    """A text with unknown facts or a stray brace. `names`: as in the text, in order."""

    def __init__(self, names: tuple[str, ...]) -> None:
        super().__init__(", ".join(names))
        self.names = names


def substitute(text: str, facts: Mapping[str, Fact]) -> str:
    """`text` with every {NAME} replaced by the value of that fact. Names inside values are not replaced.

    Raises UnknownFact with all unknown names.
    """
    unknown = tuple(
        match.group() for match in _BRACED.finditer(text) if match.group(1) is None or match.group(1) not in facts
    )
    if unknown:
        raise UnknownFact(unknown)
    return _BRACED.sub(lambda match: facts[match.group(1)].value, text)


def spelled_out_facts(text: str, facts: Mapping[str, Fact]) -> tuple[str, ...]:
    """Names of the facts whose value is in `text` instead of their name, in the order of `facts`.

    The name of a menu counts only alone, in bold or in quotation marks: its words may be part of any sentence.
    """
    return tuple(fact.name for fact in facts.values() if _appears_in(text.strip(), fact))


def _appears_in(text: str, fact: Fact) -> bool:
    if fact.value not in text:  # the usual case; much faster than the pattern
        return False
    match fact.about:
        case FactKind.THRESHOLD if fact.value.isdecimal():
            return False
        case FactKind.MENU:
            return any(form in text for form in (f"**{fact.value}**", f"“{fact.value}”")) or text == fact.value
        case _:
            return re.search(rf"(?<![\w.]){re.escape(fact.value)}(?!\w)", text) is not None
