"""The page of an area: for everybody, with more for those responsible for it, in any layer and week."""

from collections.abc import Collection
from contextlib import suppress
from dataclasses import replace
from datetime import date
from urllib.parse import urlencode, urlsplit

from flask import Response, current_app, make_response, render_template, request, url_for
from flask_login import current_user

from community_teams.area_pages.queries.area_page import WORK_WEEKS, rest_of, weeks_reached, work_in
from community_teams.area_pages.views.page_etags import page_etag, tagged, unchanged
from community_teams.blueprints import NATION_CODE
from community_teams.coverage.domain.coverage import GOAL_PERCENT, SHADES
from community_teams.coverage.domain.drawing import Style
from community_teams.coverage.domain.layers import LAYERS, Key, Layer
from community_teams.coverage.domain.map_style import COLOURS, count_legend, legend
from community_teams.coverage.maps.features import layer_features, map_features
from community_teams.coverage.maps.geometry import geometry_for, outlines_as_of
from community_teams.coverage.queries.coverage import AreaCoverage, inside_figures, public_figures
from community_teams.coverage.queries.ended_areas import ended_area
from community_teams.coverage.queries.layers import layer_figures, stale_areas, weeks_of
from community_teams.coverage.views.figures_json import areas_version
from community_teams.coverage.views.week_param import begun, offered
from community_teams.domain.counting import week_of
from community_teams.pilots.queries import PilotTitle, latest_pilots
from community_teams.queries.places import Place
from foundation import clock
from foundation.accounts.domain.roles import Act
from foundation.accounts.views.access import scope_for
from foundation.areas.domain.kinds import Level
from foundation.areas.domain.scope import NATION, Scope
from foundation.problems import NotAllowed, NotFound
from foundation.settings import Settings
from foundation.web.database import session
from foundation.web.headers import CONTENT_SECURITY_POLICY

# How many pilot models an area page links to.
PILOTS = 5


def figures_for_visitor(code: str | None) -> AreaCoverage:
    """All figures for somebody whose scope covers the area, the public ones for everybody else."""
    if current_user.is_authenticated:
        with suppress(NotAllowed):  # outside their scope they see the public figures
            return inside_figures(session(), scope_for(Act.SEE_COVERAGE), code)
    return public_figures(session(), NATION, code)


def area_page(code: str | None) -> Response:
    """The page of an area, in the layer and week of the query string; 410 for an area that has ended.

    The public page has an ETag; 304 without a body if the browser has it already.
    """
    etag = page_etag()
    same = unchanged(etag)
    return same if same is not None else _area_page(code, etag)


def _area_page(code: str | None, etag: str | None) -> Response:
    try:
        figures = figures_for_visitor(code)
    except NotFound:
        ended = ended_area(session(), code)
        if ended is None:
            raise
        return make_response(render_template("area_pages/area_ended.html", ended=ended), 410)
    layer, week = _selection(figures)
    scope = NATION if figures.public else scope_for(Act.SEE_COVERAGE)
    weeks = weeks_of(session(), scope, figures.place, today=clock.day_in_vietnam(clock.now()))
    choice = {
        "layers": [each for each in LAYERS.values() if each.public or not figures.public],
        "weeks": offered(week, weeks),
        "begun": begun(week, weeks),
    }
    stale = frozenset() if figures.public else stale_areas(session(), scope, figures.place, now=clock.now())
    if layer.key is not Key.REACHED or week is not None:
        return tagged(_layer_page(figures, scope, layer, week, stale, choice), etag)
    page = _shown(
        "area_pages/coverage.html",
        figures,
        features=map_features(figures.lines, stale),
        stale=stale,
        pilots=_pilots(figures),
        trend=weeks_reached(session(), scope, figures.place) if figures.coverage else [],
        **_inside(figures, scope),
        **choice,
        refreshed=_refreshed(figures) if figures.public and figures.lines else {},
        kinds=figures.kinds,
        classes=legend(),
        goal=GOAL_PERCENT,
        may_print=not figures.public and scope_for(Act.PRINT_REPORT).covers(figures.place.path),
        now=clock.now(),
        sample=figures.is_sample,
    )
    return tagged(page, etag)


