"""Writes foundation/areas/data/*.csv out of the package vietnamadminunits 1.0.4 (MIT, Tran Ngoc Minh Hieu).

Run once, in December 2026, with the unpacked package: `python scripts/area_data.py <folder of vietnamadminunits>`. It
stays so that everybody can see where each figure comes from, and repeat it. The files are ours to correct from then on.
"""

import csv
import json
import sqlite3
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

DATA = Path(__file__).resolve().parent.parent / "foundation/areas/data"
Rows = list[tuple[Any, ...]]


def main(package: Path) -> None:
    with closing(sqlite3.connect(f"{(package / 'data/dataset.db').resolve().as_uri()}?mode=ro", uri=True)) as units:
        _write("areas.csv", ("code", "parent", "name", "latitude", "longitude"), _areas(units))
        became = json.loads((package / "data/converter_2025.json").read_text(encoding="utf-8"))
        _write(
            "former_areas.csv",
            ("code", "name", "district", "province", "became", "share"),
            [*_former_provinces(units, became), *_former_communes(units, became)],
        )


def _areas(units: sqlite3.Connection) -> Rows:
    # Full names, which tell the kind: the column wardType is wrong for four communes.
    provinces = units.execute(
        "SELECT DISTINCT provinceCode, '', province, provinceLat, provinceLon FROM admin_units ORDER BY 1"
    )
    communes = units.execute("SELECT wardCode, provinceCode, ward, wardLat, wardLon FROM admin_units ORDER BY 1")
    return [*provinces, *communes]


def _former_provinces(units: sqlite3.Connection, became: dict[str, Any]) -> Rows:
    codes = dict(units.execute("SELECT DISTINCT provinceKey, provinceCode FROM admin_units"))
    former = {
        key: (code, name)
        for key, code, name in units.execute(
            "SELECT DISTINCT provinceKey, provinceCode, province FROM admin_units_legacy"
        )
    }
    return sorted(
        (*former[old], "", "", codes[new], "whole") for new, olds in became["DICT_PROVINCE"].items() for old in olds
    )


def _former_communes(units: sqlite3.Connection, became: dict[str, Any]) -> Rows:
    """A row for each commune of before and each commune it became, or became part of."""
    codes = {
        (province, ward): code
        for province, ward, code in units.execute("SELECT provinceKey, wardKey, wardCode FROM admin_units")
    }
    # Five island districts had no communes: there the district itself became one.
    former = {
        key: row
        for key, *row in units.execute(
            "SELECT provinceKey || '_' || ifnull(districtKey, '') || '_' || ifnull(wardKey, ''), "
            "ifnull(wardCode, districtCode), ifnull(ward, district), iif(ward IS NULL, '', district), provinceCode "
            "FROM admin_units_legacy"
        )
    }
    return sorted((*former[old], codes[province, new], share) for province, old, new, share in _changes(became))


def _changes(became: dict[str, Any]) -> Iterator[tuple[str, str, str, str]]:
    """New province, commune of before, new commune, share: whole, or of a divided one the main part or a part."""
    for province, wards in became["DICT_PROVINCE_WARD_NO_DIVIDED"].items():
        for new, olds in wards.items():
            yield from ((province, old, new, "whole") for old in olds)
    for province, divided in became["DICT_PROVINCE_WARD_DIVIDED"].items():
        for old, parts in divided.items():
            for part in parts:
                yield province, old, part["newWardKey"], "main" if part["isDefaultNewWard"] else "part"


def _write(name: str, headings: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> None:
    with (DATA / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(headings)
        writer.writerows(rows)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
