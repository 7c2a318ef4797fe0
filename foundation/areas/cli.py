"""`flask --app app areas …`: load the official areas, import hamlets and outlines."""

from pathlib import Path

import click
from flask.cli import AppGroup

from foundation import clock
from foundation.areas.domain.hamlet_lists import Fault, read_hamlets
from foundation.areas.services import hamlets, loading, outlines, tables
from foundation.problems import Conflict, NotFound
from foundation.web.database import transaction

commands = AppGroup("areas", help="Provinces, communes, hamlets and their outlines.")

FAULTS = {
    "missing_heading": "thiếu cột {value}",
    "no_commune_code": "chưa có mã xã",
    "no_name": "chưa có tên",
    "no_kind": "chưa có loại (thôn, bản, tổ dân phố…)",
    "not_a_commune_code": "mã xã “{value}” không đúng: mã xã có 5 chữ số",
    "not_a_hamlet_code": "mã thôn “{value}” không đúng: chỉ dùng chữ không dấu, số và dấu gạch nối, dài nhất 20 ký tự",
    "not_a_name": "tên “{value}” không đọc được",
    "name_too_long": "tên dài quá 100 ký tự: “{value}…”",
    "unknown_kind": "không rõ loại “{value}”: ghi thôn, bản, làng, xóm, buôn, ấp, khu phố hoặc tổ dân phố",
    "not_a_number": "số hộ “{value}” không phải là số nguyên",
    "negative_households": "số hộ “{value}” là số âm",
    "too_many_households": "số hộ “{value}” lớn quá, xin xem lại",
    "source_too_long": "nguồn số liệu dài quá 300 ký tự hoặc có ký tự lạ",
    "not_a_day": "ngày số liệu “{value}” không đọc được: ghi như 21/11/2026",
    "day_in_the_future": "ngày số liệu “{value}” chưa tới",
    "households_without_source": "có số hộ thì phải có nguồn",
    "households_without_as_of": "có số hộ thì phải có ngày số liệu",
    "unknown_commune": "không có xã nào mang mã {value}",
    "code_taken": "mã {value} đã dùng cho nơi khác",
    "doubled": "trùng với dòng {value}",
}

TABLES = {
    "file_too_large": "Tệp lớn quá (tối đa 20 MB).",
    "not_utf8": "Tệp không phải UTF-8. Hãy lưu lại bảng tính ở dạng “CSV UTF-8” hoặc dạng XLSX.",
    "faulty_csv": "Tệp CSV hỏng ở dòng {row}, thường vì dấu ngoặc kép mở ra mà không đóng lại.",
    "faulty_xlsx": "Tệp XLSX hỏng, không mở được.",
    "too_many_rows": "Bảng có quá nhiều dòng (tối đa {most}).",
    "empty_file": "Tệp không có dòng nào.",
}

OUTLINES = {
    "not_json": "tệp không phải JSON",
    "not_geojson": "tệp JSON nhưng không phải GeoJSON (cần Feature hoặc FeatureCollection)",
    "unreadable_file": "không đọc được tệp ({hint})",
    "no_code": "không ghi mã đơn vị hành chính",
    "unknown_code": "mã này không có trong danh mục",
    "doubled": "trùng mã, đã lấy từ tệp {hint}",
    "empty": "không có đường ranh giới",
    "not_a_polygon": "không phải vùng khép kín (Polygon, MultiPolygon)",
    "faulty_geometry": "toạ độ hỏng, không đọc được",
    "beyond_repair": "đường ranh giới không khép thành vùng nào",
    "swapped": "vĩ độ và kinh độ bị đổi chỗ (GeoJSON ghi kinh độ trước)",
    "projected": "toạ độ tính bằng mét (VN-2000 hoặc UTM); hãy đổi sang kinh độ, vĩ độ WGS 84",
    "outside_vietnam": "nằm ngoài Việt Nam",
}

# Headings as our own examples write them, for the message about a missing one.
_HEADINGS = {"commune_code": "“mã xã”", "name": "“tên”", "kind": "“loại”"}


