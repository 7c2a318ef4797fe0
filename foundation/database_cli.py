"""`flask --app app database copy-to`."""

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from foundation.command_name import COMMAND
from foundation.database import make_engine
from foundation.problems import Problem
from foundation.sqlite_to_postgresql import copy_database

commands = AppGroup("database", help="The database as a whole.")

_WHY = {
    "not_from_sqlite": "Lệnh này chép từ SQLite; DATABASE_URL của máy này đã là PostgreSQL.",
    "not_to_postgresql": "Đích phải là một địa chỉ postgresql://….",
    "older_schema": f"Cơ sở dữ liệu này không ở bản mới nhất. Hãy chạy trước: {COMMAND} migrate",
    "unknown_tables": "Trong tệp SQLite có bảng không phải của nền tảng: {tables}. Hãy chuyển các bảng ấy đi trước.",
    "damaged_database": "Tệp SQLite bị hỏng: {lines}. Hãy khôi phục từ bản sao lưu tốt gần nhất rồi chép.",
    "unreachable": "Không nối được PostgreSQL: {reason}.",
    "not_empty": "Cơ sở dữ liệu đích đã có số liệu. Hãy tạo một cơ sở dữ liệu trống.",
    "row_refused": "PostgreSQL không nhận một dòng của bảng {table} ({key}): {reason}. Hãy sửa dòng ấy rồi chép lại.",
    "differs": "Chép xong mà bảng {table} khác với bản gốc.",
    "disk_full": "Ổ đĩa đã đầy.",
    "tool_failed": "SQLite báo lỗi: {reason}.",
}


@commands.command("copy-to")
@click.argument("url", envvar="TARGET_DATABASE_URL", required=True)
def copy_to(url: str) -> None:
    """Copy everything from SQLite to an empty PostgreSQL, and prove that it is equal. Stop the servers first.

    URL: postgresql://USER:PASSWORD@HOST/NAME; from TARGET_DATABASE_URL if not given, where nobody else on the machine
    reads the password.
    """
    try:
        target = make_engine(url)
    except (ArgumentError, NoSuchModuleError, ImportError):
        raise click.ClickException(f"{_WHY['not_to_postgresql']} Chưa ghi gì.") from None
    try:
        copied = copy_database(current_app.extensions["engine"], target)
    except Problem as problem:
        values = {
            name: ", ".join(value) if isinstance(value, list) else value for name, value in problem.details.items()
        }
        raise click.ClickException(f"{_WHY[problem.code].format(**values)} Chưa ghi gì.") from None
    finally:
        target.dispose()
    for name, total in copied.items():
        click.echo(f"  {name:<24} {total.rows:>9} dòng  {total.digest:064x}"[:64])
    rows = sum(total.rows for total in copied.values())
    click.echo(
        f"Đã chép {len(copied)} bảng, {rows} dòng; đã đếm và so từng bảng: hai bên như nhau. Tệp SQLite để nguyên."
    )
    click.echo(
        "Bây giờ đặt DATABASE_URL sang PostgreSQL, giữ nguyên SECRET_KEY (hoặc DATA_FOLDER), rồi chạy lại máy chủ."
    )
