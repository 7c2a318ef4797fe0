"""Writes tables as CSV and XLSX. No other module writes these formats.

Cells contain names and notes from people. A spreadsheet runs a cell that begins like a formula, so such a cell gets a
leading apostrophe; spreadsheets show or hide it but never run the cell. Source of the rule: OWASP, "CSV Injection".
"""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Sequence
from importlib import import_module

from foundation.characters import BIDI_CONTROLS, is_hidden

Cell = str | int | float | bool | None
Row = Sequence[Cell]

XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LONGEST_CELL = 32_767  # characters; Excel's bound
_WORKBOOK = "openpyxl"  # imported with the first file
_CELLS = "openpyxl.cell"
_FORMULA = frozenset("=+-@")
# A spreadsheet with another separator (Vietnamese Excel uses the semicolon) starts a new cell at these.
_SEPARATORS = re.compile(r"([,;|\n])")
_FORBIDDEN_IN_TITLE = str.maketrans(dict.fromkeys("[]:*?/\\", " "))
_LONGEST_TITLE = 31  # characters; Excel's bound


def write_csv(rows: Iterable[Row]) -> str:
    """CSV for spreadsheets: a byte order mark so that they read UTF-8, CRLF between rows. Cells as `plain_cell`."""
    lines = io.StringIO()
    writer = csv.writer(lines, lineterminator="\r\n")
    writer.writerows([_number(plain_cell(cell)) for cell in row] for row in rows)
    return "\ufeff" + lines.getvalue()


def write_xlsx(sheets: Iterable[tuple[str, Iterable[Row]]]) -> bytes:
    """A workbook of sheets, each a title and its rows. Numbers stay numbers; every text is typed as text, never as a
    formula or an error value. Cells as `plain_cell`."""
    book = import_module(_WORKBOOK).Workbook(write_only=True)
    cell_type = import_module(_CELLS).WriteOnlyCell
    for title, rows in sheets:
        sheet = book.create_sheet(_sheet_title(title))
        for row in rows:
            cells = []
            for value in map(plain_cell, row):
                cell = cell_type(sheet, value=_number(value))
                if isinstance(value, str):
                    cell.data_type = "s"
                    # So that it stays text when somebody edits the cell.
                    cell.quotePrefix = value.startswith("'")
                cells.append(cell)
            sheet.append(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def plain_cell(cell: Cell) -> Cell:
    """A cell that a spreadsheet shows as text and never runs.

    Text: controls and bidi controls are removed, line breaks stay; an apostrophe is put before anything that begins
    like
    a formula, also after spaces, invisible characters or a separator inside the text; at most LONGEST_CELL characters.
    Numbers and None are returned unchanged.
    """
    if not isinstance(cell, str):
        return cell
    text = "".join(map(_cleaned, cell.replace("\r\n", "\n").replace("\r", "\n")))
    parts = _SEPARATORS.split(text)
    # Every other part is a separator.
    parts[::2] = [f"'{part}" if _begins_formula(part) else part for part in parts[::2]]
    return "".join(parts)[:LONGEST_CELL]


def _number(cell: Cell) -> Cell:
    return int(cell) if isinstance(cell, bool) else cell


def _begins_formula(text: str) -> bool:
    for letter in text:
        if letter.isspace() or is_hidden(letter):
            continue
        # NFKC: spreadsheets set to East Asian languages treat full-width signs like plain ones.
        return unicodedata.normalize("NFKC", letter)[:1] in _FORMULA
    return False


def _cleaned(letter: str) -> str:
    if letter == "\n":
        return letter
    if letter in BIDI_CONTROLS:
        return ""
    category = unicodedata.category(letter)
    if category in {"Zl", "Zp"} or letter in "\t\v\f\x85":
        return " "
    if category == "Cs" or letter in "\ufffe\uffff":
        return "\ufffd"
    return "" if category == "Cc" else letter


def _sheet_title(title: str) -> str:
    return str(plain_cell(title)).translate(_FORBIDDEN_IN_TITLE).replace("\n", " ").strip("' ")[:_LONGEST_TITLE]