@commands.command("load")
def load() -> None:
    """Load the 34 provinces and 3,321 communes. A second time changes nothing."""
    try:
        with transaction() as session:
            done = loading.load(session)
    except Conflict as problem:
        if problem.code == "area_data_unknown_kind":
            raise click.ClickException(
                f"Không rõ “{problem.details['name']}” là loại đơn vị gì. Chưa ghi gì."
            ) from None
        raise click.ClickException(
            "Danh mục phải có 34 tỉnh và 3.321 xã, nhưng tệp dữ liệu có "
            f"{problem.details['provinces']} tỉnh và {problem.details['communes']} xã. Chưa ghi gì."
        ) from None
    except NotFound as problem:
        raise click.ClickException(
            f"Không đọc được dữ liệu đơn vị hành chính ({problem.details['file']}). "
            "Hãy lấy lại tệp này từ bản phát hành. Chưa ghi gì."
        ) from None
    click.echo(
        f"{counted(done.provinces)} tỉnh, {counted(done.communes)} xã; "
        + (f"{counted(done.added)} thêm mới, " if done.added else "")
        + f"{counted(done.changed)} thay đổi"
    )


@commands.command("import-hamlets")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_hamlets(file: Path) -> None:
    """Import hamlets from a CSV (UTF-8) or XLSX list; all of it or nothing.

    \b
    Columns, in any order, marks and capitals aside:
      mã xã         5 digits
      tên           such as Mẫu 1, or Bản Mẫu 1
      loại          thôn, bản, làng, xóm, buôn, bon, ấp, khóm, khu, khu phố, tiểu khu, tổ dân phố
      mã thôn       optional; made as 15607-001 when there is none
      số hộ         optional; then nguồn and ngày số liệu are needed
      nguồn         who counted
      ngày số liệu  21/11/2026 or 2026-11-21
    """
    try:
        listed = read_hamlets(tables.read_table(file), today=clock.day_in_vietnam(clock.now()))
        with transaction() as session:
            done = hamlets.import_hamlets(session, listed)
    except tables.TableParseError as problem:
        raise click.ClickException(TABLES[problem.code].format(**problem.details) + " Chưa ghi gì.") from None
    except hamlets.HamletValidationError as problem:
        for fault in problem.faults:
            click.echo(fault_message(fault), err=True)
        raise click.ClickException(
            f"{counted(len(problem.faults))} lỗi. Chưa ghi gì: sửa xong, chạy lại lệnh này."
        ) from None
    if done.unused:
        click.echo(f"Không dùng các cột: {', '.join(done.unused)}")
    click.echo(
        f"{counted(len(done.codes))} thôn, bản, tổ dân phố; {counted(done.added)} thêm mới, "
        f"{counted(done.changed)} thay đổi"
    )


@commands.command("import-outlines")
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
def import_outlines(paths: tuple[Path, ...]) -> None:
    """Import outlines from GeoJSON files, or from folders of them, by official code.

    The code is the property "code", else the feature's id, else (for provinces) the property "province_code".
    Give all communes of a province at once, so that their common borders are simplified together. Good outlines are
    kept; each one left out is named with its file and the reason.
    """
    with transaction() as session:
        done = outlines.import_outlines(session, paths)
    for file, code in done.repaired:
        click.echo(f"{file}: {code}: đường ranh giới tự cắt nhau, đã sửa lại", err=True)
    for skipped in done.skipped:
        click.echo(f"{skipped.file}: {skipped.code or 'không mã'}: bỏ qua, {reason(skipped)}", err=True)
    for one, other in done.overlapping:
        click.echo(f"{one} và {other}: hai đường ranh giới chồng lên nhau, để nguyên; xin xem lại", err=True)
    for province, lacking in done.incomplete.items():
        some = ", ".join(lacking[:5]) + ("…" if len(lacking) > 5 else "")
        click.echo(f"Tỉnh {province} chưa ghép được ranh giới từ các xã: còn thiếu {some}", err=True)
    click.echo(
        f"{counted(done.accepted)} đường ranh giới dùng được, {counted(done.changed)} thay đổi; "
        f"{counted(len(done.dissolved))} tỉnh ghép từ các xã; {counted(len(done.skipped))} bỏ qua"
    )


def fault_message(fault: Fault) -> str:
    """One fault of a list as a line for the person who keeps the list."""
    value = _HEADINGS.get(fault.value, fault.value) if fault.code == "missing_heading" else fault.value
    return f"Dòng {fault.row}: {FAULTS[fault.code].format(value=value)}"


def reason(skipped: outlines.Skipped) -> str:
    """Why an outline was left out."""
    words = OUTLINES[skipped.reason].format(hint=skipped.hint)
    if skipped.reason == "unknown_code" and skipped.hint:
        return f"{words} (trong tỉnh có nơi cùng tên mang mã {skipped.hint})"
    return words


def counted(number: int) -> str:
    """A count as Vietnamese write it: 3.321."""
    return f"{number:,}".replace(",", ".")
