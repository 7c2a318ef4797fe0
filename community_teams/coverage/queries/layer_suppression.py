"""Suppression of layers and indicators, by the figures of all areas beside and above.

A figure must not be shown on one page and hidden on another. So the page of an area follows the page of the area above
it, up to the nation.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy.orm import Session

from community_teams.coverage.domain.layers import Layer
from community_teams.coverage.domain.suppression import (
    NOBODY,
    Bases,
    Cell,
    Suppression,
    hidden_among,
    hidden_at_the_top,
    hidden_children,
    too_small,
)
from community_teams.coverage.queries.coverage import AreaCoverage, cells_of
from community_teams.queries.counts import counts_beneath
from community_teams.queries.places import THE_NATION, Place
from foundation.areas.domain.scope import NATION


@dataclass(frozen=True)
class LayerSuppression:
    """What is suppressed of one layer. own: the figure of the area itself; lines: codes of areas right beneath it."""

    own: bool
    lines: frozenset[str]


@dataclass(frozen=True)
class _Child:
    """bases: the counts by name, of today and, where a week is shown, at its end."""

    cell: Cell
    bases: Mapping[str, Bases]


def suppressed_cells(
    session: Session, figures: AreaCoverage, layers: Iterable[Layer], week: date | None
) -> Mapping[StrEnum, LayerSuppression]:
    """What is suppressed of each layer, by its key, in the area of `figures`.

    week: the Monday of the week whose end is shown; None for today. What is hidden today is hidden in every week, else
    the later figure of the same area would disclose the earlier one. Decided over the whole nation, as for households.
    """
    layers = tuple(layers)
    names = sorted({name for layer in layers for name in layer.bases})
    line = (*((THE_NATION,) if figures.place.level is not None else ()), *figures.above, figures.place)
    families = [_family(session, place, names, week) for place in line if place.level_beneath is not None]
    whole = sum((child.cell for child in families[0].values()), NOBODY)
    suppressions = [hidden_at_the_top(whole)]
    hidden_households: list[frozenset[str]] = []
    for place, family in zip(line, families, strict=False):
        hidden = hidden_children(suppressions[-1], {code: child.cell for code, child in family.items()})
        hidden_households.append(hidden.areas)
        suppressions.append(hidden.of(_next(line, place)))
    return {layer.key: _of_layer(layer, line, families, hidden_households, suppressions[0]) for layer in layers}


def _of_layer(
    layer: Layer,
    line: Sequence[Place],
    families: Sequence[Mapping[str, _Child]],
    hidden_households: Sequence[frozenset[str]],
    top: Suppression,
) -> LayerSuppression:
    own = top.area or too_small(_added(layer, families[0]))
    lines: frozenset[str] = frozenset()
    for place, family, already in zip(line, families, hidden_households, strict=False):
        if own:
            lines = frozenset(family)
        else:
            bases = {code: _bases(layer, child) for code, child in family.items()}
            lines = hidden_among(bases, already)
        following = _next(line, place)
        if following:
            own, lines = following in lines, frozenset()
    return LayerSuppression(own, lines)


def _next(line: Sequence[Place], place: Place) -> str:
    """The code of the place after this one; "" after the last."""
    at = line.index(place) + 1
    return line[at].code if at < len(line) else ""


def _bases(layer: Layer, child: _Child) -> Bases:
    return tuple(count for name in layer.bases for count in child.bases[name])


def _added(layer: Layer, family: Mapping[str, _Child]) -> Bases:
    return tuple(map(sum, zip(*(_bases(layer, child) for child in family.values()), strict=True)))


def _family(session: Session, parent: Place, names: Sequence[str], week: date | None) -> dict[str, _Child]:
    """The areas right beneath `parent`, by code."""
    now = counts_beneath(session, NATION, parent, names, None) if names else {}
    then = counts_beneath(session, NATION, parent, names, week) if names and week is not None else None
    return {
        child: _Child(cell, _bases_of(names, now.get(child, {}), None if then is None else then.get(child, {})))
        for child, cell in cells_of(session, parent).items()
    }


def _bases_of(names: Sequence[str], now: Mapping[str, int], then: Mapping[str, int] | None) -> dict[str, Bases]:
    if then is None:
        return {name: (int(now.get(name, 0)),) for name in names}
    return {name: (int(now.get(name, 0)), max(0, int(then.get(name, 0)))) for name in names}
