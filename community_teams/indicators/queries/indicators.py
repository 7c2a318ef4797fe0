"""Reads the indicators of one area, for those responsible for it and for the public."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from community_teams.coverage.domain.layers import Key
from community_teams.coverage.queries.coverage import AreaCoverage
from community_teams.coverage.queries.layer_suppression import suppressed_cells
from community_teams.coverage.queries.layers import lists_beneath
from community_teams.domain.counting import week_end
from community_teams.indicators.domain.indicators import (
    MEASURES,
    IndicatorValue,
    Measure,
    Part,
    Unknown,
    for_the_public,
    value_from_counters,
)
from community_teams.indicators.queries.records import Sitewide, recorded
from community_teams.queries.counts import counts_beneath
from foundation.areas.domain.scope import Scope


@dataclass(frozen=True)
class Indicators:
    """The indicators of an area. values: one for each of MEASURES, in that order. week: the Monday; None for now.

    until: the last day counted, in Việt Nam.
    """

    values: tuple[IndicatorValue, ...]
    week: date | None
    until: date

    def of(self, code: str) -> list[IndicatorValue]:
        return [each for each in self.values if each.measure.code == code]


def indicators_of(
    session: Session, scope: Scope, figures: AreaCoverage, sitewide: Sitewide, week: date | None, *, today: date
) -> Indicators:
    """The nineteen indicators of the area of `figures`, complete or suppressed as these are.

    scope: the one the figures were read with. sitewide: what is known of the whole site only. week: any Monday before
    this week; None for now. A figure that is unknown or suppressed says why and is never 0.
    """
    until = today if week is None else min(today, week_end(week))
    counted = _counted(session, scope, figures, week)
    other = {} if figures.public else recorded(session, scope, figures.place, week, until=until, today=today)
    values = {measure: counted.get(measure.key) or other.get(measure.key) for measure in MEASURES}
    whole = sitewide.values() if figures.place.level is None else {}
    for measure in MEASURES:
        if measure.key in sitewide.values():
            values[measure] = whole.get(measure.key) or IndicatorValue(measure, unknown=Unknown.NOT_BY_AREA)
    # A visit does not record these.
    for key in (Part.OWN_DOSSIERS, Part.RIGHT):
        values[MEASURE[key]] = IndicatorValue(MEASURE[key], unknown=Unknown.NOT_RECORDED)
    missing = Unknown.INSIDE_ONLY if figures.public else Unknown.NOT_RECORDED
    shown_values = tuple(values[measure] or IndicatorValue(measure, unknown=missing) for measure in MEASURES)
    return Indicators(_outside(session, figures, shown_values, week) if figures.public else shown_values, week, until)


MEASURE: Mapping[object, Measure] = {measure.key: measure for measure in MEASURES}


def _counted(session: Session, scope: Scope, figures: AreaCoverage, week: date | None) -> dict[object, IndicatorValue]:
    """The figures computed from counters alone, by key of the measure."""
    place = figures.place
    measures = [measure for measure in MEASURES if measure.layer is not None and (measure.public or not figures.public)]
    names = sorted({name for measure in measures for name in measure.counters} | {"reached"})
    rows = counts_beneath(session, scope, place, names, week).values()
    counts = {name: sum(row[name] for row in rows) for name in names}
    values: dict[object, IndicatorValue] = {}
    for measure in measures:
        if measure.key is Key.REACHED:
            values[measure.key] = _reached(session, scope, figures, measure, week)
        else:
            values[measure.key] = value_from_counters(measure, counts, None)
    return values


def _reached(
    session: Session, scope: Scope, figures: AreaCoverage, measure: Measure, week: date | None
) -> IndicatorValue:
    """Households met, of those on the official lists; missing counts the hamlets without a list."""
    place = figures.place
    listed = counts_beneath(session, scope, place, ["reached"], week, listed=True).values()
    lists = [count for count in lists_beneath(session, scope, place).values() if count is not None]
    hamlets = figures.coverage.hamlets if figures.coverage else 0
    unlisted = figures.coverage.unlisted if figures.coverage else 0
    found = value_from_counters(
        measure, {"reached": sum(row["reached"] for row in listed)}, sum(lists) if lists else None
    )
    return IndicatorValue(measure, found.number, found.out_of, unlisted, hamlets, unknown=found.unknown)


def _outside(
    session: Session, figures: AreaCoverage, shown_values: tuple[IndicatorValue, ...], week: date | None
) -> tuple[IndicatorValue, ...]:
    if figures.coverage is None:
        return tuple(IndicatorValue(each.measure, unknown=Unknown.HIDDEN) for each in shown_values)
    layers = [each.measure.layer for each in shown_values if each.measure.layer is not None and each.measure.public]
    suppressions = suppressed_cells(session, figures, layers, week)
    shown = []
    for each in shown_values:
        if each.measure.public and suppressions[each.measure.key].own:
            shown.append(IndicatorValue(each.measure, unknown=Unknown.HIDDEN))
        else:
            shown.append(for_the_public(each))
    return tuple(shown)
