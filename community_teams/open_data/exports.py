"""Open data: an area and those right beneath it, as CSV and as GeoJSON. Suppressed as on the pages.

The columns are explained at /do-phu/du-lieu; `COLUMNS` is their order, `Status` their codes.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from community_teams.coverage.domain.coverage import Coverage
from community_teams.coverage.domain.layers import LayerCell
from community_teams.coverage.domain.suppression import Published
from community_teams.coverage.queries.coverage import AreaCoverage, Place
from community_teams.coverage.queries.layers import LayerFigures
from community_teams.indicators.domain.indicators import IndicatorValue, Unknown
from foundation.table_files import Cell, write_csv

COLUMNS = (
    *("area_code", "area_name", "area_level", "figure", "until", "status"),
    *("number", "out_of", "missing", "rounded", "unit", "source", "is_sample"),
)
# Households of the teams' own lists; a figure besides the layers.
WRITTEN_DOWN = "to-da-ghi"
OFFICIAL_NOTE = "Số liệu do tổ tự ghi, không phải số liệu chính thức."


class Status(StrEnum):
    SHOWN = "shown"
    HIDDEN = "hidden"  # few households or people, or cover for such a place
    UNKNOWN = "unknown"  # nobody was asked, there is no list, or nothing was recorded


@dataclass(frozen=True)
class OpenDataRow:
    """One figure of one area. Fields as in COLUMNS; until: the last day counted."""

    place: Place
    figure: str
    until: date
    status: Status
    number: float | None
    out_of: int | None
    missing: int | None
    rounded: bool
    unit: str
    source: str

    def by_column(self, *, is_sample: bool) -> dict[str, Cell]:
        return {
            "area_code": self.place.code or "VN",
            "area_name": self.place.name,
            "area_level": self.place.level.value if self.place.level else "nation",
            "figure": self.figure,
            "until": self.until.isoformat(),
            "status": self.status.value,
            "number": self.number,
            "out_of": self.out_of,
            "missing": self.missing,
            "rounded": self.rounded,
            "unit": self.unit,
            "source": self.source,
            "is_sample": is_sample,
        }


def layer_rows(figures: AreaCoverage, shown: LayerFigures, until: date, *, begun: bool = True) -> list[OpenDataRow]:
    """A layer as the page shows it: the area first, then those right beneath it in the page's order.

    begun: whether anybody had been visited by then; before that every figure is unknown, never 0.
    """
    rows = [_layer_row(figures.place, shown, shown.own, figures.coverage, until)]
    rows += [
        _layer_row(line.place, shown, shown.lines.get(line.place.code), line.coverage, until) for line in figures.lines
    ]
    if not begun:
        return [replace(row, status=Status.UNKNOWN, number=None, out_of=None, missing=None) for row in rows]
    return rows


def written_down_rows(figures: AreaCoverage, until: date) -> list[OpenDataRow]:
    """Households met, of those the teams wrote down themselves; of today only."""
    pairs = [(figures.place, figures.coverage), *((line.place, line.coverage) for line in figures.lines)]
    return [_written_down(place, coverage, until) for place, coverage in pairs]


def indicator_rows(place: Place, values: Iterable[IndicatorValue], until: date) -> list[OpenDataRow]:
    rows = []
    for each in values:
        status = Status.SHOWN
        if each.unknown is not None:
            status = Status.HIDDEN if each.unknown is Unknown.HIDDEN else Status.UNKNOWN
        name = f"{each.measure.code}.{each.measure.key.value}"
        number = each.number if each.number is None else round(each.number, 2)
        rows.append(
            OpenDataRow(
                *(place, name, until, status, number, each.out_of, each.missing, each.rounded),
                unit=each.measure.unit,
                source=each.measure.source.value,
            )
        )
    return rows


def as_csv(rows: Sequence[OpenDataRow], *, is_sample: bool) -> str:
    """A table with COLUMNS as headings, UTF-8 with a byte order mark so that spreadsheets read the diacritics."""
    columns = (row.by_column(is_sample=is_sample) for row in rows)
    return write_csv([COLUMNS, *([each[name] for name in COLUMNS] for each in columns)])


def as_geojson(rows: Sequence[OpenDataRow], outlines: Mapping[str, str], *, is_sample: bool) -> str:
    """A FeatureCollection, one feature a row. outlines: GeoJSON geometry by area code; without one the geometry is the
    middle of the area, and without that null."""
    features = []
    for row in rows:
        properties = json.dumps(row.by_column(is_sample=is_sample), ensure_ascii=False)
        geometry = outlines.get(row.place.code) or _middle(row.place)
        features.append(f'{{"type":"Feature","geometry":{geometry},"properties":{properties}}}')
    about = json.dumps({"note": OFFICIAL_NOTE, "official": False}, ensure_ascii=False)
    return f'{{"type":"FeatureCollection","about":{about},"features":[{",".join(features)}]}}'


def _layer_row(
    place: Place, shown: LayerFigures, cell: LayerCell | None, coverage: Coverage | Published | None, until: date
) -> OpenDataRow:
    status, number, out_of, missing, rounded = Status.HIDDEN, None, None, None, False
    if cell is not None:
        missing, rounded = cell.missing, cell.rounded
        status = Status.SHOWN
        if shown.layer.out_of is None:
            number = cell.number
            # Where there is neither list nor visit, nothing was counted: that is unknown, not 0.
            if coverage is not None and coverage.nothing_known:
                status, number = Status.UNKNOWN, None
        elif not cell.out_of:
            status, missing = Status.UNKNOWN, None
        else:
            number, out_of = cell.number, cell.out_of
    source = "lists" if shown.layer.exact else "visits"
    return OpenDataRow(
        *(place, shown.layer.key.value, until, status, number, out_of, missing, rounded),
        unit=shown.layer.unit.value,
        source=source,
    )


def _written_down(place: Place, coverage: Coverage | Published | None, until: date) -> OpenDataRow:
    status, number, out_of = Status.HIDDEN, None, None
    if coverage is not None:
        number, out_of = coverage.reached, coverage.enumerated
        status = Status.SHOWN if number is not None else Status.HIDDEN
        if not out_of:
            status, number, out_of = Status.UNKNOWN, None, None
    return OpenDataRow(
        place, WRITTEN_DOWN, until, status, number, out_of, None, False, unit="household", source="visits"
    )


def _middle(place: Place) -> str:
    if place.latitude is None or place.longitude is None:
        return "null"
    return f'{{"type":"Point","coordinates":[{place.longitude},{place.latitude}]}}'
