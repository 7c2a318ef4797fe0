"""Pages of coverage, public and inside, and the same figures for machines."""

from flask import Response, json, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug import Response as Answer

from community_teams.area_pages.queries.area_page import weeks_reached
from community_teams.area_pages.views.area_page import area_page, figures_for_visitor
from community_teams.blueprints import NATION_CODE, coverage_blueprint
from community_teams.coverage.domain.coverage import GOAL_PERCENT, rounded_down
from community_teams.coverage.queries.coverage import THE_NATION, inside_figures, place_of, public_figures
from community_teams.coverage.trend_chart import SIZES, trend_svg
from community_teams.coverage.views.figures_json import as_counts, as_json
from community_teams.domain.counting import week_end
from foundation import clock
from foundation.accounts.domain.roles import Act
from foundation.accounts.views.access import may, public, scope_for
from foundation.accounts.views.menu import menu_items_for_user
from foundation.areas import queries as areas
from foundation.areas.domain.scope import NATION
from foundation.problems import NotFound
from foundation.web.database import session
from foundation.web.openapi import Operation, Parameter, describe


@coverage_blueprint.get("/do-phu")
@public
def show_nation() -> Answer:
    return area_page(None)


@coverage_blueprint.get("/do-phu/<code>")
@public
def show_area(code: str) -> Answer:
    if code == NATION_CODE:
        return redirect(url_for(".show_nation"), 301)
    return area_page(code)


@coverage_blueprint.get("/do-phu/<code>/xu-huong.svg")
@public
def draw_trend(code: str) -> Answer:
    """The share of households met, week by week; ?co=rong for wide screens."""
    figures = figures_for_visitor(None if code == NATION_CODE else code)
    if figures.coverage is None or not figures.coverage.households:
        raise NotFound("no_trend")
    scope = NATION if figures.public else scope_for(Act.SEE_COVERAGE)
    weeks = weeks_reached(session(), scope, figures.place)
    points = [
        (f"{week_end(week.monday):%d/%m}", 100 * rounded_down(week.reached / figures.coverage.households))
        for week in weeks
    ]
    size = request.args.get("co", "")
    answer = Response(trend_svg("", points, size if size in SIZES else "hep"), mimetype="image/svg+xml")
    # The chart needs its own style and nothing else; pages show it as an image.
    answer.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'"
    answer.headers["Cache-Control"] = "public, no-cache" if figures.public else "private, no-cache"
    answer.vary.add("Cookie")
    answer.add_etag()
    return answer.make_conditional(request)


@coverage_blueprint.get("/quan-ly")
@may(Act.SEE_COVERAGE)
def manage() -> str:
    scope = scope_for(Act.SEE_COVERAGE)
    codes = [path.rstrip("/").rpartition("/")[2] or None for path in scope.paths]
    figures = [inside_figures(session(), scope, code) for code in codes]
    return render_template(
        "area_pages/manage.html",
        figures=figures,
        report_scope=scope_for(Act.PRINT_REPORT),
        others=[work for work in menu_items_for_user() if work.endpoint != request.endpoint],
        goal=GOAL_PERCENT,
        now=clock.now(),
        sample=any(each.is_sample for each in figures) or current_user.is_sample,
    )


@coverage_blueprint.get("/api/v1/coverage/<code>")
@public
def tell_coverage(code: str) -> Answer:
    figures = public_figures(session(), NATION, None if code == NATION_CODE else code)
    content = as_counts(figures) if request.args.get("dang") == "so" else as_json(figures)
    answer = Response(json.dumps(content, separators=(",", ":")), mimetype="application/json")
    # Figures change with every visit; an unchanged response costs a few bytes.
    answer.headers["Cache-Control"] = "public, no-cache"
    answer.add_etag()
    return answer.make_conditional(request)


@coverage_blueprint.get("/api/v1/outlines/<code>")
@public
def tell_outlines(code: str) -> Answer:
    """GeoJSON of the areas right beneath `code`; with the present version in `?v=` it may be cached for ever."""
    place = THE_NATION if code == NATION_CODE else place_of(session(), code)[0]
    version = areas.outline_version(session(), place.code or None) or "none"
    if request.args.get("v") != version:
        return redirect(url_for(".tell_outlines", code=code, v=version), 302)
    outlines = areas.outlines_of(session(), place.code or None)
    answer = Response(_feature_collection(outlines), mimetype="application/geo+json")
    answer.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    answer.set_etag(version)
    return answer.make_conditional(request)


def _feature_collection(outlines: list[areas.AreaOutline]) -> str:
    # The geometry is GeoJSON text already; parsing and writing it again would only cost time.
    all_properties = [json.dumps({"code": each.code, "name": each.name, "kind": each.kind}) for each in outlines]
    features = [
        f'{{"type":"Feature","properties":{properties},"geometry":{each.geojson}}}'
        for properties, each in zip(all_properties, outlines, strict=True)
    ]
    return f'{{"type":"FeatureCollection","features":[{",".join(features)}]}}'


_CODE = Parameter("code", "path", "An area's official code, or VN for the whole nation.")

describe(
    coverage_blueprint,
    Operation(
        "GET",
        "/api/v1/coverage/<code>",
        "tellCoverage",
        "Public figures of an area and the areas right beneath it.",
        gives={"type": "object"},
        parameters=[
            _CODE,
            Parameter(
                "dang",
                "query",
                "so: the numbers alone, in the order of the areas' codes: households on the official list, met of "
                "those, met, written down; null where hidden or not known. `areas` changes with everything else.",
                {"type": "string", "enum": ["so"]},
            ),
        ],
        others={304: "As before."},
        refusals={404: ("no_such_area",)},
    ),
    Operation(
        "GET",
        "/api/v1/outlines/<code>",
        "tellOutlines",
        "Outlines of the areas right beneath an area, as GeoJSON; immutable by version.",
        gives={"type": "object"},
        media="application/geo+json",
        parameters=[_CODE, Parameter("v", "query", "The version wanted; without the newest one, you are sent there.")],
        others={302: "To the newest version.", 304: "As before."},
        refusals={404: ("no_such_area",)},
    ),
)
