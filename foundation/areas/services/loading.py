"""Taking the provinces and communes out of the installed package `vietnamadminunits` (MIT)."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from foundation.areas.domain.kinds import KIND_WORDS, Kind
from foundation.areas.domain.naming import fold, sort_key
from foundation.areas.models import Area
from foundation.problems import Conflict, NotFound

# As of 1 July 2025, Resolution 202/2025/QH15 and the resolutions on each province's communes.
PROVINCES = 34
COMMUNES = 3_321
IN_FORCE_SINCE = date(2025, 7, 1)

_KINDS = {words: kind for kind, words in KIND_WORDS.items()}
# Columns the package answers for; households and outlines come from elsewhere and are left alone.
_TAKEN = ("parent_code", "level", "kind", "name", "path", "sort_key", "folded", "latitude", "longitude")


@dataclass(frozen=True)
class Loaded:
    """Counts of areas. `changed` had another name, kind, place or middle before."""

    provinces: int
    communes: int
    added: int
    changed: int


def load(session: Session, dataset: Path | None = None) -> Loaded:
    """Put the 34 provinces and 3,321 communes into the tables. A second time changes nothing; a new name is taken over.

    dataset: the package's SQLite file; found by itself when not given.
    Raises NotFound "area_data_missing" when there is no such file or it holds something else, and Conflict
    "area_data_incomplete" when the counts differ from the official ones; nothing is written then.
    """
    areas = _read(dataset or _find_dataset())
    provinces = sum(area["parent_code"] is None for area in areas)
    communes = len(areas) - provinces
    if (provinces, communes) != (PROVINCES, COMMUNES):
        raise Conflict("area_data_incomplete", provinces=provinces, communes=communes)

    columns = [getattr(Area, name) for name in ("code", *_TAKEN)]
    known = {row.code: tuple(row)[1:] for row in session.execute(select(*columns))}
    new = [area for area in areas if area["code"] not in known]
    changed = [
        area for area in areas if area["code"] in known and known[area["code"]] != tuple(area[c] for c in _TAKEN)
    ]
    # As objects, so that whoever follows changes of areas sees them. Provinces come first, so that no commune waits for
    # its parent.
    session.add_all([Area(**area, valid_from=IN_FORCE_SINCE, is_sample=False) for area in new])
    for area in changed:
        row = session.get_one(Area, area["code"])
        for name in _TAKEN:
            setattr(row, name, area[name])
    session.flush()
    return Loaded(provinces, communes, added=len(new), changed=len(changed))


def _find_dataset() -> Path:
    # Found, not imported: importing the package would load pandas.
    spec = find_spec("vietnamadminunits")
    if spec is None or spec.origin is None:
        raise NotFound("area_data_missing", file="vietnamadminunits")
    return Path(spec.origin).parent / "data" / "dataset.db"


def _read(dataset: Path) -> list[dict[str, Any]]:
    """Provinces, then communes, as rows of Area."""
    try:
        # By address and read-only, or SQLite would make an empty file where there is none.
        with closing(sqlite3.connect(f"{dataset.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            provinces = connection.execute(
                "SELECT DISTINCT provinceCode, province, provinceLat, provinceLon FROM admin_units ORDER BY 1"
            ).fetchall()
            communes = connection.execute(
                "SELECT wardCode, provinceCode, ward, wardLat, wardLon FROM admin_units ORDER BY 1"
            ).fetchall()
    except sqlite3.Error as error:
        raise NotFound("area_data_missing", file=str(dataset), reason=str(error)) from None
    return [*_province_rows(provinces), *_commune_rows(communes)]


def _province_rows(rows: list[Any]) -> Iterator[dict[str, Any]]:
    for code, full_name, latitude, longitude in rows:
        yield _row(code, None, f"{code}/", full_name, latitude, longitude)


def _commune_rows(rows: list[Any]) -> Iterator[dict[str, Any]]:
    for code, province, full_name, latitude, longitude in rows:
        yield _row(code, province, f"{province}/{code}/", full_name, latitude, longitude)


def _row(
    code: str, parent: str | None, path: str, full_name: str, latitude: float | None, longitude: float | None
) -> dict[str, Any]:
    # The kind is read off the full name: the package's own column for it is wrong for four communes.
    kind, name = _split(full_name)
    return {
        "code": code,
        "parent_code": parent,
        "level": kind.level,
        "kind": kind,
        "name": name,
        "path": path,
        "sort_key": sort_key(name),
        "folded": fold(name),
        "latitude": latitude,
        "longitude": longitude,
    }


def _split(full_name: str) -> tuple[Kind, str]:
    for words, kind in _KINDS.items():
        if full_name.lower().startswith(f"{words} "):
            return kind, full_name[len(words) + 1 :].strip()
    raise Conflict("area_data_unknown_kind", name=full_name)
