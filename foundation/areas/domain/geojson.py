"""Finding the outlines in a GeoJSON document, and which area each belongs to."""

from collections.abc import Iterator
from dataclasses import dataclass

from foundation.problems import ParseError


class GeoJsonParseError(ParseError):
    """The document is neither a Feature nor a FeatureCollection."""

    def __init__(self) -> None:
        super().__init__("not_geojson")


@dataclass(frozen=True)
class GivenOutline:
    """code: as the file has it; None when it says none. name, province_code: what else it tells, or empty.
    geometry: not yet looked at."""

    code: str | None
    geometry: object
    name: str = ""
    province_code: str = ""


def given_outlines(document: object) -> Iterator[GivenOutline]:
    """Every feature of a Feature or FeatureCollection, in its order.

    Raises GeoJsonParseError before giving the first.
    """
    if not isinstance(document, dict):
        raise GeoJsonParseError
    if document.get("type") == "Feature":
        features = [document]
    elif document.get("type") == "FeatureCollection" and isinstance(document.get("features"), list):
        features = document["features"]
    else:
        raise GeoJsonParseError
    return map(_outline, features)


def _outline(feature: object) -> GivenOutline:
    if not isinstance(feature, dict):
        return GivenOutline(None, None)
    properties = feature.get("properties")
    if not isinstance(properties, dict):
        properties = {}
    province = _text(properties.get("province_code"))
    # A commune names its province too, so that comes last.
    code = _text(properties.get("code")) or _text(feature.get("id")) or province
    return GivenOutline(code or None, feature.get("geometry"), _text(properties.get("name")), province)


def _text(value: object) -> str:
    # A number is not padded: 1 is not "01".
    return str(value).strip()[:40] if isinstance(value, str | int) and not isinstance(value, bool) else ""
