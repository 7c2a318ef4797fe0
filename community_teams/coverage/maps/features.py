"""What a map shows of each area: its figures, how they are painted, and its name cut to fit a tile."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from community_teams.coverage.domain.coverage import Coverage
from community_teams.coverage.domain.drawing import wrapped
from community_teams.coverage.domain.layers import Layer, LayerCell
from community_teams.coverage.domain.map_style import UNKNOWN, Mark, mark, mark_of
from community_teams.coverage.domain.suppression import Published
from community_teams.coverage.queries.coverage import Line, Place

# Letters that fit side by side in a tile at the size the template writes names.
NAME_WIDTH = 7


@dataclass(frozen=True)
class Seen:
    """layer: the figure of another layer than households met; None where it is hidden. of_layer: whether it is one.

    stale: whether phones there have long been silent.
    """

    place: Place
    coverage: Coverage | Published | None
    mark: Mark
    name_lines: tuple[str, ...]
    layer: LayerCell | None = None
    of_layer: bool = False
    stale: bool = False


def seen(lines: Iterable[Line], stale: Collection[str] = ()) -> dict[str, Seen]:
    """By code of the area. stale: codes of areas whose phones have long been silent."""
    return {code: _seen(line, code in stale) for line in lines if (code := line.place.code)}


def _seen(line: Line, is_stale: bool) -> Seen:
    return Seen(line.place, line.coverage, mark(line.coverage), wrapped(line.place.name, NAME_WIDTH), stale=is_stale)


def seen_in_layer(
    lines: Iterable[Line], layer: Layer, cells: Mapping[str, LayerCell | None], stale: Collection[str] = ()
) -> dict[str, Seen]:
    """The same areas painted by a layer. cells: by code; None where hidden."""
    return {
        code: _seen_in_layer(line, layer, cells.get(code), code in stale) for line in lines if (code := line.place.code)
    }


def _seen_in_layer(line: Line, layer: Layer, cell: LayerCell | None, is_stale: bool) -> Seen:
    return Seen(
        line.place,
        line.coverage,
        UNKNOWN if line.silent else mark_of(layer, cell),
        wrapped(line.place.name, NAME_WIDTH),
        cell,
        of_layer=True,
        stale=is_stale,
    )
