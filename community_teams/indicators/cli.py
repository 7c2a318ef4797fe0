"""`flask --app app teams import-targets`: targets of plans."""

from pathlib import Path

import click

from community_teams.command_group import SHOWN, commands
from community_teams.indicators.domain.targets import UnreadableTargets, read_table_of_targets, read_toml_of_targets
from community_teams.indicators.services import FaultyTargets, import_targets
from foundation.areas.cli import TABLES
from foundation.areas.cli import counted as number
from foundation.areas.services.tables import TableParseError, read_table
from foundation.web.database import transaction

FAULTS = {
    "missing_heading": "thiếu cột {value}",
    "not_a_year": "năm “{value}” không đọc được: ghi bốn chữ số, từ 2020 đến 2050",
    "not_a_key": "mã “{value}” không đúng: chỉ dùng chữ thường không dấu, số và dấu gạch nối, dài nhất 40 ký tự",
    "not_an_indicator": "không có chỉ số “{value}”: ghi từ K01 đến K19",
    "not_a_percentage": "“{value}” không phải là một con số phần trăm từ 0 đến 100",
    "not_yes_or_no": "cột “cùng cách đo” ghi “{value}”: chỉ ghi có hoặc không",
    "same_without_number": "ghi “cùng cách đo” mà chưa có con số phần trăm",
    "no_words": "chưa có nguyên văn của kế hoạch",
    "no_source": "chưa ghi nguồn",
    "too_long": "dài quá 300 ký tự: “{value}…”",
    "unknown_area": "không có địa bàn nào mang mã {value}",
    "doubled": "trùng với dòng {value}",
}


@commands.command("import-targets")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_file_of_targets(file: Path) -> None:
    """Import targets of plans from CSV, XLSX or TOML; all of them or none. The same list again changes nothing.

    \b
    Columns (in a TOML file the English names, one [[target]] each):
      địa bàn (area)           code of the area; empty for the whole nation
      năm (year)               2026
      mã (key)                 unique within area and year, such as nguoi-lon-ky-nang
      chỉ số (indicator)       the nearest one, K01 to K19
      phần trăm (percent)      0 to 100; empty where the plan gives no number
      cùng cách đo (same)      "có" only if the indicator measures the very same thing
      nguyên văn (words)       as the plan says it
      nguồn (source)           which plan, and where it was read
      độ tin cậy, ghi chú      optional (reliability, note)
    """
    try:
        if file.suffix.lower() == ".toml":
            listed = read_toml_of_targets(file.read_bytes())
        else:
            listed = read_table_of_targets(read_table(file))
        with transaction() as session:
            done = import_targets(session, listed)
    except TableParseError as problem:
        raise click.ClickException(TABLES[problem.code].format(**problem.details) + " Chưa ghi gì.") from None
    except UnreadableTargets:
        raise click.ClickException("Tệp này không phải TOML có các mục [[target]]. Chưa ghi gì.") from None
    except FaultyTargets as problem:
        for fault in problem.faults[:SHOWN]:
            click.echo(f"Dòng {fault.row}: {FAULTS[fault.code].format(value=fault.value)}", err=True)
        raise click.ClickException(f"{number(len(problem.faults))} lỗi. Chưa ghi gì.") from None
    click.echo(
        f"{number(done.added)} chỉ tiêu thêm mới, {number(done.changed)} thay đổi, {number(done.unchanged)} giữ nguyên"
    )
