"""The command line. The module of a command is imported only when the command is called.

Commands import libraries that web workers never need (shapely, openpyxl, alembic: some 40 MB and half a second per
start), so the application has only the names of their modules.
"""

import logging
from collections.abc import Mapping
from copy import copy
from importlib import import_module
from typing import Any

import click
from flask.cli import AppGroup, ScriptInfo

from foundation.command_name import COMMAND
from foundation.logs.faults import describe_error, fault_id
from foundation.logs.setup import configure_logging
from foundation.readiness_sentences import schema_sentence
from foundation.schema import SchemaMismatch
from foundation.storage_faults import StorageFault, storage_fault

log = logging.getLogger(__name__)

# What an administrator can do. Printed after the subject and before the driver's message.
_ADVICE = {
    StorageFault.BUSY: "đang bận: có tiến trình khác giữ lâu. Chờ một lát rồi chạy lại.",
    StorageFault.UNREACHABLE: (
        "không mở được. Xem máy chủ PostgreSQL có đang chạy không, DATABASE_URL và DATA_FOLDER có đúng không, "
        "người chạy lệnh có quyền đọc thư mục ấy không."
    ),
    StorageFault.READ_ONLY: (
        "chỉ đọc được, không ghi được. Xem quyền của tệp và thư mục, hoặc máy chủ PostgreSQL có đang ở chế độ "
        "khôi phục (recovery) không."
    ),
    StorageFault.FULL: "hết chỗ trên đĩa. Xem `df -h`, dọn bớt rồi chạy lại.",
    StorageFault.DAMAGED: (
        "bị hỏng. Dừng máy chủ, giữ lại nguyên tệp, rồi khôi phục bản sao lưu tốt gần nhất "
        f"(`{COMMAND} restore`); xem docs/operations.md."
    ),
    StorageFault.SCHEMA: f"thiếu bảng hoặc cột. Hãy chạy: {COMMAND} migrate",
    StorageFault.REFUSED: "không cho vào: xem tên, mật khẩu, tên cơ sở dữ liệu và quyền trong DATABASE_URL.",
}


class LazyCommands(AppGroup):
    """A group that imports a command when it is called. modules: name -> "foundation.areas.cli:commands"."""

    def __init__(self, modules: Mapping[str, str]) -> None:
        super().__init__()
        self.modules = dict(modules)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*super().list_commands(ctx), *self.modules})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        found = self.modules.get(cmd_name)
        if found is None:
            return super().get_command(ctx, cmd_name)
        module, _, name = found.partition(":")
        command: click.Command = getattr(import_module(module), name)
        return _guarded(command)


def _guarded(command: click.Command) -> click.Command:
    """The same command; a storage fault, or a schema that does not fit, prints a sentence and exits with 1.

    The traceback is logged with LOG_LEVEL=debug only.
    """

    def invoke(ctx: click.Context) -> Any:
        app = ctx.ensure_object(ScriptInfo).load_app()
        configure_logging(app.extensions["settings"], least=logging.WARNING)
        try:
            return command.invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except SchemaMismatch as mismatch:
            raise click.ClickException(schema_sentence(mismatch)) from None
        except Exception as error:
            fault = storage_fault(error)
            if fault is None:
                raise
            log.debug("storage %s", fault, exc_info=error)
            raise click.ClickException(storage_sentence(fault, error)) from None

    guarded = copy(command)
    guarded.invoke = invoke  # type: ignore[method-assign]
    return guarded


def storage_sentence(fault: StorageFault, error: BaseException) -> str:
    """What is wrong with the database or the disk, what to do, and the driver's message in brackets."""
    where = "Đĩa" if isinstance(error, OSError) else "Cơ sở dữ liệu"
    return f"{where} {_ADVICE[fault]}\n({describe_error(error)}; mã {fault_id(error)})"
