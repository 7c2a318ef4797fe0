"""Reads targets of plans from spreadsheets and from TOML. Reports all faults at once."""

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from community_teams.indicators.domain.indicators import CODES
from foundation.areas.domain.hamlet_cells import Cell, text_of
from foundation.areas.domain.hamlet_lists import Fault
from foundation.areas.domain.naming import fold
from foundation.problems import Problem

YEARS = range(2020, 2051)
LONGEST = 300
# Headings as `fold` leaves them; in a TOML file the names themselves.
HEADINGS = {
    "area": ("dia ban", "ma dia ban", "area"),
    "year": ("nam", "year"),
    "key": ("ma", "key"),
    "indicator": ("chi so", "indicator"),
    "percent": ("phan tram", "gia tri", "percent"),
    "same": ("cung cach do", "same"),
    "words": ("nguyen van", "words"),
    "source": ("nguon", "source"),
    "reliability": ("do tin cay", "reliability"),
    "note": ("ghi chu", "note"),
}
REQUIRED = ("year", "key", "indicator", "percent", "words", "source")
_KEY = re.compile(r"[a-z0-9-]{1,40}", re.ASCII)
_NUMBER = re.compile(r"[0-9]{1,3}([.,][0-9]{1,2})?", re.ASCII)
_YES = {"co", "yes", "true", "1", "x"}
_NO = {"", "khong", "no", "false", "0"}


@dataclass(frozen=True)
class NewTarget:
    """Fields as in indicators/models.py; area: code, "" for the nation."""

    area: str
    year: int
    key: str
    indicator: str
    same: bool
    percent: float | None
    words: str
    source: str
    reliability: str
    note: str


@dataclass
class TargetList:
    """The targets and faults of a list. rows: the row, or in TOML the number, of each target."""

    targets: list[NewTarget] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


class UnreadableTargets(Problem):
    status = 422


def read_table_of_targets(table: Iterable[Sequence[Cell]]) -> TargetList:
    """Reads rows of a spreadsheet, headings first. Empty rows are skipped."""
    rows = enumerate(table, start=1)
    _, headings = next(rows, (1, ()))
    known = {alias: name for name, aliases in HEADINGS.items() for alias in aliases}
    places = {known[folded]: at for at, cell in enumerate(headings) if (folded := fold(text_of(cell))) in known}
    found = TargetList()
    found.faults = [Fault(1, "missing_heading", name) for name in REQUIRED if name not in places]
    if found.faults:
        return found
    for row, cells in rows:
        if any(text_of(cell) for cell in cells):
            _read(found, row, {name: text_of(cells[at]) for name, at in places.items() if at < len(cells)})
    return found


def read_toml_of_targets(content: bytes) -> TargetList:
    """[[target]] tables with the English names of HEADINGS. Raises UnreadableTargets "not_toml"."""
    try:
        document = tomllib.loads(content.decode("utf-8-sig"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError):
        raise UnreadableTargets("not_toml") from None
    targets = document.get("target")
    if not isinstance(targets, list) or not all(isinstance(each, dict) for each in targets):
        raise UnreadableTargets("not_toml")
    found = TargetList()
    for number, each in enumerate(targets, start=1):
        cells = {name: value for name, value in each.items() if isinstance(value, Cell)}
        _read(found, number, {name: text_of(value) for name, value in cells.items() if name in HEADINGS})
    return found


def _read(found: TargetList, row: int, cells: Mapping[str, str]) -> None:
    text = {name: cells.get(name, "") for name in HEADINGS}
    faults = [Fault(row, code, value[:60]) for code, value in _faults(text)]
    if faults:
        found.faults += faults
        return
    found.rows.append(row)
    found.targets.append(
        NewTarget(
            area=text["area"],
            year=int(text["year"]),
            key=text["key"],
            indicator=text["indicator"].upper(),
            same=fold(text["same"]) in _YES,
            percent=float(text["percent"].replace(",", ".")) if text["percent"] else None,
            words=text["words"],
            source=text["source"],
            reliability=text["reliability"],
            note=text["note"],
        )
    )


def _faults(text: Mapping[str, str]) -> Iterable[tuple[str, str]]:
    if not text["year"].isascii() or not text["year"].isdigit() or int(text["year"][:9]) not in YEARS:
        yield "not_a_year", text["year"]
    if not _KEY.fullmatch(text["key"]):
        yield "not_a_key", text["key"]
    if text["indicator"].upper() not in CODES:
        yield "not_an_indicator", text["indicator"]
    percent = text["percent"]
    if percent and (not _NUMBER.fullmatch(percent) or float(percent.replace(",", ".")) > 100):
        yield "not_a_percentage", percent
    if fold(text["same"]) not in _YES | _NO:
        yield "not_yes_or_no", text["same"]
    if fold(text["same"]) in _YES and not percent:
        yield "same_without_number", ""
    for name in ("words", "source"):
        if not text[name]:
            yield f"no_{name}", ""
    for name in ("words", "source", "reliability", "note"):
        if len(text[name]) > LONGEST:
            yield "too_long", text[name]
