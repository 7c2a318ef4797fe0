"""Reads a team's list of households from a spreadsheet. All faults are reported at once, each with its row."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from foundation.areas.domain.hamlet_cells import Cell, text_of
from foundation.areas.domain.hamlet_lists import Fault
from foundation.areas.domain.naming import fold
from foundation.characters import has_hidden_characters, tidy_name
from foundation.free_text import number_fault

# Headings as `fold` leaves them; the first of each is the one our own examples use.
HEADINGS = {
    "short_code": ("ma ho", "household code"),
    "hamlet_code": ("ma thon", "ma ban", "ma thon ban", "ma to dan pho", "hamlet code"),
    "lane": ("ngo", "cum nha", "ngo cum nha", "lane"),
    "label": ("ten goi", "ten ho", "label"),
    "label_agreed": ("dong y ghi ten", "label agreed"),
    "preferred_language": ("tieng", "ma tieng", "language"),
}
REQUIRED = ("short_code", "hamlet_code")
# Headings that a list must never have, whatever is in the cells.
_FORBIDDEN = re.compile(
    r"\b(can cuoc|cccd|cmnd|cmt|chung minh|dinh danh|ho khau|dien thoai|sdt|tai khoan|mat khau|otp|ngay sinh|dan toc)\b"
)
LONGEST = {"short_code": 30, "hamlet_code": 20, "lane": 80, "label": 80}

_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}", re.ASCII)
_YES = {"co", "x", "yes", "1", "dong y"}


@dataclass(frozen=True)
class NewHousehold:
    """A household for the lists. label: a name the family agreed to have written. id: made when not given.

    preferred_language: a BCP 47 tag.
    """

    short_code: str
    hamlet_code: str
    lane: str = ""
    label: str | None = None
    preferred_language: str | None = None
    id: UUID | None = None


@dataclass
class HouseholdList:
    """The content of a list. rows: the row of each household, in the same order. unused: headings that are ignored."""

    households: list[NewHousehold] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    unused: list[str] = field(default_factory=list)


def read_households(table: Iterable[Sequence[Cell]]) -> HouseholdList:
    """Read the rows of a spreadsheet, the first one being the headings. Empty rows are passed over.

    A list with a number of an official paper, a phone or an account anywhere in it, even in an ignored column, is
    faulty as a whole; the fault names row and heading and never repeats the number.
    """
    found = HouseholdList()
    rows = enumerate(table, start=1)
    _, headings = next(rows, (1, ()))
    names = _names(headings, found)
    found.faults += [Fault(1, "missing_heading", name) for name in REQUIRED if name not in names]
    if found.faults:
        return found
    first: dict[tuple[str, str], int] = {}
    for row, cells in rows:
        texts = [tidy_name(text_of(cell)) for cell in cells]
        if not any(texts):
            continue
        held = [
            Fault(row, "identity_number", text_of(headings[place]) if place < len(headings) else "")
            for place, text in enumerate(texts)
            if number_fault(text)
        ]
        household, faults = _read_row(row, {name: texts[p] for p, name in enumerate(names) if name and p < len(texts)})
        if not held and household is not None:
            key = (household.hamlet_code, household.short_code)
            if first.setdefault(key, row) != row:
                faults = [Fault(row, "doubled", str(first[key]))]
            else:
                found.households.append(household)
                found.rows.append(row)
        found.faults += held or faults
    return found


def _names(headings: Sequence[Cell], found: HouseholdList) -> list[str | None]:
    wanted = {heading: name for name, spellings in HEADINGS.items() for heading in spellings}
    names: list[str | None] = []
    for cell in headings:
        folded = fold(text_of(cell).replace("_", " "))
        name = wanted.get(folded)
        if _FORBIDDEN.search(folded):
            found.faults.append(Fault(1, "forbidden_heading", text_of(cell)[:60]))
        if name in names:
            name = None
        if name is None and folded:
            found.unused.append(text_of(cell))
        names.append(name)
    return names


def _read_row(row: int, texts: dict[str, str]) -> tuple[NewHousehold | None, list[Fault]]:
    faults = [Fault(row, f"no_{name}") for name in REQUIRED if not texts.get(name)]
    for name, longest in LONGEST.items():
        text = texts.get(name, "")
        if len(text) > longest:
            faults.append(Fault(row, f"{name}_too_long", text[:60]))
        elif has_hidden_characters(text) or (text and not any(letter.isalnum() for letter in text)):
            faults.append(Fault(row, f"not_a_{name}", ascii(text)[:60]))
    language = texts.get("preferred_language", "")
    if language and not _LANGUAGE.fullmatch(language):
        faults.append(Fault(row, "not_a_language", language[:60]))
    if texts.get("label") and fold(texts.get("label_agreed", "")) not in _YES:
        faults.append(Fault(row, "label_without_consent"))
    if faults:
        return None, faults
    household = NewHousehold(
        short_code=texts["short_code"],
        hamlet_code=texts["hamlet_code"],
        lane=texts.get("lane", ""),
        label=texts.get("label") or None,
        preferred_language=language or None,
    )
    return household, []
