"""`flask --app app areas …`: load the official areas, import hamlets and outlines."""

from pathlib import Path

import click
from flask.cli import AppGroup

from foundation import clock
from foundation.areas import services
from foundation.areas.domain.hamlet_lists import Fault
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
    "faulty_csv": "Tệp CSV hỏng ở dòng {row}: dấu ngoặc kép mở ra mà không đóng lại.",
    "faulty_xlsx": "Tệp XLSX hỏng, không mở được.",
    "too_many_rows": "Bảng có quá nhiều dòng (tối đa {most}).",
    "empty_file": "Tệp không có dòng nào.",
}

# Headings as our own examples write them, for the message about a missing one.
_HEADINGS = {"commune_code": "“mã xã”", "name": "“tên”", "kind": "“loại”"}


@commands.command("load")
def load() -> None:
    """Load the 34 provinces and 3,321 communes. A second time changes nothing."""
    try:
        with transaction() as session:
            done = services.load(session)
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
            "Hãy cài lại gói vietnamadminunits theo requirements/run.txt. Chưa ghi gì."
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
        table = services.read_table(file)
        with transaction() as session:
            done = services.import_hamlets(session, table, today=clock.day_in_vietnam(clock.now()))
    except services.UnreadableTable as problem:
        raise click.ClickException(TABLES[problem.code].format(**problem.details) + " Chưa ghi gì.") from None
    except services.FaultyHamlets as problem:
        for fault in problem.faults:
            click.echo(told(fault), err=True)
        raise click.ClickException(
            f"{counted(len(problem.faults))} lỗi. Chưa ghi gì: sửa xong, chạy lại lệnh này."
        ) from None
    if done.unused:
        click.echo(f"Không dùng các cột: {', '.join(done.unused)}")
    click.echo(
        f"{counted(len(done.codes))} thôn, bản, tổ dân phố; {counted(done.added)} thêm mới, "
        f"{counted(done.changed)} thay đổi"
    )


def told(fault: Fault) -> str:
    """One fault of a list as a line for the person who keeps the list."""
    value = _HEADINGS.get(fault.value, fault.value) if fault.code == "missing_heading" else fault.value
    return f"Dòng {fault.row}: {FAULTS[fault.code].format(value=value)}"


def counted(number: int) -> str:
    """A count as Vietnamese write it: 3.321."""
    return f"{number:,}".replace(",", ".")
