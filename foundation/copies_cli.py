"""`flask --app app backup FILE` and `restore FILE`."""

from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from foundation import clock
from foundation.copies import read_copy, write_copy
from foundation.migrating import upgrade
from foundation.problems import Conflict, Invalid, Problem
from foundation.settings import Settings

_FAULTS = {
    "not_a_copy": "không phải bản sao lưu của nền tảng này.",
    "damaged": "bị hỏng, có thể chép chưa trọn. Hãy lấy lại từ nơi cất giữ.",
    "newer_than_us": "do bản mới hơn của nền tảng làm ra. Hãy cập nhật nền tảng rồi khôi phục.",
    "another_database": "được làm từ loại cơ sở dữ liệu khác (SQLite hoặc PostgreSQL) với máy này.",
}


@click.command("backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@with_appcontext
def backup(file: Path) -> None:
    """Write everything, tables and keys, to FILE while the platform goes on serving."""
    settings: Settings = current_app.extensions["settings"]
    if not file.parent.is_dir():
        raise click.ClickException(f"Không có thư mục {file.parent}. Chưa ghi gì.")
    try:
        copy = write_copy(current_app.extensions["engine"], settings.data_folder, file, now=clock.now())
    except Problem as problem:
        raise click.ClickException(f"{_tool_words(problem)} Chưa ghi gì.") from None
    click.echo(f"Đã sao lưu vào {file} ({file.stat().st_size / 1e6:.1f} MB, cơ sở dữ liệu {copy.revision or 'trống'}).")
    click.echo("Tệp này chứa mọi số liệu và khoá: cất ở nơi kín, trên máy khác.")


@click.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--replace", is_flag=True, help="Also where there are tables already: what they hold is lost.")
@with_appcontext
def restore(file: Path, replace: bool) -> None:
    """Bring a copy made by `backup` back. Stop the servers first."""
    settings: Settings = current_app.extensions["settings"]
    engine = current_app.extensions["engine"]
    try:
        copy = read_copy(engine, settings.data_folder, file, replace=replace)
    except Invalid as problem:
        raise click.ClickException(f"{file} {_FAULTS[problem.fields['file']]} Chưa thay đổi gì.") from None
    except Conflict:
        raise click.ClickException(
            "Cơ sở dữ liệu này đang có số liệu. Chưa thay đổi gì. "
            "Muốn bỏ số liệu đang có, hãy sao lưu trước, rồi chạy lại với --replace."
        ) from None
    except Problem as problem:
        raise click.ClickException(f"{_tool_words(problem)} Chưa thay đổi gì.") from None
    upgrade(engine)
    click.echo(f"Đã khôi phục bản sao lưu lúc {copy.made_at}. Khởi động lại máy chủ để dùng.")


def _tool_words(problem: Problem) -> str:
    if problem.code == "no_such_tool":
        return f"Máy này chưa có {problem.details['tool']} (gói postgresql-client của Debian)."
    return f"{problem.details['tool']} báo lỗi: {problem.details['said']}"
