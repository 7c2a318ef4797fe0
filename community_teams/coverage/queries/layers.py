"""Reads the layers of the map: today from the totals of the hamlets, an earlier week from the weekly counters."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from community_teams.coverage.domain.layers import FAMILIES, OFFICIAL, Key, Layer, LayerCell, cell_of, in_tens
from community_teams.coverage.queries.coverage import AreaCoverage
from community_teams.coverage.queries.layer_suppression import LayerSuppression, suppressed_cells
from community_teams.domain.counting import week_of
from community_teams.models import Device
from community_teams.queries.counts import counts_beneath, first_week, level_beneath
from community_teams.queries.places import AreaCode, PathCondition, Place, PreparedQuery, Statement
from foundation.accounts.domain.roles import Role
from foundation.accounts.models import RoleHolding
from foundation.areas.domain.scope import Scope

# How far back the weeks of the map go.
MOST_WEEKS = 53
# A phone silent for longer may still hold visits: peers E3.5.
SILENT_AFTER = timedelta(days=3)


@dataclass(frozen=True)
class LayerFigures:
    """One layer over an area and those right beneath it.

    week: the Monday of the week whose end is shown; None for now. own: the area's figure; lines: by code, of those
    beneath; None where suppressed. families: households by family of languages, only in the layer of languages.
    stale: codes of areas whose phones have been silent for SILENT_AFTER.
    """

    layer: Layer
    week: date | None
    own: LayerCell | None
    lines: Mapping[str, LayerCell | None]
    families: Mapping[str, int]
    stale: Collection[str] = ()


def layer_figures(
    session: Session,
    scope: Scope,
    figures: AreaCoverage,
    layer: Layer,
    week: date | None,
    *,
    suppressions: Mapping[StrEnum, LayerSuppression] | None = None,
    known_by: date | None = None,
) -> LayerFigures:
    """A layer of the area of `figures`, complete or suppressed as these are.

    scope: the one the figures were read with. figures: the areas, and which of them are hidden. week: any Monday; one
    before the first visit gives 0. Denominators that are lists of households are always today's: older lists are not
    stored. suppressions: from suppressed_cells for this layer, week and figures, where many layers are read; else read
    here. known_by: see counts_beneath.
    """
    if figures.public and suppressions is None:
        suppressions = suppressed_cells(session, figures, [layer], week)
    suppression = suppressions[layer.key] if figures.public and suppressions is not None else None
    place = figures.place
    names = (*layer.counters, *(FAMILIES if layer.key is Key.LANGUAGES else ()))
    # With an official list as denominator, count only the hamlets that have one.
    listed = layer.out_of == OFFICIAL
    counts = counts_beneath(session, scope, place, names, week, listed=listed, known_by=known_by)
    official = lists_beneath(session, scope, place) if listed else {}
    nothing = _zeros(names)
    cells = {code: cell_of(layer, counts.get(code, nothing), official.get(code)) for code in _codes(figures)}
    families = {name: sum(line.get(name, 0) for line in counts.values()) for name in names if name in FAMILIES}
    if place.level_beneath is None:
        return _as_shown(LayerFigures(layer, week, cells[place.code], {}, families), suppression)
    total = {name: sum(line[name] for line in counts.values()) for name in names}
    lists = [count for count in official.values() if count is not None]
    own = cell_of(layer, total, sum(lists) if lists else None)
    return _as_shown(LayerFigures(layer, week, own, cells, families), suppression)


def weeks_of(session: Session, scope: Scope, place: Place, *, today: date) -> list[date]:
    """Mondays since the first visit beneath a place, the oldest first, at most MOST_WEEKS, without this week."""
    first = first_week(session, scope, place)
    if first is None:
        return []
    last = week_of(today) - timedelta(weeks=1)
    first = max(first, last - timedelta(weeks=MOST_WEEKS - 1))
    return [first + timedelta(weeks=n) for n in range((last - first).days // 7 + 1)]


def stale_areas(session: Session, scope: Scope, place: Place, *, now: datetime) -> set[str]:
    """Codes of the areas right beneath `place` whose teams have phones that were all silent for SILENT_AFTER."""
    depth = place.path.count("/")
    latest: dict[str, datetime] = {}
    for path, last_seen in _HEARD.execute(session, scope, place):
        codes = path.rstrip("/").split("/")
        if len(codes) > depth:
            latest[codes[depth]] = max(latest.get(codes[depth], last_seen), last_seen)
    return {code for code, last_seen in latest.items() if now - last_seen > SILENT_AFTER}


def _heard(within: PathCondition, _code: AreaCode) -> Statement:
    return (
        select(RoleHolding.area_path, func.max(Device.last_seen))
        .join(Device, Device.person_id == RoleHolding.person_id)
        .where(
            RoleHolding.role.in_([Role.VISITOR, Role.TEAM_LEADER]),
            within(RoleHolding.area_path),
            Device.cut_off_at.is_(None),
        )
        .group_by(RoleHolding.area_path)
    )


_HEARD = PreparedQuery(_heard)


def _codes(figures: AreaCoverage) -> list[str]:
    if figures.place.level_beneath is None:
        return [figures.place.code]
    return [line.place.code for line in figures.lines]


def _zeros(names: Sequence[str]) -> dict[str, int]:
    return dict.fromkeys(names, 0)


def lists_beneath(session: Session, scope: Scope, place: Place) -> dict[str, int | None]:
    """Households on the official lists by area right beneath a place; None where no hamlet has a list."""
    sums = level_beneath(session, scope, place)
    return {area: None if of["households"] is None else int(of["households"]) for area, of in sums.items()}


def _as_shown(found: LayerFigures, suppression: LayerSuppression | None) -> LayerFigures:
    """The layer as its reader may see it: complete for those inside (None), else suppressed and in tens."""
    if suppression is None:
        return found
    lines, own = dict(found.lines), found.own
    if not found.layer.exact:
        own = None if own is None else in_tens(own)
        lines = {code: cell if cell is None else in_tens(cell) for code, cell in lines.items()}
    if suppression.own:
        own = None
    families = {name: (count + 5) // 10 * 10 for name, count in found.families.items()}
    return replace(
        found,
        own=own,
        lines={code: None if code in suppression.lines else cell for code, cell in lines.items()},
        families=families if own is not None else {},
    )
