"""The checks of a running deployment. Rooms add their own; `flask doctor` runs them all."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from flask import Flask

from foundation.command_name import COMMAND
from foundation.storage_faults import StorageFault, storage_fault

log = logging.getLogger(__name__)


class Severity(StrEnum):
    """How much a finding matters. Only a fault makes `flask doctor` exit with 1."""

    FAULT = "fault"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True)
class Finding:
    """One thing an administrator should know.

    code: stable, English, such as "backup_too_old". what, why, fix: Vietnamese sentences: what was found, why it
    matters, and what to type or do. why and fix may be empty for an INFO. No secret and nobody's name goes into any.
    """

    code: str
    severity: Severity
    what: str
    why: str = ""
    fix: str = ""


# Called inside an application context, in the order added. It reads only, takes no lock and ends within seconds. An
# empty list means that all is well. What it raises stops no other check: trouble of the storage becomes one finding for
# all checks that met the same trouble, anything else a finding of its own.
Check = Callable[[Flask], list[Finding]]


def add_check(app: Flask, check: Check) -> None:
    """Have `flask doctor` call this check. Adding the same one again changes nothing."""
    checks: list[Check] = app.extensions.setdefault("doctor_checks", [])
    if check not in checks:
        checks.append(check)


def run_checks(app: Flask) -> list[Finding]:
    """What all checks found, the gravest first, otherwise in the order of the checks."""
    found: list[Finding] = []
    blocked: dict[StorageFault, list[str]] = {}
    with app.app_context():
        for check in app.extensions.get("doctor_checks", []):
            name = getattr(check, "__name__", type(check).__name__)
            try:
                found += check(app)
            except Exception as error:
                # Not passed on: what the other checks found must still be seen.
                log.debug("check %s failed", name, exc_info=error)
                if fault := storage_fault(error):
                    blocked.setdefault(fault, []).append(name)
                else:
                    found.append(_check_failed(name, error))
    found += [_checks_blocked(fault, names) for fault, names in blocked.items()]
    gravity = list(Severity)
    return sorted(found, key=lambda finding: gravity.index(finding.severity))


def _check_failed(name: str, error: Exception) -> Finding:
    return Finding(
        "check_failed",
        Severity.FAULT,
        f"Phép kiểm tra “{name}” không chạy được: {type(error).__name__}.",
        "Chưa biết phần này có ổn không.",
        f"Xem nguyên nhân: LOG_LEVEL=debug {COMMAND} doctor",
    )


def _checks_blocked(fault: StorageFault, names: list[str]) -> Finding:
    return Finding(
        "checks_blocked",
        Severity.FAULT,
        f"Chưa kiểm tra được {', '.join(names)}: cơ sở dữ liệu hoặc đĩa chưa dùng được ({fault}).",
        "Chưa biết các phần này có ổn không.",
        f"Sửa cơ sở dữ liệu hoặc đĩa trước, rồi chạy lại: {COMMAND} doctor",
    )
