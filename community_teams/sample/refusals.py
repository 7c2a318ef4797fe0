"""The messages for an administrator when the sample is not loaded, and the file that marks it as loaded."""

from typing import NoReturn

import click

from foundation.command_name import COMMAND
from foundation.problems import Conflict

# In the data folder: the last output of `prepare`.
PREPARED_FILE = "prepared.txt"

_INSTEAD = (
    f"Không nạp gì. Để chạy thật: “{COMMAND} migrate”, “areas load”, “accounts add”, rồi “serve” (docs/deploy.md)."
)
REFUSALS = {
    "in_production": "Đang đặt HTTPS_ONLY, hoặc PUBLIC_ADDRESS là https của một tên miền thật, tức là chạy thật: không "
    f"nạp số liệu và tài khoản mẫu, vì tên các tài khoản ấy ai cũng biết. {_INSTEAD}",
    "real_households": "Ở đây đã có hộ thật: không nạp số liệu và tài khoản mẫu, vì tên các tài khoản ấy ai cũng biết. "
    f"{_INSTEAD}",
}


def refuse(problem: Conflict) -> NoReturn:
    """End a command that would load the sample in production, with a message that says what to do instead."""
    raise click.ClickException(REFUSALS[problem.code]) from None
