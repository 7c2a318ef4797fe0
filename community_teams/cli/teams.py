"""`flask --app app teams …`: imports households and visits, and recounts."""

from pathlib import Path

import click
from flask import current_app

from community_teams.command_group import SHOWN, commands
from community_teams.domain.household_lists import read_households
from community_teams.domain.visit_batch import ResultStatus
from community_teams.phones.services.batch_reading import read_records
from community_teams.phones.services.visit_files import import_visits, read_visit_file
from community_teams.sample.refusals import PREPARED_FILE
from community_teams.services.households import FaultyHouseholds, import_households
from community_teams.services.recounting import recount
from foundation import clock
from foundation.accounts.services import audit
from foundation.areas.cli import TABLES
from foundation.areas.cli import counted as number
from foundation.areas.domain.hamlet_lists import Fault
from foundation.areas.domain.scope import NATION
from foundation.areas.services.tables import TableParseError, read_table
from foundation.problems import Invalid
from foundation.web.database import transaction

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
VISIT_FILES = {
    "not_a_visit_file": "Đây không phải tệp phiếu do ứng dụng của tổ xuất ra. Chưa ghi gì.",
    "no_visits": "Tệp này không có phiếu nào.",
    "too_many_visits": "Tệp này nhiều hơn 2.000 phiếu. Chưa ghi gì.",
    "missing": "Tệp không ghi phiếu của ai: thêm --member TÊN_ĐĂNG_NHẬP. Chưa ghi gì.",
    "no_such_member": "Không có ai mang tên đăng nhập này. Chưa ghi gì.",
}
REJECTED = {
    "not_in_your_area": "hộ không có trong sổ, hoặc không thuộc nơi người đi thăm được giao hôm ấy",
    "could_not_be_kept": "máy chủ chưa ghi được, xin chạy lại lệnh này",
    "too_old": "bản ứng dụng cũ quá",
    "in_the_future": "ngày giờ chưa tới",
    "too_long_ago": "ngày xa quá",
    "missing": "còn thiếu",
    "identity_number": "có số giống số căn cước hoặc số tài khoản",
    "phone_number": "có số điện thoại",
    "not_understood": "không đọc được",
    "not_found": "không tìm thấy phiếu cần sửa",
    "not_known_yet": "bản mẫu phiếu mới hơn máy chủ",
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
        listed = read_households(read_table(file))
        with transaction() as session:
            done = import_households(session, listed, scope=NATION, now=clock.now())
        # Households that are real: `make run` prepares no sample beside them.
        (current_app.extensions["settings"].data_folder / PREPARED_FILE).unlink(missing_ok=True)
    except TableParseError as problem:
        raise click.ClickException(TABLES[problem.code].format(**problem.details) + " Chưa ghi gì.") from None
    except FaultyHouseholds as problem:
        for fault in problem.faults[:SHOWN]:
            click.echo(fault_line(fault), err=True)
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
    """Count everything again from the visits, print what differs and correct it."""
    with transaction() as session:
        differences = recount(session, NATION, now=clock.now())
    for each in differences[:SHOWN]:
        click.echo(f"{each.hamlet} {each.what} {each.name}: {each.was} → {each.became}")
    if len(differences) > SHOWN:
        click.echo(f"… và {number(len(differences) - SHOWN)} chỗ nữa")
    click.echo(
        f"{number(len(differences))} chỗ lệch, đã sửa." if differences else "Mọi con số đều khớp với các lượt thăm."
    )


@commands.command("import-visits")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--member", default="", help="Sign-in name of who made the visits, where the file does not say.")
def import_file(file: Path, member: str) -> None:
    """Import the visits a phone exported because it could not send them. The same file again changes nothing.

    Each visit is judged by itself: a faulty one does not block the others. One that differs from the stored visit of
    the same id is stored beside it, for a person to settle under /quan-ly.
    """
    try:
        visits, now = read_visit_file(file.read_bytes()), clock.now()
        read = read_records(visits.visits, now=now)
        with transaction() as session:
            done = import_visits(session, visits, read, member=member, by=audit.COMMAND_LINE, scope=NATION, now=now)
    except Invalid as problem:
        raise click.ClickException(" ".join(VISIT_FILES[code] for code in problem.fields.values())) from None
    for place, result in enumerate(done.results, start=1):
        if result.outcome is ResultStatus.REJECTED:
            why = ", ".join(f"{field}: {REJECTED.get(code, code)}" for field, code in result.problems.items())
            click.echo(f"Phiếu {place}: chưa nhận ({why})")
        elif result.outcome is ResultStatus.HELD:
            why = ", ".join(f"{field}: {REJECTED.get(code, code)}" for field, code in result.problems.items())
            click.echo(f"Phiếu {place}: chưa ghi được ({why}); giữ nguyên văn, chờ người sửa ở /quan-ly/phieu-can-xem")
        elif result.outcome is ResultStatus.CONFLICT:
            click.echo(f"Phiếu {place}: khác với phiếu đã ghi, giữ cả hai chờ người xem")
    counts = done.counts
    click.echo(
        f"{done.member.display_name}: {number(counts.get(ResultStatus.STORED, 0))} phiếu ghi mới, "
        f"{number(counts.get(ResultStatus.ALREADY_STORED, 0))} đã có, "
        f"{number(counts.get(ResultStatus.CONFLICT, 0))} chờ người xem, "
        f"{number(counts.get(ResultStatus.HELD, 0))} chờ người sửa, "
        f"{number(counts.get(ResultStatus.REJECTED, 0))} chưa nhận"
    )


def fault_line(fault: Fault) -> str:
    """One fault of a list as a line of output."""
    value = _HEADINGS.get(fault.value, fault.value) if fault.code == "missing_heading" else fault.value
    return f"Dòng {fault.row}: {FAULTS[fault.code].format(value=value)}"
