"""The checks of a running deployment. Rooms add their own; `flask doctor` runs them all."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from flask import Flask

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
# empty list means that all is well. Whatever it raises becomes a finding of its own and stops no other check.
Check = Callable[[Flask], list[Finding]]


def add_check(app: Flask, check: Check) -> None:
    """Have `flask doctor` call this check. Adding the same one again changes nothing."""
    checks: list[Check] = app.extensions.setdefault("doctor_checks", [])
    if check not in checks:
        checks.append(check)


def run_checks(app: Flask) -> list[Finding]:
    """What all checks found, the gravest first, otherwise in the order of the checks."""
    found: list[Finding] = []
    with app.app_context():
        for check in app.extensions.get("doctor_checks", []):
            found += _run(app, check)
    gravity = list(Severity)
    return sorted(found, key=lambda finding: gravity.index(finding.severity))


def _run(app: Flask, check: Check) -> list[Finding]:
    name = getattr(check, "__name__", type(check).__name__)
    try:
        return list(check(app))
    except Exception as error:
        # Not passed on: what the other checks found must still be seen.
        log.debug("check %s failed", name, exc_info=error)
        return [
            Finding(
                "check_failed",
                Severity.FAULT,
                f"Phép kiểm tra “{name}” không chạy được: {type(error).__name__}.",
                "Chưa biết phần này có ổn không.",
                "Xem nguyên nhân: LOG_LEVEL=debug .venv/bin/flask --app app doctor",
            )
        ]
