"""Checks of `flask doctor` for every deployment: those of /readyz, and those that only concern an administrator."""

import ctypes
import ctypes.util
import shutil
from datetime import timedelta
from pathlib import Path

from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from foundation import clock
from foundation.command_name import COMMAND
from foundation.doctor import Finding, Severity, add_check
from foundation.jobs.services import backlog
from foundation.readiness_sentences import NOT_READY
from foundation.settings import Settings
from foundation.settings_reading import SHORTEST_KEY, in_production, weak_key
from foundation.storage_faults import StorageFault, storage_fault

ENOUGH_DISK = 1024 * 1024 * 1024  # bytes; a backup alone may take a gigabyte
# A job that waits longer has no worker; the longest known job, letters of a commune, takes minutes.
LONGEST_WAIT = timedelta(minutes=15)
FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts")
# Scripts that Be Vietnam Pro lacks and Debian's fonts-noto-core has.
FONT_FILES = ("NotoSansTaiViet-Regular", "NotoSansKhmer-Regular", "NotoSansCham-Regular", "NotoSerif-Regular")
PRINT_LIBRARIES = ("pango-1.0", "pangoft2-1.0", "harfbuzz-subset")
_UNSYNCHRONISED = 0x40  # STA_UNSYNC of <sys/timex.h>


def init_deployment_checks(app: Flask) -> None:
    """Add the checks of this module to `flask doctor`."""
    for check in (
        check_readiness,
        check_settings,
        check_disk_room,
        check_sqlite_pages,
        check_jobs,
        check_time_service,
        check_fonts,
    ):
        add_check(app, check)


def check_readiness(app: Flask) -> list[Finding]:
    """Everything that makes /readyz answer 503, except browser files, which have their own check."""
    found = []
    for name, check in app.extensions["readiness"].checks().items():
        if check.ok or name == "browser_files" or (name == "schema" and not check.code.startswith("schema")):
            continue
        what, why, fix = NOT_READY.get((name, check.code)) or NOT_READY[name, ""]
        figures = ", ".join(f"{key} {value or 'trống'}" for key, value in check.details.items())
        found.append(Finding(f"{name}_{check.code}", Severity.FAULT, f"{what} ({figures or check.code})", why, fix))
    return found


def check_settings(app: Flask) -> list[Finding]:
    """Settings with which the platform starts but which are wrong for production."""
    settings: Settings = app.extensions["settings"]
    found = []
    if weak_key(settings):
        found.append(
            Finding(
                "secret_key_short",
                Severity.FAULT if in_production(settings) else Severity.WARNING,
                f"SECRET_KEY ngắn hơn {SHORTEST_KEY} ký tự.",
                "Đoán được khoá thì ký được phiên đăng nhập và giấy xác nhận của bất kỳ ai.",
                "Tạo khoá mới: openssl rand -hex 32 (mọi người đăng nhập lại; xem docs/letters.md về giấy đã cấp)",
            )
        )
    if settings.public_address.startswith("https://") and not settings.https_only:
        found.append(
            Finding(
                "https_only_off",
                Severity.WARNING,
                "PUBLIC_ADDRESS là https nhưng HTTPS_ONLY chưa bật.",
                "Cookie đăng nhập có thể đi qua đường không mã hoá.",
                "Đặt HTTPS_ONLY=true rồi khởi động lại.",
            )
        )
    if settings.https_only and not settings.behind_proxy:
        found.append(
            Finding(
                "behind_proxy_zero",
                Severity.WARNING,
                "HTTPS_ONLY bật mà BEHIND_PROXY là 0.",
                "Máy chủ này không tự nói HTTPS, nên có proxy đứng trước: mọi người bị coi là cùng một địa chỉ.",
                "Đặt BEHIND_PROXY bằng số proxy đứng trước, thường là 1, rồi khởi động lại.",
            )
        )
    if in_production(settings) and settings.development:
        found.append(
            Finding(
                "development_on",
                Severity.WARNING,
                "DEVELOPMENT đang bật trên máy chủ thật.",
                "Trang thử /giao-dien mở cho mọi người, bài học bị đọc lại mỗi lần mở.",
                "Bỏ DEVELOPMENT rồi khởi động lại.",
            )
        )
    if settings.https_only and not settings.public_address:
        found.append(
            Finding(
                "no_public_address",
                Severity.WARNING,
                "Chưa đặt PUBLIC_ADDRESS.",
                "Mã vuông in trên giấy theo địa chỉ của từng lượt hỏi; in giấy cho cả lớp thì không được.",
                "Đặt PUBLIC_ADDRESS=https://tên-miền rồi khởi động lại.",
            )
        )
    return found


