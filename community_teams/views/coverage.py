"""Pages of coverage, public and inside, and the same figures for machines."""

from collections.abc import Collection
from contextlib import suppress
from dataclasses import replace
from datetime import date
from urllib.parse import urlencode

from flask import Response, json, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug import Response as Answer

from community_teams.charts.trend import SIZES, trend_svg
from community_teams.domain.counting import week_end, week_of
from community_teams.domain.coverage import GOAL_PERCENT, rounded_down
from community_teams.domain.layers import LAYERS, Key, Layer
from community_teams.domain.marks import count_legend, legend
from community_teams.maps.drawn import drawing_of
from community_teams.maps.seen import seen, seen_in_layer
from community_teams.queries.area_page import WORK_WEEKS, rest_of, weeks_reached, work_in
from community_teams.queries.coverage import THE_NATION, Figures, inside_figures, place_of, public_figures
from community_teams.queries.layers import layer_figures, stale_areas, weeks_of
from community_teams.views.coverage_blueprint import NATION_CODE, blueprint
from community_teams.views.telling_coverage import as_json
from foundation import clock
from foundation.accounts.domain.roles import Act
from foundation.accounts.views.access import may, public, scope_for
from foundation.accounts.views.work import work_of_visitor
from foundation.areas import queries as areas
from foundation.areas.domain.kinds import Level
from foundation.areas.domain.scope import NATION, Scope
from foundation.problems import NotAllowed, NotFound
from foundation.web.database import session
from foundation.web.openapi import Operation, Parameter, describe


@blueprint.get("/do-phu")
@public
def show_nation() -> str:
    return _page(None)


@blueprint.get("/do-phu/<code>")
@public
def show_area(code: str) -> str | Answer:
    if code == NATION_CODE:
        return redirect(url_for(".show_nation"), 301)
    return _page(code)


@blueprint.get("/do-phu/<code>/xu-huong.svg")
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
    # The chart carries its own style and nothing else; it is shown as a picture.
    answer.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'"
    answer.headers["Cache-Control"] = "public, no-cache" if figures.public else "private, no-cache"
    answer.vary.add("Cookie")
    answer.add_etag()
    return answer.make_conditional(request)


@blueprint.get("/quan-ly")
@may(Act.SEE_COVERAGE)
def manage() -> str:
    scope = scope_for(Act.SEE_COVERAGE)
    codes = [path.rstrip("/").rpartition("/")[2] or None for path in scope.paths]
    figures = [inside_figures(session(), scope, code) for code in codes]
    return render_template(
        "community_teams/manage.html",
        figures=figures,
        report_scope=scope_for(Act.PRINT_REPORT),
        others=[work for work in work_of_visitor() if work.endpoint != request.endpoint],
        goal=GOAL_PERCENT,
        now=clock.now(),
        sample=any(each.is_sample for each in figures) or current_user.is_sample,
    )


@blueprint.get("/api/v1/coverage/<code>")
@public
def tell_coverage(code: str) -> Answer:
    figures = public_figures(session(), NATION, None if code == NATION_CODE else code)
    answer = Response(json.dumps(as_json(figures)), mimetype="application/json")
    # Figures change with every visit; an unchanged answer costs a few bytes.
    answer.headers["Cache-Control"] = "public, no-cache"
    answer.add_etag()
    return answer.make_conditional(request)


@blueprint.get("/api/v1/outlines/<code>")
@public
def tell_outlines(code: str) -> Answer:
    """GeoJSON of the areas right beneath `code`; an address with the right `?v=` may be kept for ever."""
    place = THE_NATION if code == NATION_CODE else place_of(session(), code)[0]
    version = areas.outline_version(session(), place.code or None) or "none"
    if request.args.get("v") != version:
        return redirect(url_for(".tell_outlines", code=code, v=version), 302)
    drawn = areas.outlines_of(session(), place.code or None)
    answer = Response(_feature_collection(drawn), mimetype="application/geo+json")
    answer.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    answer.set_etag(version)
    return answer.make_conditional(request)


