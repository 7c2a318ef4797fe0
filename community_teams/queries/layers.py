"""Reading the layers of the map: today from the totals of the hamlets, an earlier week from what the weeks added."""

from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from community_teams.domain.counting import week_of
from community_teams.domain.layers import FAMILIES, OFFICIAL, Key, Layer, LayerCell, cell_of, in_tens
from community_teams.domain.unchanged import Unchanged
from community_teams.models import Device, HamletTotal, HamletWeek
from community_teams.queries.coverage import MOST_AREAS, Figures
from community_teams.queries.keeping import kept
from community_teams.queries.kept_counters import LEVEL, LISTED
from community_teams.queries.kept_layers import FIRST, kept_counts
from community_teams.queries.kept_weeks import BY_WEEK
from community_teams.queries.layer_veils import LayerVeil, hidden_from_public
from community_teams.queries.places import (
    Asked,
    Code,
    Place,
    Question,
    Within,
    child_code,
    of_today,
    weeks_of_today,
    within_reach,
)
from foundation.accounts.domain.roles import Role
from foundation.accounts.models import RoleHolding
from foundation.areas.domain.scope import Scope
from foundation.areas.models import Area

# How far back the weeks of the map go.
MOST_WEEKS = 53
# A phone that has not been heard of for longer may still hold visits: peers E3.5.
SILENT_AFTER = timedelta(days=3)


@dataclass(frozen=True)
class LayerFigures:
    """One layer over an area and those right beneath it.

    week: the Monday of the week at whose end things stood so; None for now. own, lines: by code of the area; None
    where the figure is hidden from the public. families: households by family of languages, of the layer of languages
    only. stale: codes of areas whose phones have not been heard of for SILENT_AFTER. token: the same token, the same
    figures, `stale` apart; None where nobody knows.
    """

    layer: Layer
    week: date | None
    own: LayerCell | None
    lines: Mapping[str, LayerCell | None]
    families: Mapping[str, int]
    stale: Collection[str] = ()
    token: Hashable = None


def layer_figures(
    session: Session,
    scope: Scope,
    figures: Figures,
    layer: Layer,
    week: date | None,
    *,
    veils: Mapping[StrEnum, LayerVeil] | None = None,
) -> LayerFigures:
    """A layer of the area that `figures` are about, seen as they are: all of it within reach, or as the public may.

    scope: as the figures were read with. figures: tell which areas there are, and which of them are hidden. week: any
    Monday; one before the first visit gives 0 of whatever is counted. Denominators that are lists of households are
    always today's: an older list is not kept. veils: as layer_veils.hidden_from_public gives them for this layer, week
    and figures, where many layers are read; else they are looked up here.
    """
    if figures.public and veils is None:
        veils = hidden_from_public(session, figures, [layer], week)
    veil = veils[layer.key] if figures.public and veils is not None else None
    token = figures.token and (figures.token, layer.key, week, veil)

    def read() -> LayerFigures:
        return replace(_layer_figures(session, scope, figures, layer, week, veil), token=token)

    return read() if token is None else kept(session, scope, figures.place.path, token, read)


def _layer_figures(
    session: Session, scope: Scope, figures: Figures, layer: Layer, week: date | None, veil: LayerVeil | None
) -> LayerFigures:
    place = figures.place
    names = (*layer.counters, *(FAMILIES if layer.key is Key.LANGUAGES else ()))
    # Set against the official lists only households of hamlets that have one count.
    listed = layer.out_of == OFFICIAL
    counts = counts_beneath(session, scope, place, names, week, listed=listed)
    official = lists_beneath(session, scope, place) if listed else {}
    nothing = _zeros(names)
    cells = {
        code: _CELLS.of((layer.key, code), (layer, counts.get(code, nothing), official.get(code)), cell_of)
        for code in _codes(figures)
    }
    families = {name: sum(line.get(name, 0) for line in counts.values()) for name in names if name in FAMILIES}
    if place.level_beneath is None:
        return _seen(LayerFigures(layer, week, cells[place.code], {}, families), veil)
    total = {name: sum(line[name] for line in counts.values()) for name in names}
    lists = [count for count in official.values() if count is not None]
    own = cell_of(layer, total, sum(lists) if lists else None)
    return _seen(LayerFigures(layer, week, own, cells, families), veil)