def _refreshed(figures: AreaCoverage) -> dict[str, str]:
    """What refresh.js needs to update the numbers of the page, as data attributes of the map."""
    shades = ((str(shade.value), *COLOURS[shade]) for shade in SHADES)
    return {
        "counts": url_for("coverage.tell_coverage", code=figures.place.code or NATION_CODE, dang="so"),
        "areas": areas_version(figures),
        "codes": " ".join(sorted(line.place.code for line in figures.lines)),
        "shades": ",".join(" ".join(shade) for shade in shades),
        "goal": str(GOAL_PERCENT),
    }


def _pilots(figures: AreaCoverage) -> list[PilotTitle]:
    """The pilot models of a hamlet, or the latest of a commune; larger areas have a list of their own."""
    if figures.place.level not in {Level.COMMUNE, Level.HAMLET}:
        return []
    return latest_pilots(session(), figures.place, PILOTS)


def _inside(figures: AreaCoverage, scope: Scope) -> dict[str, object]:
    """What is shown only to those responsible for the area."""
    if figures.public:
        return {}
    households = scope_for(Act.SEE_HOUSEHOLDS)
    return {
        "rest": rest_of(session(), scope, figures.place),
        "work": work_in(session(), scope, figures.place, today=clock.day_in_vietnam(clock.now())),
        "work_weeks": WORK_WEEKS,
        "issues": _open_issues(figures.place, households),
        "own_hamlet": figures.place.level is Level.HAMLET and households.covers(figures.place.path),
    }


def _open_issues(place: Place, households: Scope) -> str:
    """Where the open issues of a place are listed; "" for those who may not see them one by one."""
    if not households.covers(place.path):
        return ""
    # A reader who sees only this place needs no filter for it.
    return url_for("teams.show_issues", thon=None if households.paths == (place.path,) else place.code)


def _layer_page(
    figures: AreaCoverage,
    scope: Scope,
    layer: Layer,
    week: date | None,
    stale: Collection[str],
    choice: dict[str, object],
) -> Response:
    shown = replace(layer_figures(session(), scope, figures, layer, week), stale=stale)
    parameters = {"lop": layer.key.value} | ({"tuan": week.isoformat()} if week else {})
    return _shown(
        "area_pages/coverage_layer.html",
        figures,
        shown=shown,
        features=layer_features(figures.lines, layer, shown.lines, stale),
        kinds=figures.kinds,
        classes=count_legend(rounded=figures.public) if layer.out_of is None else legend(),
        base=url_for("coverage.show_area", code="-")[:-1],
        query=f"?{urlencode(parameters)}",
        now=clock.now(),
        sample=figures.is_sample,
        **choice,
    )


def _selection(figures: AreaCoverage) -> tuple[Layer, date | None]:
    """The layer and the week of the query string. Values that are faulty or not public give households met, today."""
    key = request.args.get("lop", "")
    layer = LAYERS[Key(key)] if key in set(Key) else LAYERS[Key.REACHED]
    if figures.public and not layer.public:
        layer = LAYERS[Key.REACHED]
    try:
        week = week_of(date.fromisoformat(request.args.get("tuan", "")))
    except (ValueError, OverflowError):
        return layer, None
    return layer, week if week < week_of(clock.day_in_vietnam(clock.now())) else None


def _shown(template: str, figures: AreaCoverage, **more: object) -> Response:
    """A page with a map. With outlines it may use a base map from another server, so the security policy allows it."""
    settings: Settings = current_app.extensions["settings"]
    place = figures.place
    drawing = geometry_for(session(), place, [line.place for line in figures.lines])
    outlined = drawing is not None and drawing.style is Style.OUTLINES
    code = place.code or NATION_CODE
    version = outlines_as_of(session(), place) if outlined else None
    page = render_template(
        template,
        figures=figures,
        drawing=drawing,
        outlines=url_for("coverage.tell_outlines", code=code, v=version) if outlined else "",
        tiles=settings.map_tiles,
        credit=settings.map_tiles_credit,
        **more,
    )
    answer: Response = make_response(page)
    if outlined and settings.map_tiles:
        answer.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY.replace(
            "img-src 'self'", f"img-src 'self' {_origin(settings.map_tiles)}"
        )
    return answer


def _origin(address: str) -> str:
    parts = urlsplit(address)
    # {s} is a placeholder for the letter of one of several servers.
    return f"{parts.scheme}://{parts.netloc.replace('{s}', '*')}"
