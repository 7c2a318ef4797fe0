"""Tables as files for spreadsheets: the one place that writes CSV and XLSX.

Names and notes of people stand in cells. A spreadsheet runs a cell that begins like a formula, so such a cell gets an
apostrophe before it, which spreadsheets show or hide but never run. Source of the rule: OWASP, "CSV Injection".
"""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Sequence
from importlib import import_module

from foundation.characters import BIDI_MARKS, is_hidden

Cell = str | int | float | bool | None
Row = Sequence[Cell]

XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LONGEST_CELL = 32_767  # characters; Excel's bound
_WORKBOOK = "openpyxl"  # loaded once somebody asks for a file
_CELLS = "openpyxl.cell"
_FORMULA = frozenset("=+-@")
# Where a spreadsheet that takes another separator, as Vietnamese Excel takes the semicolon, would begin a new cell.
_SEPARATORS = re.compile(r"([,;|\n])")
_NO_TITLE = str.maketrans(dict.fromkeys("[]:*?/\\", " "))
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
    typed = import_module(_CELLS).WriteOnlyCell
    for title, rows in sheets:
        sheet = book.create_sheet(_sheet_title(title))
        for row in rows:
            cells = []
            for value in map(plain_cell, row):
                cell = typed(sheet, value=_number(value))
                if isinstance(value, str):
                    cell.data_type = "s"
                    # Stays text, too, when somebody edits the cell.
                    cell.quotePrefix = value.startswith("'")
                cells.append(cell)
            sheet.append(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def plain_cell(cell: Cell) -> Cell:
    """A cell that shows what it says and does nothing.

    Text: controls and bidi marks go, line breaks stay; an apostrophe stands before what begins like a formula, also
    after spaces, invisible letters or a separator inside the text; at most LONGEST_CELL characters. Numbers and None
    stay as they are.
    """
    if not isinstance(cell, str):
        return cell
    text = "".join(map(_shown, cell.replace("\r\n", "\n").replace("\r", "\n")))
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
        # NFKC: spreadsheets set to East Asian languages take full-width signs for the plain ones.
        return unicodedata.normalize("NFKC", letter)[:1] in _FORMULA
    return False


def _shown(letter: str) -> str:
    if letter == "\n":
        return letter
    if letter in BIDI_MARKS:
        return ""
    category = unicodedata.category(letter)
    if category in {"Zl", "Zp"} or letter in "\t\v\f\x85":
        return " "
    if category == "Cs" or letter in "\ufffe\uffff":
        return "\ufffd"
    return "" if category == "Cc" else letter


def _sheet_title(title: str) -> str:
    return str(plain_cell(title)).translate(_NO_TITLE).replace("\n", " ").strip("' ")[:_LONGEST_TITLE]
