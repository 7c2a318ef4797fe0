"""The coverage report as a PDF."""

from sqlalchemy.orm import Session

from community_teams.coverage.domain.coverage import GOAL_PERCENT, Coverage
from community_teams.coverage.domain.map_style import legend
from community_teams.coverage.maps.features import map_features
from community_teams.coverage.maps.geometry import geometry_for
from community_teams.domain.codes import Outcome
from community_teams.reports.services import Report
from foundation.clock import day_in_vietnam
from foundation.web.pdf.render import render_pdf
from translations.languages import SOURCE
from translations.web import force_language


def report_pdf(session: Session, report: Report) -> bytes:
    """The report as PDF bytes: a draft, with number, signature and stamp left blank. Needs the app's context.

    session: used to read the outlines only.
    """
    figures = report.figures
    own = figures.coverage
    assert isinstance(own, Coverage)  # inside figures are never hidden
    missed = [(code, n) for code, n in own.by_outcome.items() if not Outcome(code).reached]
    with force_language(SOURCE):
        return render_pdf(
            "reports/report.html",
            styles=["coverage/report.css"],
            figures=figures,
            drawing=geometry_for(session, figures.place, [line.place for line in figures.lines]),
            features=map_features(figures.lines),
            kinds=figures.kinds,
            classes=legend(),
            goal=GOAL_PERCENT,
            missed=missed,
            open_issues=report.open_issues,
            petitions=report.petitions,
            complete_to=report.complete_to,
            year=day_in_vietnam(report.complete_to).year,
            sample=figures.is_sample,
        )
