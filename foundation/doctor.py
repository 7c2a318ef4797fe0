"""The checks of a deployment. Packages add their own; `flask doctor` runs them all."""

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
    matters, and what to type or do. why and fix may be empty for an INFO. Must not contain secrets or names of people.
    """

    code: str
    severity: Severity
    what: str
    why: str = ""
    fix: str = ""


# Called in an application context, in the order added. Only reads, takes no lock, ends within seconds. Returns an empty
# list if all is well. An exception does not stop the other checks: storage faults of one kind become one finding for
# all
# checks that met it; any other exception becomes its own finding.
Check = Callable[[Flask], list[Finding]]


def add_check(app: Flask, check: Check) -> None:
    """Add a check to `flask doctor`. Adding the same one again changes nothing."""
    checks: list[Check] = app.extensions.setdefault("doctor_checks", [])
    if check not in checks:
        checks.append(check)


def run_checks(app: Flask) -> list[Finding]:
    """The findings of all checks, the most severe first, otherwise in the order of the checks."""
    found: list[Finding] = []
    blocked: dict[StorageFault, list[str]] = {}
    with app.app_context():
        for check in app.extensions.get("doctor_checks", []):
            name = getattr(check, "__name__", type(check).__name__)
            try:
                found += check(app)
            except Exception as error:
                # Not raised: the findings of the other checks must still be shown.
                log.debug("check %s failed", name, exc_info=error)
                if fault := storage_fault(error):
                    blocked.setdefault(fault, []).append(name)
                else:
                    found.append(_check_failed(name, error))
    found += [_checks_blocked(fault, names) for fault, names in blocked.items()]
    order = list(Severity)
    return sorted(found, key=lambda finding: order.index(finding.severity))


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
