"""Open data: the explanation and the downloads. Always the public figures, also for people who are signed in."""

from datetime import date

from flask import Response, current_app, render_template, request
from werkzeug import Response as Answer

from community_teams.blueprints import NATION_CODE, coverage_blueprint
from community_teams.coverage.domain.layers import LAYERS, Key, Layer
from community_teams.coverage.queries.coverage import AreaCoverage, public_figures
from community_teams.coverage.queries.layer_suppression import suppressed_cells
from community_teams.coverage.queries.layers import layer_figures, weeks_of
from community_teams.coverage.views.week_param import begun
from community_teams.domain.counting import week_end, week_of
from community_teams.indicators.domain.indicators import MEASURES, before_any_visit
from community_teams.indicators.queries.indicators import indicators_of
from community_teams.indicators.queries.learning_counts import sitewide
from community_teams.open_data.exports import (
    COLUMNS,
    WRITTEN_DOWN,
    as_csv,
    as_geojson,
    indicator_rows,
    layer_rows,
    written_down_rows,
)
from foundation import clock
from foundation.accounts.views.access import public
from foundation.areas import queries as areas
from foundation.areas.domain.scope import NATION
from foundation.problems import Invalid
from foundation.web.database import session
from foundation.web.openapi import Operation, Parameter, describe

PUBLIC_LAYERS = tuple(layer for layer in LAYERS.values() if layer.public)


@coverage_blueprint.get("/do-phu/du-lieu")
@public
def explain_open_data() -> str:
    figures = public_figures(session(), NATION, None)
    return render_template(
        "open_data/open_data.html",
        columns=COLUMNS,
        layers=PUBLIC_LAYERS,
        measures=[measure for measure in MEASURES if measure.public],
        written_down=WRITTEN_DOWN,
        until=clock.day_in_vietnam(clock.now()),
        provinces=[line.place for line in figures.lines if not line.silent],
        sample=figures.is_sample,
        organisation=current_app.extensions["settings"].organisation,
        licence=current_app.extensions["settings"].data_licence,
    )


@coverage_blueprint.get("/api/v1/open/<code>.csv")
@public
def download_csv(code: str) -> Answer:
    """One layer, or every public layer, of an area and those right beneath it."""
    week = _week()
    figures = public_figures(session(), NATION, None if code == NATION_CODE else code)
    known = _begun(figures, week)
    layers = PUBLIC_LAYERS if not request.args.get("lop") else (_layer(),)
    suppressions = suppressed_cells(session(), figures, layers, week)
    rows = []
    for layer in layers:
        shown = layer_figures(session(), NATION, figures, layer, week, suppressions=suppressions)
        rows += layer_rows(figures, shown, _until(week), begun=known)
    if week is None and len(layers) > 1:
        rows += written_down_rows(figures, _until(week))
    return _file(as_csv(rows, is_sample=figures.is_sample), "text/csv", f"do-phu-{code}.csv")


@coverage_blueprint.get("/api/v1/open/<code>.geojson")
@public
def download_geojson(code: str) -> Answer:
    """One layer of an area and those right beneath it, with their outlines or middles."""
    week, layer = _week(), _layer()
    figures = public_figures(session(), NATION, None if code == NATION_CODE else code)
    outlines = {each.code: each.geojson for each in areas.outlines_of(session(), figures.place.code or None)}
    shown = layer_figures(session(), NATION, figures, layer, week)
    rows = layer_rows(figures, shown, _until(week), begun=_begun(figures, week))
    content = as_geojson(rows, outlines, is_sample=figures.is_sample)
    return _file(content, "application/geo+json", f"do-phu-{code}-{layer.key}.geojson")


@coverage_blueprint.get("/api/v1/open/<code>/indicators.csv")
@public
def download_indicators(code: str) -> Answer:
    week, today = _week(), clock.day_in_vietnam(clock.now())
    figures = public_figures(session(), NATION, None if code == NATION_CODE else code)
    known = sitewide(session(), lessons=len(current_app.extensions["catalogue"].lessons), languages=1)
    found = indicators_of(session(), NATION, figures, known, week, today=today)
    values = found.values if _begun(figures, week) else [before_any_visit(each) for each in found.values]
    rows = indicator_rows(figures.place, values, found.until)
    return _file(as_csv(rows, is_sample=figures.is_sample), "text/csv", f"chi-so-{code}.csv")


def _begun(figures: AreaCoverage, week: date | None) -> bool:
    today = clock.day_in_vietnam(clock.now())
    return week is None or begun(week, weeks_of(session(), NATION, figures.place, today=today))


def _until(week: date | None) -> date:
    return clock.day_in_vietnam(clock.now()) if week is None else week_end(week)


def _layer() -> Layer:
    key = request.args.get("lop") or Key.REACHED.value
    if key not in set(Key) or not LAYERS[Key(key)].public:
        raise Invalid({"lop": "not_a_choice"})
    return LAYERS[Key(key)]


def _week() -> date | None:
    """The week of the query string, given by any of its days; None for now, and for this week, which is not over."""
    day = request.args.get("tuan")
    if not day:
        return None
    try:
        week = week_of(date.fromisoformat(day))
    except (ValueError, OverflowError):
        raise Invalid({"tuan": "not_a_date"}) from None
    this_week = week_of(clock.day_in_vietnam(clock.now()))
    if week > this_week:
        raise Invalid({"tuan": "in_the_future"})
    return week if week < this_week else None


def _file(content: str, media: str, name: str) -> Answer:
    answer = Response(content, mimetype=media)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "public, no-cache"
    answer.add_etag()
    return answer.make_conditional(request)


_CODE = Parameter("code", "path", "An area's official code, or vn for the whole nation.")
_LAYER = Parameter(
    "lop",
    "query",
    "The layer; see /do-phu/du-lieu.",
    {"type": "string", "enum": [str(each.key) for each in PUBLIC_LAYERS]},
)
_WEEK = Parameter(
    "tuan",
    "query",
    "Any day of the week at whose end things stood so; none for now.",
    {"type": "string", "format": "date"},
)
_REFUSALS = {404: ("no_such_area",), 422: ("invalid",)}

describe(
    coverage_blueprint,
    Operation(
        "GET",
        "/api/v1/open/<code>.csv",
        "openCsv",
        "Public figures of an area and the areas right beneath it, every layer or one, as CSV.",
        gives={"type": "string"},
        media="text/csv",
        parameters=[_CODE, _LAYER, _WEEK],
        others={304: "As before."},
        refusals=_REFUSALS,
    ),
    Operation(
        "GET",
        "/api/v1/open/<code>.geojson",
        "openGeojson",
        "One layer of the public figures of an area and the areas right beneath it, as GeoJSON.",
        gives={"type": "object"},
        media="application/geo+json",
        parameters=[_CODE, _LAYER, _WEEK],
        others={304: "As before."},
        refusals=_REFUSALS,
    ),
    Operation(
        "GET",
        "/api/v1/open/<code>/indicators.csv",
        "openIndicators",
        "The public indicators of an area, as CSV.",
        gives={"type": "string"},
        media="text/csv",
        parameters=[_CODE, _WEEK],
        others={304: "As before."},
        refusals=_REFUSALS,
    ),
)
