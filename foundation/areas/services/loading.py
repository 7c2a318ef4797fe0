"""Loading the provinces and communes out of `foundation/areas/data/areas.csv`; its source: README.md there."""

import csv
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from foundation.areas.domain.kinds import KIND_WORDS, AreaKind
from foundation.areas.domain.naming import fold, sort_key
from foundation.areas.models import Area
from foundation.problems import Conflict, NotFound

# As of 1 July 2025, Resolution 202/2025/QH15 and the resolutions on each province's communes.
PROVINCES = 34
COMMUNES = 3_321
IN_FORCE_SINCE = date(2025, 7, 1)

AREAS = Path(__file__).parents[1] / "data" / "areas.csv"
HEADINGS = ["code", "parent", "name", "latitude", "longitude"]

_KINDS = {words: kind for kind, words in KIND_WORDS.items()}
# Columns the file answers for; households and outlines come from elsewhere and are left alone.
_TAKEN = ("parent_code", "level", "kind", "name", "path", "sort_key", "folded", "latitude", "longitude")


@dataclass(frozen=True)
class AreaLoadResult:
    """Counts of areas. `changed` had another name, kind, place or middle before."""

    provinces: int
    communes: int
    added: int
    changed: int


def load(session: Session, file: Path = AREAS) -> AreaLoadResult:
    """Put the 34 provinces and 3,321 communes into the tables. A second time changes nothing; a new name is taken over.

    Raises NotFound "area_data_missing" when there is no such file or it holds something else, and Conflict
    "area_data_incomplete" when the counts differ from the official ones; nothing is written then.
    """
    areas = _read(file)
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
    return AreaLoadResult(provinces, communes, added=len(new), changed=len(changed))


def _read(file: Path) -> list[dict[str, Any]]:
    """Provinces, then communes, as rows of Area."""
    try:
        with file.open(encoding="utf-8", newline="") as opened:
            reader = csv.DictReader(opened, strict=True)
            if reader.fieldnames != HEADINGS:
                raise ValueError("headings")
            return [_row(**each) for each in reader]
    except (OSError, ValueError, TypeError, csv.Error) as error:
        raise NotFound("area_data_missing", file=str(file), reason=str(error)) from None


def _row(code: str, parent: str, name: str, latitude: str, longitude: str) -> dict[str, Any]:
    kind, name = _split(name)
    return {
        "code": code,
        "parent_code": parent or None,
        "level": kind.level,
        "kind": kind,
        "name": name,
        "path": f"{parent}/{code}/" if parent else f"{code}/",
        "sort_key": sort_key(name),
        "folded": fold(name),
        "latitude": float(latitude),
        "longitude": float(longitude),
    }


def _split(full_name: str) -> tuple[AreaKind, str]:
    for words, kind in _KINDS.items():
        if full_name.lower().startswith(f"{words} "):
            return kind, full_name[len(words) + 1 :].strip()
    raise Conflict("area_data_unknown_kind", name=full_name)
