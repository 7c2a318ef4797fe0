"""The figures beside a pilot model: as they stood when it was published, and today's."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from community_teams.coverage.domain.layers import Layer, LayerCell
from community_teams.pilots.domain.pilots import FIGURES


@dataclass(frozen=True)
class Stand:
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


def stand_of(kept: Mapping[str, Any]) -> Stand | None:
    """What Stand.as_json wrote; None for {}, which is kept until something is published."""
    if not kept:
        return None
    return Stand(
        date.fromisoformat(kept["day"]),
        kept["source"],
        date.fromisoformat(kept["as_of"]) if kept["as_of"] else None,
        tuple((key, LayerCell(**cell) if cell else None) for key, cell in kept["cells"].items()),
    )


@dataclass(frozen=True)
class Beside:
    """One figure then and now. hidden: from the public, today or then; one of both would tell of the other."""

    layer: Layer
    then: LayerCell | None
    now: LayerCell | None
    hidden: bool


def side_by_side(then: Stand | None, now: Stand | None) -> tuple[Beside, ...]:
    """Each figure as it stood at publishing and as it stands today; () where there is nothing to show.

    then: None while nothing is published. now: None when the hamlet is no more; then nothing is shown at all, for the
    rules that hide small places know today's hamlets only.
    """
    if now is None:
        return ()
    pairs = ((layer, then.of(layer) if then else None, now.of(layer)) for layer in FIGURES)
    return tuple(
        Beside(layer, None, None, hidden=True)
        if today is None or (then is not None and before is None)
        else Beside(layer, before, today, hidden=False)
        for layer, before, today in pairs
    )