def check_disk_room(app: Flask) -> list[Finding]:
    """Warns earlier than /readyz fails."""
    free = shutil.disk_usage(app.extensions["settings"].data_folder).free
    if free >= ENOUGH_DISK:
        return []
    what = f"Đĩa của DATA_FOLDER chỉ còn {free // (1024 * 1024)} MB."
    return [Finding("disk_low", Severity.WARNING, what, "Sao lưu và bản in cần chỗ.", "df -h, rồi dọn bớt.")]


def check_sqlite_pages(app: Flask) -> list[Finding]:
    """Reads the whole SQLite file; a gigabyte takes some seconds. Does nothing on PostgreSQL."""
    engine = app.extensions["engine"]
    if engine.dialect.name != "sqlite":
        return []
    try:
        with engine.connect() as connection:  # fails here already if the first pages are damaged
            if connection.scalar(text("PRAGMA quick_check(1)")) == "ok":
                return []
    except DatabaseError as error:
        if storage_fault(error) is not StorageFault.DAMAGED:
            raise
    what, why, fix = NOT_READY["database", "damaged"]
    return [Finding("database_damaged", Severity.FAULT, what, why, fix)]


def check_jobs(app: Flask) -> list[Finding]:
    """Problems with background jobs: no worker, jobs that wait too long, failed jobs."""
    with app.extensions["sessions"]() as session:
        todo = backlog(session, now=clock.now())
    found = []
    worker = app.extensions["readiness"].checks().get("jobs_worker")
    if worker is not None and worker.code == "not_running":
        found.append(
            Finding(
                "no_jobs_worker",
                Severity.WARNING,
                "Không có tiến trình làm việc dài nào đang chạy.",
                "Giấy xác nhận của cả lớp, bản in lớn sẽ chờ mãi.",
                f"systemctl start bdhvs-jobs, hoặc: {COMMAND} jobs work",
            )
        )
    if todo.oldest is not None and clock.now() - todo.oldest > LONGEST_WAIT:
        found.append(
            Finding(
                "jobs_stuck",
                Severity.FAULT,
                f"{todo.waiting} việc đang chờ, lâu nhất từ {clock.in_vietnam(todo.oldest):%H:%M %d/%m/%Y}.",
                "Người nhờ việc vẫn đang đợi.",
                "Xem nhật ký: journalctl -u bdhvs-jobs; rồi: systemctl restart bdhvs-jobs",
            )
        )
    if todo.failed:
        what = f"{todo.failed} việc hỏng trong 24 giờ qua."
        fix = "Tìm “job … failed” trong nhật ký của bdhvs-jobs."
        found.append(Finding("jobs_failed", Severity.WARNING, what, "Người nhờ việc không nhận được gì.", fix))
    return found


def check_time_service(_app: Flask) -> list[Finding]:
    """Whether the kernel's clock is synchronised by NTP."""
    if clock_is_synchronised() is not False:
        return []
    what = "Đồng hồ của máy này chưa được đồng bộ (NTP)."
    return [
        Finding("clock_not_synchronised", Severity.WARNING, what, NOT_READY["clock", ""][1], "timedatectl set-ntp true")
    ]


def clock_is_synchronised() -> bool | None:
    """The kernel's answer; None where it gives none. See adjtimex(2)."""
    timex = (ctypes.c_long * 64)()  # struct timex is 208 bytes; its sixth word of four or eight bytes is the status
    try:
        if ctypes.CDLL(None, use_errno=True).adjtimex(ctypes.byref(timex)) < 0:
            return None
    except (AttributeError, OSError):
        return None
    return not timex[5] & _UNSYNCHRONISED


def check_fonts(_app: Flask) -> list[Finding]:
    """Whether PDF libraries, and fonts for every language of lessons, are installed."""
    libraries = [name for name in PRINT_LIBRARIES if ctypes.util.find_library(name) is None]
    folders = [Path(folder).expanduser() for folder in FONT_FOLDERS]
    there = {file.stem for folder in folders if folder.is_dir() for file in folder.rglob("Noto*")}
    fonts = [name for name in FONT_FILES if name not in there]
    if not libraries and not fonts:
        return []
    return [
        Finding(
            "print_packages_missing",
            Severity.WARNING if fonts and not libraries else Severity.FAULT,
            f"Thiếu thư viện hoặc phông để in: {', '.join(libraries + fonts)}.",
            "Không in được, hoặc bản in thiếu chữ Thái, Khmer, Chăm.",
            "apt install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-noto-core",
        )
    ]
