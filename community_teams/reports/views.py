"""The coverage report as a PDF, a draft to be signed by hand."""

from flask import Response, make_response
from flask_login import current_user

from community_teams.blueprints import NATION_CODE, coverage_blueprint
from community_teams.reports.prints import report_pdf
from community_teams.reports.services import draw_up_report
from foundation import clock
from foundation.accounts.domain.roles import Act
from foundation.accounts.views.access import may, scope_for
from foundation.web.database import session, transaction


@coverage_blueprint.get("/quan-ly/bao-cao/<code>.pdf")
@may(Act.PRINT_REPORT)
def print_report(code: str) -> Response:
    with transaction() as writing:
        report = draw_up_report(
            writing,
            scope_for(Act.PRINT_REPORT),
            None if code == NATION_CODE else code,
            who=current_user.name,
            now=clock.now(),
        )
    # Printed after the commit: a large report takes seconds, and others want to write meanwhile.
    answer = make_response(report_pdf(session(), report))
    answer.mimetype = "application/pdf"
    day = clock.day_in_vietnam(report.complete_to)
    answer.headers["Content-Disposition"] = f'attachment; filename="bao-cao-do-phu-{code}-{day:%Y%m%d}.pdf"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
