"""Reading coverage: sums of the hamlets' counters, one statement a level."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache, cached_property
from itertools import pairwise
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from community_teams.domain.codes import Outcome
from community_teams.domain.coverage import NOTHING, Coverage, total
from community_teams.domain.suppression import (
    NOBODY,
    Cell,
    Published,
    Veil,
    cell,
    hidden_at_the_top,
    hidden_children,
    publish,
)
from community_teams.domain.unchanged import Unchanged
from community_teams.models import HamletTotal
from community_teams.queries.area_versions import token_of, versions_asked_once
from community_teams.queries.keeping import kept
from community_teams.queries.kept_counters import LEVEL, counted_ever, level_columns
from community_teams.queries.places import THE_NATION as THE_NATION
from community_teams.queries.places import Asked, Code, Question, Within, children_of, of_today
from community_teams.queries.places import Place as Place
from community_teams.queries.places import place_of as place_of
from foundation.areas.domain.kinds import Kind
from foundation.areas.domain.scope import NATION, Scope
from foundation.areas.models import Area
from foundation.areas.queries import inside
from foundation.problems import NotAllowed, NotFound

# How many areas are kept each by each process, some 100 bytes to a kilobyte in each form: the nation's communes, and
# the hamlets of those that are looked at.
MOST_AREAS = 10_000


@dataclass(frozen=True)
class Line:
    """One area right beneath the page's own. coverage: None where it is hidden from the public."""

    place: Place
    coverage: Coverage | Published | None

    @property
    def silent(self) -> bool:
        """Whether nothing is known there, and nothing hidden."""
        return self.coverage is not None and self.coverage.nothing_known


@dataclass(frozen=True)
class Figures:
    """Coverage of an area and of those right beneath it, in Vietnamese order of their names.

    above: from the province down, without the area itself. public: whether small cells are hidden.
    last_visit_on: day in Việt Nam of the latest visit counted; None without visits, or where the area is hidden.
    is_sample: whether made-up hamlets are among them. token: the same token, the same figures; None where nobody knows.
    """

    place: Place
    above: tuple[Place, ...]
    coverage: Coverage | Published | None
    lines: tuple[Line, ...]
    public: bool
    last_visit_on: date | None
    is_sample: bool
    token: Hashable = field(default=None, compare=False)

    @property
    def of(self) -> Hashable:
        """Names the figures, whatever they are: of which area, and for whom."""
        return self.place.code, self.public

    @cached_property
    def kinds(self) -> list[Kind]:
        """The kinds among the lines, each once."""
        return list(dict.fromkeys(line.place.kind for line in self.lines if line.place.kind is not None))

    @cached_property
    def silent(self) -> list[Place]:
        """Those right beneath of which nothing is known, and nothing hidden."""
        return [line.place for line in self.lines if line.silent]


def inside_figures(session: Session, scope: Scope, code: str | None) -> Figures:
    """Everything the counters know of an area, for those whose reach it is in. code: None for the nation.

    Raises NotAllowed when `scope` does not cover the whole area, NotFound for an unknown code.
    """
    with versions_asked_once(session):
        place, above = (THE_NATION, ()) if code is None else place_of(session, code)
        if not scope.covers(place.path):
            raise NotAllowed("outside_your_area")
        return kept(session, scope, place.path, "inside", lambda: _inside_figures(session, scope, place, above))


def _inside_figures(session: Session, scope: Scope, place: Place, above: tuple[Place, ...]) -> Figures:
    token = token_of(session, place.path)
    level = _level(session, scope, place)
    lines = tuple(
        _LINES.of(child.code, (child, level.coverage.get(child.code, NOTHING)), Line)
        for child in children_of(session, scope, place)
    )
    return Figures(
        place,
        above,
        replace(total(level.coverage.values()), by_outcome=_by_outcome(session, scope, place)),
        lines,
        False,
        level.last_visit_on,
        level.is_sample,
        token and ("inside", place.code, token),
    )


def public_figures(session: Session, scope: Scope, code: str | None) -> Figures:
    """What anybody may see of an area: nothing about fewer than ten households, nor anything to reckon it from.

    scope: what this site shows to the public, NATION as a rule. code: None for the nation. NotFound for an unknown
    code, and for one outside `scope`. The rules: domain/suppression.py.
    """
    with versions_asked_once(session):
        place, above = (THE_NATION, ()) if code is None else place_of(session, code)
        if not scope.covers(place.path):
            raise NotFound("no_such_area")
        level = cache(lambda: _level(session, scope, place))
        # What is hidden here is decided by areas elsewhere too.
        veil = kept(session, NATION, "", ("veil", place.path), lambda: _veil(session, place, above, level()))
        what = "public", veil, scope.paths
        return kept(session, scope, place.path, what, lambda: _published(session, scope, place, above, level(), veil))


def _published(
    session: Session, scope: Scope, place: Place, above: tuple[Place, ...], level: "_Level", veil: Veil
) -> Figures:
    token = token_of(session, place.path)
    own = total(level.coverage.values())
    known = {child: level.coverage.get(child.code, NOTHING) for child in children_of(session, scope, place)}
    hidden = hidden_children(
        veil, {child.code: _CELLS.of(child.code, (coverage,), cell) for child, coverage in known.items()}
    )
    return Figures(
        place,
        above,
        publish(own, veil),
        tuple(
            _PUBLIC_LINES.of(child.code, (child, coverage, hidden.of(child.code)), _public_line)
            for child, coverage in known.items()
        ),
        True,
        None if veil.area else level.last_visit_on,
        level.is_sample,
        token and ("public", place.code, token, veil, scope.paths),
    )


