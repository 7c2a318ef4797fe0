"""Taking in outlines from GeoJSON files, by official code."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from shapely.geometry.base import BaseGeometry
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from foundation.areas.domain.geojson import GeoJsonParseError, GivenOutline, given_outlines
from foundation.areas.domain.kinds import Level
from foundation.areas.domain.naming import fold
from foundation.areas.domain.outline_shapes import (
    OutlineParseError,
    as_geojson,
    dissolve,
    overlapping,
    read_outline,
    simplify,
)
from foundation.areas.models import Area, Outline
from foundation.areas.queries import fingerprint


@dataclass(frozen=True)
class Skipped:
    """An outline left out. code: empty when the file tells none. hint: for "doubled" the file that has it first;
    for "unknown_code" the code of the area of that name, if there is one."""

    file: str
    code: str
    reason: str
    hint: str = ""


@dataclass
class OutlinesImported:
    """Counts are of areas. accepted: valid outlines; of these `changed` are new or other than before.

    repaired: (file, code) of those that had to be made valid. dissolved: provinces put together from their communes.
    incomplete: provinces that could not be, and which communes lack an outline. overlapping: pairs of areas drawn on
    each other; kept as given, for nobody here knows which of the two is right.
    """

    accepted: int = 0
    changed: int = 0
    skipped: list[Skipped] = field(default_factory=list)
    repaired: list[tuple[str, str]] = field(default_factory=list)
    dissolved: list[str] = field(default_factory=list)
    incomplete: dict[str, list[str]] = field(default_factory=dict)
    overlapping: list[tuple[str, str]] = field(default_factory=list)


def import_outlines(session: Session, paths: Iterable[Path]) -> OutlinesImported:
    """Take in the outlines of all files and folders at once. The same ones again change nothing.

    paths: GeoJSON files, or folders that hold them at any depth. Good outlines are kept, bad ones named in the result.
    Those with the same parent are simplified together, so give all communes of a province in one go: a commune given
    alone is kept too, but its border may then differ by some metres from its neighbours' borders.
    A province with no outline of its own gets one from its communes when every one of them was given.
    """
    report = OutlinesImported()
    areas = {area.code: area for area in session.scalars(select(Area))}
    shapes = _read_all(paths, areas, report)
    report.accepted = len(shapes)
    dissolved = _dissolve_provinces(session, shapes, areas, report)
    report.dissolved = sorted(dissolved)

    siblings: dict[str | None, dict[str, BaseGeometry]] = defaultdict(dict)
    for code, shape in (shapes | dissolved).items():
        siblings[areas[code].parent_code][code] = shape
    changed: set[str] = set()
    for group in siblings.values():
        report.overlapping += overlapping(group)
        changed |= _store(session, simplify(group), dissolved=set(dissolved))
    session.flush()
    report.changed = len(changed)
    return report


def _read_all(paths: Iterable[Path], areas: dict[str, Area], report: OutlinesImported) -> dict[str, BaseGeometry]:
    shapes: dict[str, BaseGeometry] = {}
    first_file: dict[str, str] = {}
    for file in _files(paths):
        for given in _outlines_in(file, report):
            if given.code not in areas:
                hint = _code_by_name(given, areas)
                report.skipped.append(
                    Skipped(file.name, given.code or "", "unknown_code" if given.code else "no_code", hint)
                )
                continue
            if given.code in shapes:
                report.skipped.append(Skipped(file.name, given.code, "doubled", first_file[given.code]))
                continue
            try:
                shape, repaired = read_outline(given.geometry)
            except OutlineParseError as fault:
                report.skipped.append(Skipped(file.name, given.code, fault.code))
                continue
            if repaired:
                report.repaired.append((file.name, given.code))
            shapes[given.code] = shape
            first_file[given.code] = file.name
    return shapes


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from sorted(file for file in path.rglob("*") if file.suffix.lower() in {".geojson", ".json"})
        else:
            yield path


def _outlines_in(file: Path, report: OutlinesImported) -> Iterator[GivenOutline]:
    try:
        return given_outlines(json.loads(file.read_bytes()))
    except GeoJsonParseError as error:
        report.skipped.append(Skipped(file.name, "", error.code))
    # A document nested too deeply is no outline either.
    except (ValueError, RecursionError):
        report.skipped.append(Skipped(file.name, "", "not_json"))
    except OSError as error:
        report.skipped.append(Skipped(file.name, "", "unreadable_file", error.strerror or ""))
    return iter(())


def _code_by_name(given: GivenOutline, areas: dict[str, Area]) -> str:
    """Helps whoever has a file with an outdated code: the code of the one area of that name in that province."""
    name = fold(given.name)
    found = [
        area.code
        for area in areas.values()
        if name and area.folded == name and area.parent_code == (given.province_code or None)
    ]
    return found[0] if len(found) == 1 else ""


def _dissolve_provinces(
    session: Session, shapes: dict[str, BaseGeometry], areas: dict[str, Area], report: OutlinesImported
) -> dict[str, BaseGeometry]:
    communes: dict[str, set[str]] = defaultdict(set)
    for area in areas.values():
        if area.level is Level.COMMUNE and area.valid_to is None and area.parent_code is not None:
            communes[area.parent_code].add(area.code)
    touched = {areas[code].parent_code for code in shapes if areas[code].level is Level.COMMUNE}
    own = set(session.scalars(select(Outline.area_code).where(Outline.dissolved.is_(False)))) | set(shapes)

    found = {}
    for province in sorted(code for code in touched if code is not None and code not in own):
        lacking = sorted(communes[province] - set(shapes))
        if lacking:
            report.incomplete[province] = lacking
        else:
            found[province] = dissolve({code: shapes[code] for code in communes[province]})
    return found


def _store(session: Session, outlines: dict[str, BaseGeometry], dissolved: set[str]) -> set[str]:
    """Codes of those that are new or other than before. Those alike are not touched, so their version stays."""
    current = select(Outline.area_code, Outline.version, Outline.dissolved).where(Outline.area_code.in_(outlines))
    known = {code: (version, was) for code, version, was in session.execute(current)}
    rows = []
    for code, shape in outlines.items():
        geojson = as_geojson(shape)
        version = fingerprint([geojson])
        if known.get(code) != (version, code in dissolved):
            west, south, east, north = shape.bounds
            rows.append(
                {
                    "area_code": code,
                    "version": version,
                    "geojson": geojson,
                    "west": west,
                    "south": south,
                    "east": east,
                    "north": north,
                    "dissolved": code in dissolved,
                }
            )
    if rows:
        session.execute(delete(Outline).where(Outline.area_code.in_([row["area_code"] for row in rows])))
        # As objects, so that whoever follows changes of outlines sees them.
        session.add_all([Outline(**row) for row in rows])
    return {str(row["area_code"]) for row in rows}
