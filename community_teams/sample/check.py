"""The check of the sample in `flask doctor`."""

from flask import Flask

from community_teams.sample.guard import refuse_sample_in_production, sample_sign_ins
from foundation.command_name import COMMAND
from foundation.doctor import Finding, Severity
from foundation.problems import Conflict
from foundation.web.database import session

CLEAR = f"Xoá số liệu và tài khoản mẫu: {COMMAND} sample clear"


def check_sample(app: Flask) -> list[Finding]:
    """A fault if the published sample accounts exist beside real households or on a production site."""
    names = sample_sign_ins(session())
    if not names:
        return []
    message = f"Có {len(names)} tài khoản mẫu: {', '.join(names)}."
    try:
        refuse_sample_in_production(session(), app.extensions["settings"])
    except Conflict as refused:
        why = {
            "in_production": "Tên các tài khoản này ai cũng biết. Đang chạy thật thì trang không nhận chúng.",
            "real_households": "Tên các tài khoản này ai cũng biết, mà ở đây đã có hộ thật.",
        }[refused.code]
        return [Finding("sample_in_production", Severity.FAULT, message, why, CLEAR)]
    return [Finding("sample_present", Severity.INFO, message, "Đây là bản chạy thử.", CLEAR)]
