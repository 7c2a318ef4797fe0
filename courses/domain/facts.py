"""Facts shared by all lessons: hotlines, menu names, addresses, thresholds. Lessons name them as {TD_VNEID}. Pure.

A menu that is renamed, or a number that changes, is then changed in one place.
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
    """What a fact is about. All must be named, never written out, but a threshold that is a bare number: 8 may mean
    anything, while "60 ngày" does not."""

    PHONE = "phone"
    MENU = "menu"
    LINK = "link"
    MESSAGE = "message"  # the wording of a text message to send
    THRESHOLD = "threshold"


@dataclass(frozen=True)
class Fact:
    """value: as told to people. what: what it is, in Vietnamese, for editors. source: where it was found."""

    name: str
    about: FactKind
    value: str
    what: str
    source: str
    reliability: Reliability
    checked_on: date


class UnknownFact(LookupError):
    """A text names facts that do not exist, or holds a stray brace. `names`: as written, in order."""

    def __init__(self, names: tuple[str, ...]) -> None:
        super().__init__(", ".join(names))
        self.names = names


def substitute(text: str, facts: Mapping[str, Fact]) -> str:
    """`text` with every {NAME} replaced by the value of that fact. Values are not looked into for further names.

    Raises UnknownFact, naming all that are unknown at once.
    """
    unknown = tuple(
        match.group() for match in _BRACED.finditer(text) if match.group(1) is None or match.group(1) not in facts
    )
    if unknown:
        raise UnknownFact(unknown)
    return _BRACED.sub(lambda match: facts[match.group(1)].value, text)


def spelled_out_facts(text: str, facts: Mapping[str, Fact]) -> tuple[str, ...]:
    """Names of the facts whose value stands in `text` instead of their name, in the facts' own order.

    A menu counts where it is named as one: alone, in bold, or in quotation marks. Its words may serve any sentence.
    """
    return tuple(fact.name for fact in facts.values() if _appears_in(text.strip(), fact))


def _appears_in(text: str, fact: Fact) -> bool:
    if fact.value not in text:  # nearly always, and far quicker than a pattern
        return False
    match fact.about:
        case FactKind.THRESHOLD if fact.value.isdecimal():
            return False
        case FactKind.MENU:
            return any(form in text for form in (f"**{fact.value}**", f"“{fact.value}”")) or text == fact.value
        case _:
            return re.search(rf"(?<![\w.]){re.escape(fact.value)}(?!\w)", text) is not None
