"""The visit form on paper: the number beside each choice, and how a line of numbers is read back.

A number is the place of a code in its list in domain/codes.py, whose lists only ever grow at their end, or what the
question says (domain/visits.py). Printed sheets are used for years: a number never gets another meaning.
"""

from collections.abc import Iterable, Mapping

from community_teams.domain.codes import NetworkCarrier, Skill, Support
from community_teams.domain.questions import YES_NO, Kind, Numbers, VisitQuestion
from community_teams.domain.visit_groups import LANGUAGES, SATISFACTIONS, VNEID
from community_teams.domain.visits import MOST_ISSUES, MOST_PEOPLE, OF_ISSUE, OF_PERSON, QUESTIONS

# For the templates.
__all__ = ["LANGUAGES", "SATISFACTIONS", "VNEID", "YES_NO"]

# By the name of the box; of a person or an issue, by the name within its row.
ONE: Mapping[str, Numbers] = {
    box: question.numbers
    for question in QUESTIONS
    if question.kind in (Kind.YES_NO, Kind.ONE, Kind.EACH)
    for box in question.boxes
}


def _numbers(questions: Iterable[VisitQuestion], *kinds: Kind) -> dict[str, Numbers]:
    return {each.path: each.numbers for each in questions if each.kind in kinds and each.numbers}


SEVERAL: Mapping[str, Numbers] = _numbers(QUESTIONS, Kind.MANY)
PERSON_ONE: Mapping[str, Numbers] = _numbers(OF_PERSON, Kind.YES_NO, Kind.ONE)
# Lessons are written by their names.
PERSON_SEVERAL: Mapping[str, Numbers] = _numbers(OF_PERSON, Kind.MANY)
ISSUE_ONE: Mapping[str, Numbers] = _numbers(OF_ISSUE, Kind.YES_NO, Kind.ONE)
SUPPORTS = tuple(Support)
CARRIERS = tuple(NetworkCarrier)
SKILLS = tuple(Skill)
# The box of a skill that was not asked about is empty or holds one of these.
EMPTY_BOX = "-–—. _"

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
    if any(box not in f"012{EMPTY_BOX}" for box in text):
        return [], "no_such_number"
    return [(f"{name}.{SKILLS[place]}", box) for place, box in enumerate(text) if box in "012"], ""


def on_the_sheet(fault_name: str) -> str:
    """The name of the box on the typing page to which a fault of the record belongs: all skills share one."""
    head, skills, _ = fault_name.partition(".skills")
    if skills:
        return head + skills
    name, _, last = fault_name.rpartition(".")
    several = name in LINES or name.endswith(".lessons")
    return name if last.isdecimal() and several else fault_name
