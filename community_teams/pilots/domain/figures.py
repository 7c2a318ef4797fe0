"""The figures beside a pilot model: those of the day it was published, and today's."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from community_teams.coverage.domain.layers import Layer, LayerCell
from community_teams.pilots.domain.pilots import FIGURES


@dataclass(frozen=True)
class PilotFigures:
    """The public figures of a hamlet, added up from the first visit to `day`.

    cells: by the key of the layer, in the order of FIGURES; None where hidden from the public. source, as_of: of the
    official list; "" and None when there is none, or when it is hidden.
    """

    day: date
    source: str
    as_of: date | None
    cells: tuple[tuple[str, LayerCell | None], ...]

    def of(self, layer: Layer) -> LayerCell | None:
        return dict(self.cells).get(layer.key.value)

    def as_json(self) -> dict[str, Any]:
        return {
            "day": self.day.isoformat(),
            "source": self.source,
            "as_of": self.as_of.isoformat() if self.as_of else None,
            "cells": {key: asdict(cell) if cell else None for key, cell in self.cells},
        }


def figures_from_json(stored: Mapping[str, Any]) -> PilotFigures | None:
    """Read what PilotFigures.as_json wrote. None for {}, the value until the model is published."""
    if not stored:
        return None
    return PilotFigures(
        date.fromisoformat(stored["day"]),
        stored["source"],
        date.fromisoformat(stored["as_of"]) if stored["as_of"] else None,
        tuple((key, LayerCell(**cell) if cell else None) for key, cell in stored["cells"].items()),
    )


@dataclass(frozen=True)
class FigureComparison:
    """One figure then and now. hidden: suppressed today or then; to show only one of them would disclose the other."""

    layer: Layer
    then: LayerCell | None
    now: LayerCell | None
    hidden: bool


def compare_figures(then: PilotFigures | None, now: PilotFigures | None) -> tuple[FigureComparison, ...]:
    """Each figure at publishing and today; () where there is nothing to show.

    then: None while nothing is published. now: None when the hamlet has ended; then nothing is shown at all, because
    suppression works on today's hamlets only.
    """
    if now is None:
        return ()
    pairs = ((layer, then.of(layer) if then else None, now.of(layer)) for layer in FIGURES)
    return tuple(
        FigureComparison(layer, None, None, hidden=True)
        if today is None or (then is not None and before is None)
        else FigureComparison(layer, before, today, hidden=False)
        for layer, before, today in pairs
    )
