"""Reading a list of hamlets as communes keep it, in a spreadsheet. Every fault is reported at once, with its row."""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from foundation.areas.domain import hamlet_cells
from foundation.areas.domain.hamlet_cells import Cell, CellParseError, text_of
from foundation.areas.domain.kinds import AreaKind
from foundation.areas.domain.naming import fold

# Headings as `fold` leaves them; the first of each is the one our own examples use.
HEADINGS = {
    "commune_code": ("ma xa", "ma phuong", "ma xa phuong", "commune code"),
    "code": ("ma thon", "ma ban", "ma thon ban", "ma to dan pho", "hamlet code"),
    "name": ("ten", "ten thon", "ten ban", "ten thon ban", "ten to dan pho", "name"),
    "kind": ("loai", "loai hinh", "kind"),
    "households": ("so ho", "tong so ho", "so ho dan", "households"),
    "source": ("nguon", "nguon so lieu", "source"),
    "as_of": ("ngay so lieu", "so lieu ngay", "ngay", "as of"),
}
REQUIRED = ("commune_code", "name", "kind")


@dataclass(frozen=True)
class NewHamlet:
    """A hamlet somebody wants in the tables. code: None asks for one to be made, `<commune>-NNN`.

    households, source, as_of: all of them or none. latitude, longitude: degrees, WGS 84.
    """

    commune_code: str
    name: str
    kind: AreaKind
    code: str | None = None
    households: int | None = None
    source: str | None = None
    as_of: date | None = None
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True)
class Fault:
    """row: as the spreadsheet numbers it, the headings being row 1. value: what stands there, at most 60 characters;
    for "doubled" the row that has it first; for "missing_heading" the heading."""

    row: int
    code: str
    value: str = ""


@dataclass
class HamletList:
    """What a list holds. rows: the row of each hamlet, in the same order. unused: headings nobody asked for."""

    hamlets: list[NewHamlet] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    unused: list[str] = field(default_factory=list)


def read_hamlets(table: Iterable[Sequence[Cell]], *, today: date) -> HamletList:
    """Read the rows of a spreadsheet, the first one being the headings. Empty rows are passed over.

    today: the day in Việt Nam; figures cannot be from later. Whether a commune exists is not checked here.
    """
    found = HamletList()
    rows = enumerate(table, start=1)
    _, headings = next(rows, (1, ()))
    places, found.unused = _places(headings)
    found.faults = [Fault(1, "missing_heading", name) for name in REQUIRED if name not in places]
    if found.faults:
        return found
    for row, cells in rows:
        if any(text_of(cell) for cell in cells):
            _read_row(found, row, {name: cells[p] for name, p in places.items() if p < len(cells)}, today)
    found.faults += doubles(found.hamlets, found.rows)
    found.faults.sort(key=lambda fault: fault.row)
    return found


def same_hamlet(kind: AreaKind, name: str) -> tuple[AreaKind, str]:
    """Equal for two spellings of one hamlet's name: capitals and spaces do not count, marks do."""
    return kind, unicodedata.normalize("NFC", " ".join(name.split()).casefold())


def doubles(hamlets: Sequence[NewHamlet], rows: Sequence[int]) -> list[Fault]:
    """A fault for every hamlet that an earlier row has already. rows: one number for each hamlet."""
    faults = []
    first: dict[object, int] = {}
    for hamlet, row in zip(hamlets, rows, strict=True):
        # Two hamlets of one commune may bear one name only if the list tells them apart by their codes.
        key = hamlet.code or (hamlet.commune_code, same_hamlet(hamlet.kind, hamlet.name))
        if first.setdefault(key, row) != row:
            faults.append(Fault(row, "doubled", str(first[key])))
    return faults


def _places(headings: Sequence[Cell]) -> tuple[dict[str, int], list[str]]:
    wanted = {heading: name for name, spellings in HEADINGS.items() for heading in spellings}
    places: dict[str, int] = {}
    unused = []
    for place, cell in enumerate(headings):
        name = wanted.get(fold(text_of(cell).replace("_", " ")))
        if name is not None and name not in places:
            places[name] = place
        elif text_of(cell):
            unused.append(text_of(cell))
    return places, unused


def _read_row(found: HamletList, row: int, cells: dict[str, Cell], today: date) -> None:
    faults = [Fault(row, f"no_{name}") for name in REQUIRED if not text_of(cells.get(name))]
    values: dict[str, object] = {}
    for name, cell in cells.items():
        if not text_of(cell):
            continue
        try:
            values[name] = _READERS[name](cell) if name != "as_of" else hamlet_cells.day(cell, today)
        except CellParseError as fault:
            faults.append(Fault(row, fault.code, text_of(cell)[:60]))
    if "households" in values:
        # A figure nobody can trace must not stand under a percentage.
        faults += [Fault(row, f"households_without_{n}") for n in ("source", "as_of") if not text_of(cells.get(n))]
    else:
        values |= {"source": None, "as_of": None}
    if not faults:
        hamlet = NewHamlet(**values)  # type: ignore[arg-type]  # each value comes from the reader of its own column
        try:
            found.hamlets.append(replace(hamlet, name=hamlet_cells.bare_name(hamlet.kind, hamlet.name)))
            found.rows.append(row)
        except CellParseError as fault:
            faults.append(Fault(row, fault.code, hamlet.name[:60]))
    found.faults += faults


_READERS = {
    "commune_code": hamlet_cells.commune_code,
    "code": hamlet_cells.hamlet_code,
    "name": hamlet_cells.name,
    "kind": hamlet_cells.kind,
    "households": hamlet_cells.households,
    "source": hamlet_cells.source,
}
