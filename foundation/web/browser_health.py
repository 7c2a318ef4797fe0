"""What `flask doctor` checks about the files that browsers load."""

from flask import Flask

from foundation.doctor import Finding, Severity
from foundation.web.static_files import StaticFiles

SHOWN = 5


def check_browser_files(app: Flask) -> list[Finding]:
    """Files that pages name and nobody serves, and sources that were changed after the build."""
    static: StaticFiles = app.extensions["static_files"]
    found = []
    if missing := static.missing():
        found.append(
            Finding(
                "browser_files_missing",
                Severity.FAULT,
                f"Thiếu tập tin cho trình duyệt: {_listed(missing)}.",
                "Trang vẫn mở được nhưng không nghe được, không dùng được khi mất sóng, bản đồ không phóng to được.",
                "Chạy `make install`, rồi khởi động lại máy chủ.",
            )
        )
    elif changed := static.build.changed_sources():
        found.append(
            Finding(
                "browser_files_outdated",
                Severity.WARNING,
                f"Tập tin cho trình duyệt được dựng từ mã nguồn cũ: {_listed(changed)} đã đổi.",
                "Trang mới chạy với mã cũ trên máy của bà con.",
                "Chạy `make install`, rồi khởi động lại máy chủ.",
            )
        )
    return found


def _listed(names: list[str]) -> str:
    rest = len(names) - SHOWN
    return ", ".join(names[:SHOWN]) + (f" và {rest} tập tin nữa" if rest > 0 else "")
