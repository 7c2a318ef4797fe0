"""What `flask doctor` checks about backups."""

from datetime import timedelta

from flask import Flask
from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from foundation import clock
from foundation.backups.models import BackupRecord
from foundation.command_name import COMMAND
from foundation.doctor import Finding, Severity, add_check

# A nightly backup that was missed once is late; twice is a fault.
LATE, TOO_OLD = timedelta(hours=26), timedelta(hours=50)


def init_backups(app: Flask) -> None:
    add_check(app, check_backups)


def last_backup(session: Session) -> BackupRecord | None:
    """The newest intact backup recorded in the database."""
    return session.scalar(select(BackupRecord).order_by(BackupRecord.made_at.desc()).limit(1))


def check_backups(app: Flask) -> list[Finding]:
    engine = app.extensions["engine"]
    if not inspect(engine).has_table(BackupRecord.__tablename__):
        return []  # the schema check reports that
    found: list[Finding] = []
    with app.extensions["sessions"]() as session:
        last = last_backup(session)
        if last is None:
            found.append(_finding("no_backup", Severity.WARNING, "Chưa có bản sao lưu nào."))
            return found
        age = clock.now() - last.made_at
        at = f"{clock.in_vietnam(last.made_at):%H:%M %d/%m/%Y}"
        if age > LATE:
            severity = Severity.FAULT if age > TOO_OLD else Severity.WARNING
            days = f"{age.total_seconds() / 86400:.1f}".replace(".", ",")
            found.append(
                _finding("backup_too_old", severity, f"Bản sao lưu tốt gần nhất làm lúc {at}, đã {days} ngày.")
            )
        else:
            found.append(Finding("backup_recent", Severity.INFO, f"Bản sao lưu tốt gần nhất: {at}, tệp {last.file}."))
        if not last.keys_included:
            found.append(
                Finding(
                    "backup_without_keys",
                    Severity.WARNING,
                    "Bản sao lưu gần nhất không có khoá bí mật.",
                    "Mất máy chủ là mất SECRET_KEY: thẻ hình và khoá ký giấy không dùng lại được.",
                    f"Tạo khoá: {COMMAND} backup-key khoa.txt, đặt BACKUP_RECIPIENT, sao lưu lại.",
                )
            )
    return found


def _finding(code: str, severity: Severity, what: str) -> Finding:
    return Finding(
        code,
        severity,
        what,
        "Hỏng ổ đĩa hay xoá nhầm là mất hết từ lần sao lưu ấy đến nay.",
        f"Sao lưu ngay: {COMMAND} backup THƯ_MỤC; đặt lịch mỗi đêm theo docs/backups.md.",
    )
