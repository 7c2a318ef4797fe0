"""The page for the screen in the commune hall: the map, today's visits, what is left. It refreshes itself."""

from flask import Response, make_response, render_template, url_for

from community_teams.area_pages.queries.wall import today_in
from community_teams.blueprints import coverage_blueprint
from community_teams.coverage.domain.coverage import GOAL_PERCENT
from community_teams.coverage.domain.map_style import legend
from community_teams.coverage.maps.features import map_features
from community_teams.coverage.maps.geometry import geometry_for
from community_teams.coverage.queries.coverage import place_of, public_figures
from foundation import clock
from foundation.accounts.domain.roles import Act
from foundation.accounts.views.access import may, scope_for
from foundation.areas.domain.scope import NATION
from foundation.problems import NotAllowed
from foundation.web.database import session

# Often enough to see a visit arrive, seldom enough for a slow connection.
SECONDS = 60


@coverage_blueprint.get("/quan-ly/man-hinh/<code>")
@may(Act.SEE_COVERAGE)
def show_wall(code: str) -> Response:
    """Needs a sign-in, but everybody in the hall can read it: the figures are those of the public page."""
    place, _above = place_of(session(), code)
    scope = scope_for(Act.SEE_COVERAGE)
    if not scope.covers(place.path):
        raise NotAllowed("outside_your_area")
    now = clock.now()
    figures = public_figures(session(), NATION, code)
    page = render_template(
        "area_pages/wall.html",
        figures=figures,
        today=today_in(session(), scope, place, today=clock.day_in_vietnam(now)) if figures.coverage else None,
        drawing=geometry_for(session(), place, [line.place for line in figures.lines]),
        features=map_features(figures.lines),
        kinds=figures.kinds,
        classes=legend(),
        goal=GOAL_PERCENT,
        now=now,
        sample=figures.is_sample,
    )
    answer: Response = make_response(page)
    answer.headers["Refresh"] = f"{SECONDS}; url={url_for('.show_wall', code=code)}"
    return answer
