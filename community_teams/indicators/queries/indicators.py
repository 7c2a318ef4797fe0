"""Reading the indicators of one area, for those who answer for it and for the public."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from community_teams.coverage.domain.layers import Key
from community_teams.coverage.queries.coverage import Figures
from community_teams.coverage.queries.layer_suppression import hidden_from_public
from community_teams.coverage.queries.layers import lists_beneath
from community_teams.domain.counting import week_end
from community_teams.indicators.domain.indicators import (
    MEASURES,
    Measure,
    Part,
    Told,
    Unknown,
    for_the_public,
    told_by_counters,
)
from community_teams.indicators.queries.records import Sitewide, recorded
from community_teams.queries.counts import counts_beneath
from foundation.areas.domain.scope import Scope


@dataclass(frozen=True)
class Indicators:
    """What is told of an area. told: one for each of MEASURES, in that order. week: the Monday; None for now.

    until: the last day counted, in Việt Nam.
    """

    told: tuple[Told, ...]
    week: date | None
    until: date

    def of(self, code: str) -> list[Told]:
        return [each for each in self.told if each.measure.code == code]


def indicators_of(
    session: Session, scope: Scope, figures: Figures, sitewide: Sitewide, week: date | None, *, today: date
) -> Indicators:
    """The nineteen indicators of the area that `figures` are about, seen as they are.

    scope: as the figures were read with. sitewide: what is known of the whole site only. week: any Monday before this
    week; None for now. What is not known, or not told to the public, says why and is never 0.
    """
    until = today if week is None else min(today, week_end(week))
    counted = _counted(session, scope, figures, week)
    other = {} if figures.public else recorded(session, scope, figures.place, week, until=until, today=today)
    told = {measure: counted.get(measure.key) or other.get(measure.key) for measure in MEASURES}
    whole = sitewide.told() if figures.place.level is None else {}
    for measure in MEASURES:
        if measure.key in sitewide.told():
            told[measure] = whole.get(measure.key) or Told(measure, unknown=Unknown.NOT_BY_AREA)
    # Nothing of this kind is written down on a visit.
    for key in (Part.OWN_DOSSIERS, Part.RIGHT):
        told[MEASURE[key]] = Told(MEASURE[key], unknown=Unknown.NOT_RECORDED)
    missing = Unknown.INSIDE_ONLY if figures.public else Unknown.NOT_RECORDED
    seen = tuple(told[measure] or Told(measure, unknown=missing) for measure in MEASURES)
    return Indicators(_outside(session, figures, seen, week) if figures.public else seen, week, until)


MEASURE: Mapping[object, Measure] = {measure.key: measure for measure in MEASURES}


def _counted(session: Session, scope: Scope, figures: Figures, week: date | None) -> dict[object, Told]:
    """What follows from the counters alone, by key of the measure."""
    place = figures.place
    measures = [measure for measure in MEASURES if measure.layer is not None and (measure.public or not figures.public)]
    names = sorted({name for measure in measures for name in measure.counters} | {"reached"})
    rows = counts_beneath(session, scope, place, names, week).values()
    counts = {name: sum(row[name] for row in rows) for name in names}
    told: dict[object, Told] = {}
    for measure in measures:
        if measure.key is Key.REACHED:
            told[measure.key] = _reached(session, scope, figures, measure, week)
        else:
            told[measure.key] = told_by_counters(measure, counts, None)
    return told


def _reached(session: Session, scope: Scope, figures: Figures, measure: Measure, week: date | None) -> Told:
    """Households met, of those on the lists; hamlets without a list are what is missing."""
    place = figures.place
    listed = counts_beneath(session, scope, place, ["reached"], week, listed=True).values()
    lists = [count for count in lists_beneath(session, scope, place).values() if count is not None]
    hamlets = figures.coverage.hamlets if figures.coverage else 0
    unlisted = figures.coverage.unlisted if figures.coverage else 0
    found = told_by_counters(measure, {"reached": sum(row["reached"] for row in listed)}, sum(lists) if lists else None)
    return Told(measure, found.number, found.out_of, unlisted, hamlets, unknown=found.unknown)


def _outside(session: Session, figures: Figures, seen: tuple[Told, ...], week: date | None) -> tuple[Told, ...]:
    if figures.coverage is None:
        return tuple(Told(each.measure, unknown=Unknown.HIDDEN) for each in seen)
    layers = [each.measure.layer for each in seen if each.measure.layer is not None and each.measure.public]
    veils = hidden_from_public(session, figures, layers, week)
    shown = []
    for each in seen:
        if each.measure.public and veils[each.measure.key].own:
            shown.append(Told(each.measure, unknown=Unknown.HIDDEN))
        else:
            shown.append(for_the_public(each))
    return tuple(shown)
