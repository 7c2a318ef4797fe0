"""PDFs to print: a blank sheet, a sheet for one household, and the list of households."""

from uuid import UUID

from flask import Response, make_response, render_template

from community_teams.blueprints import teams_blueprint
from community_teams.paper.prints import list_pdf, sheet_pdf
from community_teams.paper.views.typing import hamlet_to_record
from community_teams.queries.household_codes import listed_by_lane
from community_teams.views.households import household_or_404
from foundation import clock
from foundation.accounts.domain.roles import Act
from foundation.accounts.views.access import may, scope_for
from foundation.areas.queries import ancestors
from foundation.web.database import session


@teams_blueprint.get("/doi-so/<hamlet_code>/phieu-giay")
@may(Act.RECORD_VISIT)
def show_paper(hamlet_code: str) -> str:
    """What may be printed for this hamlet, and where it is typed in afterwards."""
    return render_template("paper/paper.html", hamlet=hamlet_to_record(hamlet_code))


@teams_blueprint.get("/doi-so/<hamlet_code>/phieu-trong.pdf")
@may(Act.RECORD_VISIT)
def print_blank_sheet(hamlet_code: str) -> Response:
    hamlet = hamlet_to_record(hamlet_code)
    return _pdf(sheet_pdf(hamlet, ancestors(session(), hamlet.code)), f"phieu-tham-ho-{hamlet.code}.pdf")


@teams_blueprint.get("/doi-so/<hamlet_code>/danh-sach.pdf")
@may(Act.RECORD_VISIT)
def print_list(hamlet_code: str) -> Response:
    hamlet = hamlet_to_record(hamlet_code)
    listed = listed_by_lane(session(), scope_for(Act.RECORD_VISIT), hamlet.code)
    day = clock.day_in_vietnam(clock.now())
    return _pdf(
        list_pdf(hamlet, ancestors(session(), hamlet.code), listed), f"danh-sach-ho-{hamlet.code}-{day:%Y%m%d}.pdf"
    )


@teams_blueprint.get("/doi-so/ho/<uuid:household_id>/phieu.pdf")
@may(Act.RECORD_VISIT)
def print_sheet(household_id: UUID) -> Response:
    household, hamlet = household_or_404(household_id, Act.RECORD_VISIT)
    # A file's name is ASCII; the code may hold any letter.
    return _pdf(sheet_pdf(hamlet, ancestors(session(), hamlet.code), household), f"phieu-tham-ho-{hamlet.code}.pdf")


def _pdf(content: bytes, name: str) -> Response:
    answer = make_response(content)
    answer.mimetype = "application/pdf"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