def _public_line(place: Place, coverage: Coverage, veil: Veil) -> Line:
    return Line(place, publish(coverage, veil))


@dataclass(frozen=True)
class _Level:
    coverage: Mapping[str, Coverage]
    last_visit_on: date | None
    is_sample: bool


def _level(session: Session, scope: Scope, place: Place) -> _Level:
    """The hamlets within `scope` beneath a place, added up to the areas right beneath it; itself, for a hamlet."""
    return kept(session, scope, place.path, "level", lambda: _read_level(session, scope, place))


def _read_level(session: Session, scope: Scope, place: Place) -> _Level:
    level = _sums(session, scope, place)
    return _Level(
        coverage={code: _COVERAGES.of(code, (sums,), _coverage) for code, sums in level.items()},
        last_visit_on=max((sums["last_visit_on"] for sums in level.values() if sums["last_visit_on"]), default=None),
        is_sample=any(sums["is_sample"] for sums in level.values()),
    )


def _sums(session: Session, scope: Scope, place: Place) -> Mapping[str, Mapping[str, Any]]:
    if scope.covers(place.path):
        return LEVEL.beneath(session, place.path)
    return {row.code: dict(row._mapping) for row in _LEVEL_OF.ask(session, scope, place)}


def _level_of(within: Within, code: Code) -> Asked:
    return (
        select(code.label("code"), *level_columns())
        .outerjoin_from(Area, HamletTotal, HamletTotal.hamlet_code == Area.code)
        .where(*of_today(within))
        .group_by(code)
    )


_LEVEL_OF = Question(_level_of)


def _by_outcome(session: Session, scope: Scope, place: Place) -> dict[str, int]:
    """Visits beneath a place by how they ended, endings that never happened left out.

    Visits in hamlets that have since been merged or renamed are among them: they did take place.
    """
    if scope.covers(place.path):
        whole = counted_ever(session, place.path)
        return {outcome.value: int(whole[outcome.value]) for outcome in Outcome if whole.get(outcome.value)}
    within = (inside(HamletTotal.path, scope), inside(HamletTotal.path, Scope((place.path,))))
    sums = session.execute(
        select(*(_counted(getattr(HamletTotal, outcome.value)) for outcome in Outcome)).where(*within)
    ).one()
    return {outcome.value: int(count) for outcome, count in zip(Outcome, sums, strict=True) if count}


def _counted(counter: InstrumentedAttribute[int] | InstrumentedAttribute[int | None]) -> ColumnElement[int]:
    # A hamlet without a counter row has no household written down: that is known, and 0.
    return func.coalesce(func.sum(counter), 0)


def _coverage(sums: Mapping[str, Any]) -> Coverage:
    sources = sorted({name for name in (sums["first_source"], sums["last_source"]) if name})
    return Coverage(
        households=None if sums["households"] is None else int(sums["households"]),
        sources=tuple(sources),
        as_of=sums["as_of"],
        enumerated=int(sums["enumerated"]),
        reached=int(sums["reached"]),
        knocked=int(sums["knocked"]),
        reached_listed=int(sums["reached_listed"]),
        hamlets=sums["hamlets"],
        unlisted=sums["hamlets"] - sums["listed"],
        enumerated_unlisted=int(sums["enumerated_unlisted"]),
    )


def _veil(session: Session, place: Place, above: tuple[Place, ...], level: _Level) -> Veil:
    """What of a place is hidden from the public, by its siblings' figures and those of all it lies in.

    Decided over the whole nation, whatever part of it a site shows: a cell that is hidden on one page and shown on
    another is shown.
    """
    # Upwards: each family needs its other members only, for the one we come from is known already.
    families: list[dict[str, Cell]] = []
    mine = cell(total(level.coverage.values()))
    line = (THE_NATION, *above, place) if place.level is not None else (THE_NATION,)
    for parent, child in reversed(list(pairwise(line))):
        family = _cells_beside(session, parent, child) | {child.code: mine}
        families.append(family)
        mine = sum(family.values(), NOBODY)
    # Downwards: what is hidden above is hidden here.
    veil = hidden_at_the_top(mine)
    for family, child in zip(reversed(families), line[1:], strict=True):
        veil = hidden_children(veil, family).of(child.code)
    return veil


def _cells_beside(session: Session, parent: Place, child: Place) -> dict[str, Cell]:
    """The children of `parent` by code, without `child`."""
    return {code: one for code, one in cells_of(session, parent).items() if code != child.code}


def cells_of(session: Session, parent: Place) -> Mapping[str, Cell]:
    """What the rules of hiding look at, of each area right beneath a place, by code."""
    return kept(session, NATION, parent.path, "cells", lambda: _cells(session, parent))


def _cells(session: Session, parent: Place) -> dict[str, Cell]:
    return {code: _CELLS_OF_SUMS.of(code, (sums,), _cell) for code, sums in _sums(session, NATION, parent).items()}


def _cell(sums: Mapping[str, Any]) -> Cell:
    return Cell(int(sums["households"] or 0), int(sums["enumerated"]), int(sums["enumerated_unlisted"]))


_COVERAGES: Unchanged[Coverage] = Unchanged(MOST_AREAS)
_CELLS: Unchanged[Cell] = Unchanged(MOST_AREAS)
_CELLS_OF_SUMS: Unchanged[Cell] = Unchanged(MOST_AREAS)
_LINES: Unchanged[Line] = Unchanged(MOST_AREAS)
_PUBLIC_LINES: Unchanged[Line] = Unchanged(MOST_AREAS)