def _feature_collection(drawn: list[areas.DrawnArea]) -> str:
    # The geometry is GeoJSON already; reading and writing it again would only cost time.
    told = [json.dumps({"code": each.code, "name": each.name, "kind": each.kind}) for each in drawn]
    features = [
        f'{{"type":"Feature","properties":{properties},"geometry":{each.geojson}}}'
        for properties, each in zip(told, drawn, strict=True)
    ]
    return f'{{"type":"FeatureCollection","features":[{",".join(features)}]}}'


def figures_for_visitor(code: str | None) -> Figures:
    """All figures for somebody whose reach covers the area, the public ones for everybody else."""
    if current_user.is_authenticated:
        with suppress(NotAllowed):  # outside their reach they are everybody else
            return inside_figures(session(), scope_for(Act.SEE_COVERAGE), code)
    return public_figures(session(), NATION, code)


def _page(code: str | None) -> str:
    figures = figures_for_visitor(code)
    layer, week = _asked(figures)
    scope = NATION if figures.public else scope_for(Act.SEE_COVERAGE)
    weeks = weeks_of(session(), scope, figures.place, today=clock.day_in_vietnam(clock.now()))
    choice = {
        "layers": [each for each in LAYERS.values() if each.public or not figures.public],
        "weeks": weeks,
    }
    stale = frozenset() if figures.public else stale_areas(session(), scope, figures.place, now=clock.now())
    if layer.key is not Key.REACHED or week is not None:
        return _layer_page(figures, scope, layer, week, stale, choice)
    return render_template(
        "community_teams/coverage.html",
        figures=figures,
        drawing=drawing_of(session(), figures.place, [line.place for line in figures.lines]),
        seen=seen(figures.lines, stale),
        stale=stale,
        trend=weeks_reached(session(), scope, figures.place) if figures.coverage else [],
        **_inside(figures, scope),
        **choice,
        kinds=figures.kinds,
        classes=legend(),
        goal=GOAL_PERCENT,
        may_print=not figures.public and scope_for(Act.PRINT_REPORT).covers(figures.place.path),
        now=clock.now(),
        sample=figures.is_sample,
    )


_CODE = Parameter("code", "path", "An area's official code, or VN for the whole nation.")

describe(
    blueprint,
    Operation(
        "GET",
        "/api/v1/coverage/<code>",
        "tellCoverage",
        "Public figures of an area and the areas right beneath it.",
        gives={"type": "object"},
        parameters=[_CODE],
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


def _inside(figures: Figures, scope: Scope) -> dict[str, object]:
    """What is shown only to those who answer for the area."""
    if figures.public:
        return {}
    return {
        "rest": rest_of(session(), scope, figures.place),
        "work": work_in(session(), scope, figures.place, today=clock.day_in_vietnam(clock.now())),
        "work_weeks": WORK_WEEKS,
        "own_hamlet": figures.place.level is Level.HAMLET and scope_for(Act.SEE_HOUSEHOLDS).covers(figures.place.path),
    }


def _layer_page(
    figures: Figures, scope: Scope, layer: Layer, week: date | None, stale: Collection[str], choice: dict[str, object]
) -> str:
    shown = replace(layer_figures(session(), scope, figures, layer, week), stale=stale)
    asked = {"lop": layer.key.value} | ({"tuan": week.isoformat()} if week else {})
    return render_template(
        "community_teams/coverage_layer.html",
        figures=figures,
        shown=shown,
        drawing=drawing_of(session(), figures.place, [line.place for line in figures.lines]),
        seen=seen_in_layer(figures.lines, layer, shown.lines, stale),
        kinds=figures.kinds,
        classes=count_legend() if layer.out_of is None else legend(),
        base=url_for(".show_area", code="-")[:-1],
        query=f"?{urlencode(asked)}",
        now=clock.now(),
        sample=figures.is_sample,
        **choice,
    )


def _asked(figures: Figures) -> tuple[Layer, date | None]:
    """The layer and the week in the address. What cannot be read, or may not be seen, gives households met, today."""
    key = request.args.get("lop", "")
    layer = LAYERS[Key(key)] if key in set(Key) else LAYERS[Key.REACHED]
    if figures.public and not layer.public:
        layer = LAYERS[Key.REACHED]
    try:
        week = week_of(date.fromisoformat(request.args.get("tuan", "")))
    except (ValueError, OverflowError):
        return layer, None
    return layer, week if week < week_of(clock.day_in_vietnam(clock.now())) else None
