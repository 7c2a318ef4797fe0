"""Reading what somebody wants changed about a hamlet: its name, what is split off, the mark before doubled codes."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from foundation.areas.domain import hamlet_cells
from foundation.areas.domain.hamlet_cells import CellParseError
from foundation.areas.domain.kinds import AreaKind, Level
from foundation.free_text import number_fault
from foundation.problems import Invalid

HAMLET_KINDS = tuple(kind for kind in AreaKind if kind.level is Level.HAMLET)
LONGEST_MARK = 8
_MARK = re.compile(r"([^\W_]+-?)?")

Value = TypeVar("Value")


@dataclass(frozen=True)
class Named:
    """What a hamlet is to be called; name without the kind."""

    kind: AreaKind
    name: str


@dataclass(frozen=True)
class SplitOff:
    """What becomes a hamlet of its own. listed: households of the official list that go with it; None is not known."""

    named: Named
    households: frozenset[UUID]
    listed: int | None


def read_named(told: Mapping[str, str]) -> Named:
    """Reads `kind` and `name`. Raises Invalid: missing, not_a_choice, name_too_long, not_a_name, or number_fault's."""
    faults: dict[str, str] = {}
    kind = told.get("kind", "")
    if kind not in set(HAMLET_KINDS):
        faults["kind"] = "not_a_choice"
    name = _read(faults, "name", told, hamlet_cells.name)
    if name and (number := number_fault(name)):
        faults["name"] = number
    elif not name:
        faults.setdefault("name", "missing")
    if faults or name is None:
        raise Invalid(faults)
    try:
        return Named(AreaKind(kind), hamlet_cells.bare_name(AreaKind(kind), name))
    except CellParseError as fault:
        raise Invalid({"name": fault.code}) from None


def read_split(told: Mapping[str, str], households: frozenset[UUID], *, official: int | None) -> SplitOff:
    """Reads `kind`, `name` and `listed`, what of the official list goes along; nothing typed leaves it unknown.

    households: those chosen. official: how many the list counts, None where there is no list: then nothing is asked.
    Raises Invalid naming every field, `listed` with not_a_number or more_than_listed, `households` with missing.
    """
    faults: dict[str, str] = {}
    named, listed = None, None
    try:
        named = read_named(told)
    except Invalid as problem:
        faults |= problem.fields
    if official is not None:
        listed = _read(faults, "listed", told, hamlet_cells.households)
        if listed is not None and listed > official:
            faults["listed"] = "more_than_listed"
    if not households:
        faults["households"] = "missing"
    if faults or named is None:
        raise Invalid(faults)
    return SplitOff(named, households, listed)


def read_mark(typed: str) -> str:
    """What is put before doubled codes, with a dash behind it: "tr" gives "TR-"; "" for nothing. Raises Invalid."""
    mark = typed.strip().upper()
    if len(mark) > LONGEST_MARK:
        raise Invalid({"mark": "too_long"})
    if not _MARK.fullmatch(mark):
        raise Invalid({"mark": "not_a_mark"})
    return f"{mark.removesuffix('-')}-" if mark else ""


def _read(faults: dict[str, str], name: str, told: Mapping[str, str], read: Callable[[str], Value]) -> Value | None:
    """The value of a field that holds anything; what is wrong with it goes into `faults`."""
    typed = told.get(name, "").strip()
    if not typed:
        return None
    try:
        return read(typed)
    except CellParseError as fault:
        faults[name] = fault.code
        return None
