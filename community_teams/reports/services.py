"""Builds the coverage report of an area, and writes to the audit log who took it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from community_teams.coverage.queries.coverage import AreaCoverage, inside_figures
from community_teams.reports.queries import OpenIssues, Petition, open_issues, petitions
from foundation.accounts.services.audit import record
from foundation.areas.domain.scope import Scope

AUDITED_AS = "print_report"  # code of the act in the audit log


@dataclass(frozen=True)
class Report:
    """The contents of a report, as plain values. complete_to: when it was built; nothing later is in it."""

    figures: AreaCoverage
    open_issues: tuple[OpenIssues, ...]
    petitions: tuple[Petition, ...]
    complete_to: datetime


def draw_up_report(session: Session, scope: Scope, code: str | None, *, who: str, now: datetime) -> Report:
    """Build the report of an area (None: the nation). Each call adds one entry to the audit log.

    scope: where `who` may print reports. Raises NotAllowed when it does not cover the whole area, NotFound for an
    unknown code; then nothing is logged.
    """
    figures = inside_figures(session, scope, code)
    path = figures.place.path
    report = Report(
        figures,
        tuple(open_issues(session, scope, path)),
        tuple(petitions(session, scope, path)),
        now,
    )
    record(session, who, AUDITED_AS, {"area": code or "", "name": figures.place.name}, now=now, area_path=path)
    return report
