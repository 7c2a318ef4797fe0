"""Planning a campaign: what is left, by what day, with how many people; and the list to walk with."""

from datetime import date, timedelta

from flask import Response, make_response, render_template, request

from community_teams.blueprints import NATION_CODE, coverage_blueprint
from community_teams.coverage.domain.coverage import GOAL_PERCENT
from community_teams.coverage.queries.coverage import Line, Place, inside_figures
from community_teams.paper.prints import list_pdf
from community_teams.planning.domain import Need, Reached, Wish, need, outings, read_wish
from community_teams.planning.queries import pace_of, standing_of_areas
from community_teams.queries.household_codes import left_by_lane
from community_teams.queries.households import hamlet as hamlet_within
from foundation import clock
from foundation.accounts.domain.roles import Act
from foundation.accounts.views.access import may, scope_for
from foundation.areas.queries import ancestors
from foundation.problems import Invalid, NotFound
from foundation.web.database import session

# Long enough to plan for, short enough to be held to.
USUAL_DAYS = timedelta(days=30)


@coverage_blueprint.get("/quan-ly/ke-hoach/<code>")
@may(Act.PRINT_REPORT)
def plan(code: str) -> str | tuple[str, int]:
    """The plan of an area by what the address asks for; without anything asked, for a month from now."""
    scope, today = scope_for(Act.PRINT_REPORT), clock.day_in_vietnam(clock.now())
    figures = inside_figures(session(), scope, None if code == NATION_CODE else code)
    pace = pace_of(session(), scope, figures.place, today=today)
    usual = {
        "finish_on": (today + USUAL_DAYS).isoformat(),
        "days_a_week": "5",
        "visits_a_day": str(pace.visits_a_day),
        "goal": str(GOAL_PERCENT),
    }
    told = usual | {name: request.args[name].strip() for name in usual if name in request.args}
    faults: dict[str, str] = {}
    try:
        wish = read_wish(told, today=today)
    except Invalid as problem:
        faults, wish = problem.fields, read_wish(usual, today=today)
    standing = standing_of_areas(session(), scope, figures.place, today=today)
    lines = _lines(figures.place, figures.lines, standing, wish, today)
    page = render_template(
        "planning/plan.html",
        figures=figures,
        lines=lines,
        whole=_whole(lines),
        told=told,
        faults=faults,
        wish=wish,
        pace=pace,
        outings=outings(today, wish),
        may_list=scope_for(Act.SEE_HOUSEHOLDS),
        today=today,
        sample=figures.is_sample,
    )
    return (page, 422) if faults else page


@coverage_blueprint.get("/quan-ly/ke-hoach/<hamlet_code>/danh-sach.pdf")
@may(Act.SEE_HOUSEHOLDS)
def print_left(hamlet_code: str) -> Response:
    """The households of a hamlet where nobody was met yet, lane by lane, to walk with."""
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
    place: Place, lines: tuple[Line, ...], standing: dict[str, Reached], wish: Wish, today: date
) -> list[tuple[Place, Reached, Need]]:
    """Areas with something on their lists, in Vietnamese order; the hamlet itself for a hamlet."""
    places = [line.place for line in lines] or [place]
    return [
        (each, stands, need(stands, wish, today=today))
        for each in places
        if (stands := standing.get(each.code)) and (stands.listed or stands.visits)
    ]


def _whole(lines: list[tuple[Place, Reached, Need]]) -> Need:
    """What all areas need together: sums, so that the table adds up."""
    needs = [each for _, _, each in lines if each.left is not None]
    if not needs:
        return Need(None, None, None, None)
    return Need(
        *(sum(getattr(each, name) or 0 for each in needs) for name in ("left", "visits", "visits_a_day", "members"))
    )
