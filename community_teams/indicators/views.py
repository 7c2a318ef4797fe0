"""Pages of the nineteen indicators: the explanation, and those of an area."""

from dataclasses import replace
from datetime import date

from flask import Response, current_app, render_template, request
from werkzeug import Response as Answer

from community_teams.area_pages.views.area_page import figures_for_visitor
from community_teams.blueprints import NATION_CODE, coverage_blueprint
from community_teams.coverage.domain.coverage import rounded_down
from community_teams.coverage.queries.coverage import THE_NATION, AreaCoverage
from community_teams.coverage.queries.layers import weeks_of
from community_teams.coverage.views.week_param import begun, offered
from community_teams.domain.counting import week_of
from community_teams.indicators.bar_chart import WIDTHS, bars_svg
from community_teams.indicators.domain.indicators import CODES, MEASURES, Form, before_any_visit
from community_teams.indicators.queries.indicators import Indicators, indicators_of
from community_teams.indicators.queries.learning_counts import sitewide
from community_teams.indicators.queries.targets import targets_of
from foundation import clock
from foundation.accounts.domain.roles import Act
from foundation.accounts.views.access import public, scope_for
from foundation.areas.domain.scope import NATION, Scope
from foundation.problems import NotFound
from foundation.web.database import session


@coverage_blueprint.get("/do-phu/chi-so")
@public
def explain_indicators() -> str:
    return render_template(
        "indicators/indicators.html",
        codes=CODES,
        measures=MEASURES,
        targets=targets_of(session(), THE_NATION, ()),
    )


@coverage_blueprint.get("/do-phu/<code>/chi-so")
@public
def show_indicators(code: str) -> str:
    figures = figures_for_visitor(None if code == NATION_CODE else code)
    found = _indicators(figures)
    weeks = weeks_of(session(), _scope(figures), figures.place, today=clock.day_in_vietnam(clock.now()))
    if not begun(found.week, weeks):
        found = replace(found, values=tuple(map(before_any_visit, found.values)))
    return render_template(
        "indicators/area_indicators.html",
        figures=figures,
        found=found,
        codes=CODES,
        weeks=offered(found.week, weeks),
        labels=_labels(found),
        targets=targets_of(session(), figures.place, figures.above),
        sample=figures.is_sample,
    )


@coverage_blueprint.get("/do-phu/<code>/chi-so.svg")
@public
def draw_indicators(code: str) -> Answer:
    """The shares of an area as bars; ?co=rong for wide screens, ?tuan= as on the page."""
    figures = figures_for_visitor(None if code == NATION_CODE else code)
    rows = _chart_rows(_indicators(figures))
    if not rows:
        raise NotFound("no_chart")
    size = request.args.get("co", "")
    answer = Response(bars_svg(rows, size if size in WIDTHS else "hep"), mimetype="image/svg+xml")
    # The chart needs its own style and nothing else; pages show it as an image.
    answer.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'"
    answer.headers["Cache-Control"] = "public, no-cache" if figures.public else "private, no-cache"
    answer.vary.add("Cookie")
    answer.add_etag()
    return answer.make_conditional(request)


def _scope(figures: AreaCoverage) -> Scope:
    return NATION if figures.public else scope_for(Act.SEE_COVERAGE)


def _indicators(figures: AreaCoverage) -> Indicators:
    # Lessons are written in Vietnamese only, so far; other languages are only spoken.
    known = sitewide(session(), lessons=len(current_app.extensions["catalogue"].lessons), languages=1)
    today = clock.day_in_vietnam(clock.now())
    return indicators_of(session(), _scope(figures), figures, known, _week(today), today=today)


def _week(today: date) -> date | None:
    """The week of the query string; None for now, for this week, and for a faulty value."""
    try:
        week = week_of(date.fromisoformat(request.args.get("tuan", "")))
    except (ValueError, OverflowError):
        return None
    return week if week < week_of(today) else None


def _chart_rows(found: Indicators) -> list[tuple[str, float]]:
    """The known shares in the order of the page, each with its label in the table."""
    labels = _labels(found)
    return [
        (labels[each.measure.key], 100 * rounded_down(each.value or 0))
        for each in found.values
        if each.measure.key in labels
    ]


def _labels(found: Indicators) -> dict[object, str]:
    """A short label for each known share, by the key of its measure: "K12a"."""
    shares = [each.measure for each in found.values if each.measure.form is Form.SHARE and each.value is not None]
    codes = [measure.code for measure in shares]
    return {
        measure.key: f"{measure.code}{'abcd'[codes[:at].count(measure.code)]}"
        if codes.count(measure.code) > 1
        else measure.code
        for at, measure in enumerate(shares)
    }
