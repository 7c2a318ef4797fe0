"""Opening spreadsheets: CSV as people save it, and XLSX."""

import csv
import io
import zipfile
from collections.abc import Sequence
from pathlib import Path
from xml.etree.ElementTree import ParseError

from openpyxl import DEFUSEDXML, load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from foundation.areas.domain.hamlet_cells import Cell
from foundation.problems import Problem

# Without the package defusedxml, openpyxl would follow entities in a hostile file.
assert DEFUSEDXML

LARGEST_FILE = 20 * 1024 * 1024
LARGEST_UNPACKED = 200 * 1024 * 1024
MOST_ROWS = 100_000
MOST_COLUMNS = 50

_ZIP = (b"PK\x03\x04", b"PK\x05\x06")

# What openpyxl and the libraries beneath it raise on a file that only looks like a workbook; defusedxml's refusals
# are ValueErrors, openpyxl's own OSErrors.
_NO_WORKBOOK = (
    zipfile.BadZipFile,
    InvalidFileException,
    ParseError,
    KeyError,
    ValueError,
    IndexError,
    TypeError,
    AttributeError,
    EOFError,
    OSError,
)


class TableParseError(Problem):
    status = 422


def read_table(file: Path) -> list[Sequence[Cell]]:
    """The rows of a CSV file, or of the first sheet of an XLSX file; recognised by content, not by name.

    CSV: UTF-8 with or without byte order mark; comma, semicolon or tab, whichever the first line has most of.
    Raises TableParseError "file_too_large", "not_utf8", "faulty_csv", "faulty_xlsx", "too_many_rows" or "empty_file".
    """
    if file.stat().st_size > LARGEST_FILE:
        raise TableParseError("file_too_large")
    content = file.read_bytes()
    rows = _xlsx(content) if content.startswith(_ZIP) else _csv(content)
    if not rows:
        raise TableParseError("empty_file")
    return rows


def _csv(content: bytes) -> list[Sequence[Cell]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise TableParseError("not_utf8") from None
    first_line = text.partition("\n")[0]
    delimiter = max(",;\t", key=first_line.count)
    rows: list[Sequence[Cell]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True):
            rows.append(row)
            _stop_at_the_limit(rows)
    except csv.Error:
        raise TableParseError("faulty_csv", row=len(rows) + 1) from None
    return rows


def _xlsx(content: bytes) -> list[Sequence[Cell]]:
    rows: list[Sequence[Cell]] = []
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(part.file_size for part in packed.infolist()) > LARGEST_UNPACKED:
                raise TableParseError("file_too_large")
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        for row in book.worksheets[0].iter_rows(values_only=True, max_col=MOST_COLUMNS):
            rows.append(tuple(_cell(value) for value in row))
            _stop_at_the_limit(rows)
    except _NO_WORKBOOK:
        raise TableParseError("faulty_xlsx") from None
    return rows


def _cell(value: object) -> Cell:
    return value if value is None or isinstance(value, Cell) else str(value)


def _stop_at_the_limit(rows: list[Sequence[Cell]]) -> None:
    if len(rows) > MOST_ROWS:
        raise TableParseError("too_many_rows", most=MOST_ROWS)
