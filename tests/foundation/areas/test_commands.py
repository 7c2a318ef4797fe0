import json

import pytest

from foundation.areas.cli import FAULTS, OUTLINES, TABLES
from foundation.areas.domain.hamlet_lists import Fault
from foundation.areas.models import Area, Outline
from foundation.areas.services.hamlets import HamletValidationError
from foundation.areas.services.tables import TableParseError


@pytest.fixture
def areas(app):
    """Runs `areas …` and gives its exit code and everything it said."""

    def areas(*words):
        result = app.test_cli_runner().invoke(args=["areas", *map(str, words)])
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result.exit_code, result.output

    return areas


def test_loading_says_what_it_did(areas):
    assert areas("load") == (0, "34 tỉnh, 3.321 xã; 3.355 thêm mới, 0 thay đổi\n")
    assert areas("load") == (0, "34 tỉnh, 3.321 xã; 0 thay đổi\n")


def test_a_list_of_hamlets_is_taken_in(areas, make, tmp_path, session):
    make.commune()
    file = tmp_path / "list.csv"
    file.write_text("mã xã;tên;loại;ghi chú\n15607;Mẫu 1;bản;xa\n15607;Mẫu 2;bản;gần\n")

    code, said = areas("import-hamlets", file)
    assert code == 0
    assert "2 thôn, bản, tổ dân phố; 2 thêm mới, 0 thay đổi" in said
    assert "ghi chú" in said
    assert "0 thêm mới, 0 thay đổi" in areas("import-hamlets", file)[1]
    assert session.query(Area).filter(Area.level == "hamlet").count() == 2


def test_faulty_rows_are_named_one_by_one(areas, make, tmp_path, session):
    make.commune()
    file = tmp_path / "list.csv"
    file.write_text("mã xã,tên,loại,số hộ\n15607,Mẫu 1,bản,\n99999,Mẫu 2,bản,\n15607,,bản,-4\n")

    code, said = areas("import-hamlets", file)
    assert code == 1
    assert "Dòng 3: không có xã nào mang mã 99999" in said
    assert "Dòng 4: chưa có tên" in said
    assert "Dòng 4: số hộ “-4” là số âm" in said
    assert "Chưa ghi gì" in said
    assert session.query(Area).filter(Area.level == "hamlet").count() == 0


def test_a_file_that_is_no_table_is_refused_with_a_way_on(areas, tmp_path):
    file = tmp_path / "list.csv"
    file.write_bytes("mã xã".encode("utf-16"))

    code, said = areas("import-hamlets", file)
    assert code == 1
    assert "CSV UTF-8" in said


def test_outlines_left_out_are_named_and_the_rest_is_kept(areas, make, tmp_path):
    make.commune()
    ring = [[105, 20], [105.1, 20], [105.1, 20.1], [105, 20]]
    good = {"type": "Feature", "id": "15607", "geometry": {"type": "Polygon", "coordinates": [ring]}}
    (tmp_path / "good.geojson").write_text(json.dumps(good))
    swapped = {"type": "Polygon", "coordinates": [[point[::-1] for point in ring]]}
    (tmp_path / "swapped.geojson").write_text(json.dumps(good | {"id": "38", "geometry": swapped}))
    (tmp_path / "other.json").write_text("{}")

    code, said = areas("import-outlines", tmp_path)
    assert code == 0
    assert "swapped.geojson: 38: bỏ qua, vĩ độ và kinh độ bị đổi chỗ" in said
    assert "other.json: không mã: bỏ qua, tệp JSON nhưng không phải GeoJSON" in said
    assert "1 đường ranh giới dùng được, 2 thay đổi; 1 tỉnh ghép từ các xã; 2 bỏ qua" in said


def test_a_file_that_is_not_there_is_said(areas, tmp_path):
    assert areas("import-outlines", tmp_path / "nothing")[0] == 2
    assert areas("import-outlines")[0] == 2


def test_a_database_without_tables_is_said_in_plain_words(areas, connection, database_kind):
    Outline.__table__.drop(connection)
    code, said = areas("import-outlines", __file__)

    assert code == 1
    assert "thiếu bảng hoặc cột" in said
    assert "app migrate" in said
    assert "Traceback" not in said


def test_every_message_reads_as_a_sentence_whatever_it_is_about():
    for code in FAULTS:
        assert "{" not in FAULTS[code].format(value="x")
    for words in OUTLINES.values():
        assert "{" not in words.format(hint="x")
    for words in TABLES.values():
        assert "{" not in words.format(row=1, most=2)
    assert HamletValidationError([Fault(1, "no_name")]).status == TableParseError("empty_file").status == 422
