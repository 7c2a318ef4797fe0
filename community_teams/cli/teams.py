"""`flask --app app teams …`: lists of households, and recounting."""

from pathlib import Path

import click
from flask.cli import AppGroup

from community_teams.services.households import FaultyHouseholds, import_households
from community_teams.services.recounting import recount
from foundation import clock
from foundation.areas.cli import TABLES
from foundation.areas.cli import counted as number
from foundation.areas.domain.hamlet_lists import Fault
from foundation.areas.domain.scope import NATION
from foundation.areas.services.tables import UnreadableTable, read_table
from foundation.web.database import transaction

commands = AppGroup("teams", help="Households of the community teams, their counters and reports.")

SHOWN = 50
FAULTS = {
    "missing_heading": "thiếu cột {value}",
    "forbidden_heading": "cột “{value}” không được có trong danh sách này: xin xoá cả cột",
    "identity_number": "cột “{value}” có số giống số căn cước, số điện thoại hoặc số tài khoản: xin xoá số đó",
    "no_short_code": "chưa có mã hộ",
    "no_hamlet_code": "chưa có mã thôn",
    "short_code_too_long": "mã hộ dài quá 30 ký tự: “{value}…”",
    "hamlet_code_too_long": "mã thôn dài quá 20 ký tự: “{value}…”",
    "lane_too_long": "ngõ dài quá 80 ký tự: “{value}…”",
    "label_too_long": "tên gọi dài quá 80 ký tự",
    "not_a_short_code": "mã hộ không đọc được: {value}",
    "not_a_hamlet_code": "mã thôn không đọc được: {value}",
    "not_a_lane": "ngõ không đọc được: {value}",
    "not_a_label": "tên gọi không đọc được: {value}",
    "not_a_language": "mã tiếng “{value}” không đúng: ghi như vi, mtq, blt",
    "label_without_consent": "có tên gọi mà cột “đồng ý ghi tên” chưa ghi “có”",
    "unknown_hamlet": "không có thôn, bản nào mang mã {value}",
    "sample_hamlet": "thôn, bản {value} là số liệu mẫu, không nhận hộ thật",
    "doubled": "trùng với dòng {value}",
}
_HEADINGS = {"short_code": "“mã hộ”", "hamlet_code": "“mã thôn”"}


@commands.command("import-households")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_list(file: Path) -> None:
    """Import households from a CSV (UTF-8) or XLSX list; all of it or nothing. The same list again changes nothing.

    \b
    Columns, in any order, marks and capitals aside:
      mã hộ           the team's own, such as M1-017; never the number of an official paper
      mã thôn         code of the hamlet, such as 15607-003
      ngõ             optional; lane or cluster of houses
      tên gọi         optional; only with "có" under đồng ý ghi tên
      đồng ý ghi tên  whether the family agreed to have the name written down
      tiếng           optional; language the family would rather speak, such as mtq

    A list that holds numbers of ID cards, phones or accounts anywhere is refused whole.
    """
    try:
        table = read_table(file)
        with transaction() as session:
            done = import_households(session, table, scope=NATION, now=clock.now())
    except UnreadableTable as problem:
        raise click.ClickException(TABLES[problem.code].format(**problem.details) + " Chưa ghi gì.") from None
    except FaultyHouseholds as problem:
        for fault in problem.faults[:SHOWN]:
            click.echo(told(fault), err=True)
        if len(problem.faults) > SHOWN:
            click.echo(f"… và {number(len(problem.faults) - SHOWN)} lỗi nữa", err=True)
        raise click.ClickException(
            f"{number(len(problem.faults))} lỗi. Chưa ghi gì: sửa xong, chạy lại lệnh này."
        ) from None
    if done.unused:
        click.echo(f"Không dùng các cột: {', '.join(done.unused)}")
    click.echo(
        f"{number(done.added)} hộ thêm mới, {number(done.changed)} thay đổi, {number(done.unchanged)} giữ nguyên"
    )


@commands.command("recount")
def recount_all() -> None:
    """Count everything again from the visits, name what differed and set it right."""
    with transaction() as session:
        differences = recount(session, NATION, now=clock.now())
    for each in differences[:SHOWN]:
        click.echo(f"{each.hamlet} {each.what} {each.name}: {each.was} → {each.became}")
    if len(differences) > SHOWN:
        click.echo(f"… và {number(len(differences) - SHOWN)} chỗ nữa")
    click.echo(
        f"{number(len(differences))} chỗ lệch, đã sửa." if differences else "Mọi con số đều khớp với các lượt thăm."
    )


def told(fault: Fault) -> str:
    """One fault of a list as a line for the person who keeps the list."""
    value = _HEADINGS.get(fault.value, fault.value) if fault.code == "missing_heading" else fault.value
    return f"Dòng {fault.row}: {FAULTS[fault.code].format(value=value)}"
