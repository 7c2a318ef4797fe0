"""Reads the forms that change a hamlet: its name, the part to split off, the mark put before duplicate codes."""

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
class HamletName:
    """The new name of a hamlet; name without the kind."""

    kind: AreaKind
    name: str


@dataclass(frozen=True)
class SplitOff:
    """What becomes a new hamlet. listed: households of the official list that belong to it; None when not known."""

    named: HamletName
    households: frozenset[UUID]
    listed: int | None


def read_hamlet_name(form: Mapping[str, str]) -> HamletName:
    """Reads `kind` and `name`. Raises Invalid: missing, not_a_choice, name_too_long, not_a_name, or number_fault's."""
    faults: dict[str, str] = {}
    kind = form.get("kind", "")
    if kind not in set(HAMLET_KINDS):
        faults["kind"] = "not_a_choice"
    name = _read(faults, "name", form, hamlet_cells.name)
    if name and (number := number_fault(name)):
        faults["name"] = number
    elif not name:
        faults.setdefault("name", "missing")
    if faults or name is None:
        raise Invalid(faults)
    try:
        return HamletName(AreaKind(kind), hamlet_cells.bare_name(AreaKind(kind), name))
    except CellParseError as fault:
        raise Invalid({"name": fault.code}) from None


def read_split(form: Mapping[str, str], households: frozenset[UUID], *, official: int | None) -> SplitOff:
    """Reads `kind`, `name` and `listed`, the part of the official list that moves; left empty, it is unknown.

    households: those chosen. official: households on the official list; None where there is none, then `listed` is
    not read. Raises Invalid naming every faulty field: `listed` not_a_number or more_than_listed, `households` missing.
    """
    faults: dict[str, str] = {}
    named, listed = None, None
    try:
        named = read_hamlet_name(form)
    except Invalid as problem:
        faults |= problem.fields
    if official is not None:
        listed = _read(faults, "listed", form, hamlet_cells.households)
        if listed is not None and listed > official:
            faults["listed"] = "more_than_listed"
    if not households:
        faults["households"] = "missing"
    if faults or named is None:
        raise Invalid(faults)
    return SplitOff(named, households, listed)


def read_mark(typed: str) -> str:
    """The mark put before duplicate codes, with a dash: "tr" gives "TR-", "" gives "". Raises Invalid."""
    mark = typed.strip().upper()
    if len(mark) > LONGEST_MARK:
        raise Invalid({"mark": "too_long"})
    if not _MARK.fullmatch(mark):
        raise Invalid({"mark": "not_a_mark"})
    return f"{mark.removesuffix('-')}-" if mark else ""


def _read(faults: dict[str, str], name: str, form: Mapping[str, str], read: Callable[[str], Value]) -> Value | None:
    """The value of a field, None when it is empty or faulty. A fault is added to `faults`."""
    typed = form.get(name, "").strip()
    if not typed:
        return None
    try:
        return read(typed)
    except CellParseError as fault:
        faults[name] = fault.code
        return None
