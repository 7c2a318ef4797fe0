"""The command line; the module of a command is imported only when the command is called.

Commands import what web workers never need (shapely, openpyxl, alembic: some 40 MB, and half a second of every start),
so the application has only the names of their modules.
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
from foundation.storage_faults import StorageFault, storage_fault

log = logging.getLogger(__name__)

# What an administrator can do about it. Said after what was found; before the driver's own words.
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
    """A group that imports a command when it is called. places: name -> "foundation.areas.cli:commands"."""

    def __init__(self, places: Mapping[str, str]) -> None:
        super().__init__()
        self.places = dict(places)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*super().list_commands(ctx), *self.places})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        place = self.places.get(cmd_name)
        if place is None:
            return super().get_command(ctx, cmd_name)
        module, _, name = place.partition(":")
        command: click.Command = getattr(import_module(module), name)
        return _guarded(command)


def _guarded(command: click.Command) -> click.Command:
    """The same command, which answers trouble with the storage in a sentence and with 1.

    The traceback is written with LOG_LEVEL=debug alone.
    """

    def invoke(ctx: click.Context) -> Any:
        app = ctx.ensure_object(ScriptInfo).load_app()
        configure_logging(app.extensions["settings"], least=logging.WARNING)
        try:
            return command.invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
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
    """What is wrong with the database or the disk, what to do about it, and the driver's own words in brackets."""
    where = "Đĩa" if isinstance(error, OSError) else "Cơ sở dữ liệu"
    return f"{where} {_ADVICE[fault]}\n({describe_error(error)}; mã {fault_id(error)})"
