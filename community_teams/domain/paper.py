"""The paper twin of the visit form: the number beside each choice, and how a line of numbers is read back.

A number is the place of a code in its list in domain/codes.py, whose lists only ever grow at their end, or stands in
one of the tables below. Sheets lie in drawers for years: a number once printed is never given another meaning.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from community_teams.domain.codes import (
    AgeBand,
    Carrier,
    ConsentHow,
    ConsentLevel,
    Document,
    Help,
    IssueLevel,
    IssueType,
    Outcome,
    PhoneProblem,
    Power,
    Sex,
    Signal,
    Skill,
    Support,
    VisitType,
    VneidLevel,
)
from community_teams.domain.visits import MOST_ISSUES, MOST_PEOPLE

Numbers = Mapping[str, str]


def _in_order(choices: type[StrEnum]) -> Numbers:
    return {str(number): choice.value for number, choice in enumerate(choices, 1)}


YES_NO: Numbers = {"1": "true", "0": "false"}
# As people say it: level 2 is 2.
VNEID: Numbers = {
    "0": VneidLevel.NOT_INSTALLED.value,
    "1": VneidLevel.LEVEL1.value,
    "2": VneidLevel.LEVEL2.value,
    "3": VneidLevel.INSTALLED.value,
    "9": VneidLevel.UNKNOWN.value,
}
LANGUAGES: Numbers = {"1": "vi", "2": "mtq", "3": "tai", "4": "hmn", "5": "tou", "6": "ium", "7": "kjg"}
SATISFACTIONS: Numbers = {"3": "3", "2": "2", "1": "1"}

# By the name of the field; of a person or an issue, by the name within its row.
ONE: Mapping[str, Numbers] = {
    "outcome": _in_order(Outcome),
    "visit_type": _in_order(VisitType),
    "consent.level": _in_order(ConsentLevel),
    "consent.how": _in_order(ConsentHow),
    "newborn_pending": YES_NO,
    "devices.shared": YES_NO,
    **{f"network.{carrier}": _in_order(Signal) for carrier in Carrier},
    "fixed_internet": YES_NO,
    "wifi": YES_NO,
    "power": _in_order(Power),
    "satisfaction": SATISFACTIONS,
}
SEVERAL: Mapping[str, Numbers] = {
    "language_used": LANGUAGES,
    "devices.problems": _in_order(PhoneProblem),
    "support_given": _in_order(Help),
}
PERSON_ONE: Mapping[str, Numbers] = {"age_band": _in_order(AgeBand), "sex": _in_order(Sex), "vneid_level": VNEID}
PERSON_SEVERAL: Mapping[str, Numbers] = {"documents": _in_order(Document), "helped_with": _in_order(Help)}
ISSUE_ONE: Mapping[str, Numbers] = {
    "type": _in_order(IssueType),
    "level": _in_order(IssueLevel),
    "beyond_authority": {"1": "true", "0": ""},
}
SUPPORTS = tuple(Support)
CARRIERS = tuple(Carrier)
SKILLS = tuple(Skill)
# What stands in the box of a skill that was not asked about: nothing, or one of these.
NOT_ASKED = "-–—. _"

NUMBERS: Mapping[str, Numbers] = {
    **ONE,
    **{f"people.{row}.{name}": numbers for row in range(MOST_PEOPLE) for name, numbers in PERSON_ONE.items()},
    **{f"issues.{row}.{name}": numbers for row in range(MOST_ISSUES) for name, numbers in ISSUE_ONE.items()},
}
LINES: Mapping[str, Numbers] = {
    **SEVERAL,
    **{f"people.{row}.{name}": numbers for row in range(MOST_PEOPLE) for name, numbers in PERSON_SEVERAL.items()},
}
SKILL_LINES = frozenset(f"people.{row}.skills" for row in range(MOST_PEOPLE))


def read_numbers(pairs: Iterable[tuple[str, str]]) -> tuple[list[tuple[str, str]], dict[str, str]]:
    """Names and values as the visit form sends them, from numbers typed off a sheet; and faults by name.

    One choice is one number; several are their numbers with or without anything between ("14", "1 4", "1,4"); the
    skills of a person are their twelve boxes in order, "-" for a box left empty ("01-2"), the last ones may be left
    out. Names that carry no number pass through. Faults: "no_such_number", "too_many_boxes".
    """
    read: list[tuple[str, str]] = []
    faults: dict[str, str] = {}
    for name, value in pairs:
        text = value.strip()
        if name in NUMBERS and text:
            code = NUMBERS[name].get(text)
            if code is None:
                faults[name] = "no_such_number"
            else:
                read.append((name, code))
        elif name in LINES:
            digits = [letter for letter in text if letter not in " ,;.+/-"]
            if any(digit not in LINES[name] for digit in digits):
                faults[name] = "no_such_number"
            else:
                read += [(name, LINES[name][digit]) for digit in dict.fromkeys(digits)]
        elif name in SKILL_LINES:
            boxes, fault = _skills(name, text)
            read += boxes
            if fault:
                faults[name] = fault
        else:
            read.append((name, value))
    return read, faults


def _skills(name: str, text: str) -> tuple[list[tuple[str, str]], str]:
    if len(text) > len(SKILLS):
        return [], "too_many_boxes"
    if any(box not in f"012{NOT_ASKED}" for box in text):
        return [], "no_such_number"
    return [(f"{name}.{SKILLS[place]}", box) for place, box in enumerate(text) if box in "012"], ""


def on_the_sheet(fault_name: str) -> str:
    """The name of the box on the typing page that a fault of the record stands in: all skills share one."""
    head, skills, _ = fault_name.partition(".skills")
    if skills:
        return head + skills
    name, _, last = fault_name.rpartition(".")
    several = name in LINES or name.endswith(".lessons")
    return name if last.isdecimal() and several else fault_name
