"""Pages to plan a campaign: what is left, by what day, with how many people; and the list of households to print."""

from datetime import date, timedelta

from flask import Response, make_response, render_template, request

from community_teams.blueprints import NATION_CODE, coverage_blueprint
from community_teams.coverage.domain.coverage import GOAL_PERCENT
from community_teams.coverage.queries.coverage import ChildCoverage, Place, inside_figures
from community_teams.paper.prints import list_pdf
from community_teams.planning.domain import AreaProgress, Need, PlanRequest, need, outings, read_plan_request
from community_teams.planning.queries import pace_of, progress_by_area
from community_teams.queries.household_codes import left_by_lane
from community_teams.queries.households import hamlet as hamlet_within
from foundation import clock
from foundation.accounts.domain.roles import Act
from foundation.accounts.views.access import may, scope_for
from foundation.areas.queries import ancestors
from foundation.problems import Invalid, NotFound
from foundation.web.database import session

# The length of a plan unless the address gives a day.
USUAL_DAYS = timedelta(days=30)


@coverage_blueprint.get("/quan-ly/ke-hoach/<code>")
@may(Act.PRINT_REPORT)
def plan(code: str) -> str | tuple[str, int]:
    """The plan of an area with the inputs of the query string; by default for USUAL_DAYS from now."""
    scope, today = scope_for(Act.PRINT_REPORT), clock.day_in_vietnam(clock.now())
    figures = inside_figures(session(), scope, None if code == NATION_CODE else code)
    pace = pace_of(session(), scope, figures.place, today=today)
    usual = {
        "finish_on": (today + USUAL_DAYS).isoformat(),
        "days_a_week": "5",
        "visits_a_day": str(pace.visits_a_day),
        "goal": str(GOAL_PERCENT),
    }
    values = usual | {name: request.args[name].strip() for name in usual if name in request.args}
    faults: dict[str, str] = {}
    try:
        plan_request = read_plan_request(values, today=today)
    except Invalid as problem:
        faults, plan_request = problem.fields, read_plan_request(usual, today=today)
    progress = progress_by_area(session(), scope, figures.place, today=today)
    lines = _lines(figures.place, figures.lines, progress, plan_request, today)
    page = render_template(
        "planning/plan.html",
        figures=figures,
        lines=lines,
        whole=_whole(lines),
        values=values,
        faults=faults,
        plan_request=plan_request,
        pace=pace,
        outings=outings(today, plan_request),
        may_list=scope_for(Act.SEE_HOUSEHOLDS),
        today=today,
        sample=figures.is_sample,
    )
    return (page, 422) if faults else page


@coverage_blueprint.get("/quan-ly/ke-hoach/<hamlet_code>/danh-sach.pdf")
@may(Act.SEE_HOUSEHOLDS)
def print_left(hamlet_code: str) -> Response:
    """The households of a hamlet where nobody was met yet, lane by lane, to print."""
    scope = scope_for(Act.SEE_HOUSEHOLDS)
    hamlet = hamlet_within(session(), scope, hamlet_code) if "\0" not in hamlet_code else None
    if hamlet is None:
        raise NotFound("no_such_hamlet")
    listed = left_by_lane(session(), scope, hamlet.code)
    answer = make_response(list_pdf(hamlet, ancestors(session(), hamlet.code), listed))
    answer.mimetype = "application/pdf"
    day = clock.day_in_vietnam(clock.now())
    answer.headers["Content-Disposition"] = f'attachment; filename="con-phai-den-{hamlet.code}-{day:%Y%m%d}.pdf"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _lines(
    place: Place,
    lines: tuple[ChildCoverage, ...],
    progress: dict[str, AreaProgress],
    plan_request: PlanRequest,
    today: date,
) -> list[tuple[Place, AreaProgress, Need]]:
    """Areas with something on their lists, in Vietnamese order; the hamlet itself for a hamlet."""
    places = [line.place for line in lines] or [place]
    return [
        (each, own, need(own, plan_request, today=today))
        for each in places
        if (own := progress.get(each.code)) and (own.listed or own.visits)
    ]


def _whole(lines: list[tuple[Place, AreaProgress, Need]]) -> Need:
    """The needs of all areas added up, so that the total of the table is its sum."""
    needs = [each for _, _, each in lines if each.left is not None]
    if not needs:
        return Need(None, None, None, None)
    return Need(
        *(sum(getattr(each, name) or 0 for each in needs) for name in ("left", "visits", "visits_a_day", "members"))
    )
