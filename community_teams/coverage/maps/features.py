"""The features of a map: each area with its figures, its style, and its name cut to fit a tile."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from community_teams.coverage.domain.coverage import Coverage
from community_teams.coverage.domain.drawing import wrapped
from community_teams.coverage.domain.layers import Layer, LayerCell
from community_teams.coverage.domain.map_style import UNKNOWN, AreaStyle, layer_style, style_for
from community_teams.coverage.domain.suppression import Published
from community_teams.coverage.queries.coverage import ChildCoverage, Place

# Letters that fit side by side in a tile at the size the template writes names.
NAME_WIDTH = 7


@dataclass(frozen=True)
class MapFeature:
    """One area on the map. of_layer: whether another layer than households met is shown.

    layer: the figure of that layer; None where it is suppressed. stale: whether the phones there have been silent.
    """

    place: Place
    coverage: Coverage | Published | None
    style: AreaStyle
    name_lines: tuple[str, ...]
    layer: LayerCell | None = None
    of_layer: bool = False
    stale: bool = False


def map_features(lines: Iterable[ChildCoverage], stale: Collection[str] = ()) -> dict[str, MapFeature]:
    """The features by code of the area. stale: codes of areas whose phones have been silent."""
    return {code: _feature(line, code in stale) for line in lines if (code := line.place.code)}


def _feature(line: ChildCoverage, is_stale: bool) -> MapFeature:
    return MapFeature(
        line.place, line.coverage, style_for(line.coverage), wrapped(line.place.name, NAME_WIDTH), stale=is_stale
    )


def layer_features(
    lines: Iterable[ChildCoverage], layer: Layer, cells: Mapping[str, LayerCell | None], stale: Collection[str] = ()
) -> dict[str, MapFeature]:
    """The same areas, styled by a layer. cells: by code; None where suppressed."""
    return {
        code: _layer_feature(line, layer, cells.get(code), code in stale) for line in lines if (code := line.place.code)
    }


def _layer_feature(line: ChildCoverage, layer: Layer, cell: LayerCell | None, is_stale: bool) -> MapFeature:
    return MapFeature(
        line.place,
        line.coverage,
        UNKNOWN if line.silent else layer_style(layer, cell),
        wrapped(line.place.name, NAME_WIDTH),
        cell,
        of_layer=True,
        stale=is_stale,
    )