def weeks_of(session: Session, scope: Scope, place: Place, *, today: date) -> list[date]:
    """Mondays of the weeks with visits beneath a place, the oldest first, at most MOST_WEEKS, this week left out."""
    first = kept(session, scope, place.path, "first week", lambda: _first_week(session, scope, place))
    if first is None:
        return []
    last = week_of(today) - timedelta(weeks=1)
    first = max(first, last - timedelta(weeks=MOST_WEEKS - 1))
    return [first + timedelta(weeks=n) for n in range((last - first).days // 7 + 1)]


def _first_week(session: Session, scope: Scope, place: Place) -> date | None:
    whole = BY_WEEK.total(session, place.path) if scope.covers(place.path) else None
    if whole is not None:
        return min(whole, default=None)
    return _FIRST_WEEK.ask(session, scope, place).scalar()


def stale_areas(session: Session, scope: Scope, place: Place, *, now: datetime) -> set[str]:
    """Codes of the areas right beneath `place` whose teams have phones, none of which was heard of for SILENT_AFTER."""
    depth = place.path.count("/")
    latest: dict[str, datetime] = {}
    for path, seen in _HEARD.ask(session, scope, place):
        codes = path.rstrip("/").split("/")
        if len(codes) > depth:
            latest[codes[depth]] = max(latest.get(codes[depth], seen), seen)
    return {code for code, seen in latest.items() if now - seen > SILENT_AFTER}


def _heard(within: Within, _code: Code) -> Asked:
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


_HEARD = Question(_heard)
_FIRST_WEEK = Question(lambda within, _code: select(func.min(HamletWeek.week)).where(within(HamletWeek.path)))


def _codes(figures: Figures) -> list[str]:
    if figures.place.level_beneath is None:
        return [figures.place.code]
    return [line.place.code for line in figures.lines]


def _zeros(names: Sequence[str]) -> dict[str, int]:
    return dict.fromkeys(names, 0)


def counts_beneath(
    session: Session, scope: Scope, place: Place, names: Sequence[str], week: date | None, *, listed: bool = False
) -> Mapping[str, Mapping[str, int]]:
    """Sums of the named counters, and maybe of others, by area right beneath a place; for a hamlet, of itself.

    week: the Monday of the week at whose end things stood so; None for now. listed: of hamlets with an official list
    only, of which only "reached" is told. An area without any counter is left out.
    """
    if not scope.covers(place.path):
        return _counted(session, scope, place, names, week, listed=listed)
    counts = kept_counts(session, place.path, week)
    if listed:
        return {area: {"reached": each[LISTED]} for area, each in counts.items()}
    if week is not None and "households" in names:
        return _with_households_of_today(session, scope, place, counts, names)
    return counts


def _with_households_of_today(
    session: Session, scope: Scope, place: Place, counts: Mapping[str, Mapping[str, int]], names: Sequence[str]
) -> Mapping[str, Mapping[str, int]]:
    """An older list of households is not kept."""
    nothing: Mapping[str, int] = {}
    return {
        area: {name: counts.get(area, nothing).get(name, 0) for name in names} | {"households": today["households"]}
        for area, today in counts_beneath(session, scope, place, ["households"], None).items()
    }


def _counted(
    session: Session, scope: Scope, place: Place, names: Sequence[str], week: date | None, *, listed: bool
) -> Mapping[str, Mapping[str, int]]:
    code = child_code(place)
    within = within_reach(scope, place)
    on_a_list = (Area.official_households.is_not(None),) if listed else ()
    if week is None:
        sums: list[ColumnElement[int]] = [func.coalesce(func.sum(getattr(HamletTotal, name)), 0) for name in names]
        rows = session.execute(
            select(code, *sums)
            .join_from(Area, HamletTotal, HamletTotal.hamlet_code == Area.code)
            .where(*of_today(within), *on_a_list)
            .group_by(code)
        )
        return {str(area): dict(zip(names, map(int, counts), strict=True)) for area, *counts in rows}
    added = [name for name in names if name != "households"]
    sums = [func.coalesce(func.sum(getattr(HamletWeek, FIRST.get(name, name))), 0) for name in added]
    rows = session.execute(
        select(code, *sums)
        .join_from(HamletWeek, Area, HamletWeek.hamlet_code == Area.code)
        .where(*weeks_of_today(within), *on_a_list, HamletWeek.week <= week)
        .group_by(code)
    )
    found = {str(area): dict(zip(added, map(int, counts), strict=True)) for area, *counts in rows}
    return _with_households_of_today(session, scope, place, found, names) if "households" in names else found


def lists_beneath(session: Session, scope: Scope, place: Place) -> dict[str, int | None]:
    """Households on the official lists by area right beneath a place; None where no hamlet has a list."""
    if not scope.covers(place.path):
        return _listed(session, scope, place)
    sums = LEVEL.beneath(session, place.path)
    return {area: None if of["households"] is None else int(of["households"]) for area, of in sums.items()}


def _listed(session: Session, scope: Scope, place: Place) -> dict[str, int | None]:
    code = child_code(place)
    rows = session.execute(
        select(code, func.sum(Area.official_households)).where(*of_today(within_reach(scope, place))).group_by(code)
    )
    return {str(area): None if count is None else int(count) for area, count in rows}


def _seen(found: LayerFigures, veil: LayerVeil | None) -> LayerFigures:
    """What of a layer its reader may see: all of it inside, for the public what the rules of suppression leave."""
    if veil is None:
        return found
    lines, own = dict(found.lines), found.own
    if not found.layer.exact:
        own = None if own is None else in_tens(own)
        lines = {
            code: cell if cell is None else _ROUNDED.of((found.layer.key, code), (cell,), in_tens)
            for code, cell in lines.items()
        }
    if veil.own:
        own = None
    families = {name: (count + 5) // 10 * 10 for name, count in found.families.items()}
    return replace(
        found,
        own=own,
        lines={code: None if code in veil.lines else cell for code, cell in lines.items()},
        families=families if own is not None else {},
    )


_CELLS: Unchanged[LayerCell] = Unchanged(MOST_AREAS)
_ROUNDED: Unchanged[LayerCell] = Unchanged(MOST_AREAS)
