"""Reads coverage: sums of counters, one statement a level."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from itertools import pairwise
from typing import Any

from sqlalchemy.orm import Session

from community_teams.coverage.domain.coverage import NOTHING, Coverage, total
from community_teams.coverage.domain.suppression import (
    NOBODY,
    Cell,
    Published,
    Suppression,
    cell,
    hidden_at_the_top,
    hidden_children,
    publish,
)
from community_teams.domain.codes import Outcome
from community_teams.queries.counts import households_beneath, level_beneath, totals_of
from community_teams.queries.places import THE_NATION as THE_NATION
from community_teams.queries.places import Place as Place
from community_teams.queries.places import children_of
from community_teams.queries.places import place_of as place_of
from foundation.areas.domain.kinds import AreaKind
from foundation.areas.domain.scope import Scope
from foundation.problems import NotAllowed, NotFound


@dataclass(frozen=True)
class ChildCoverage:
    """One area right beneath the page's own. coverage: None where it is hidden from the public."""

    place: Place
    coverage: Coverage | Published | None

    @property
    def silent(self) -> bool:
        """Whether nothing is known there, and nothing is hidden."""
        return self.coverage is not None and self.coverage.nothing_known


@dataclass(frozen=True)
class AreaCoverage:
    """Coverage of an area and of those right beneath it, in Vietnamese order of their names.

    above: from the province down, without the area itself. public: whether small cells are hidden.
    last_visit_on: day in Việt Nam of the latest visit counted; None without visits, or where the area is hidden.
    is_sample: whether made-up hamlets are among them.
    """

    place: Place
    above: tuple[Place, ...]
    coverage: Coverage | Published | None
    lines: tuple[ChildCoverage, ...]
    public: bool
    last_visit_on: date | None
    is_sample: bool

    @cached_property
    def kinds(self) -> list[AreaKind]:
        """The kinds among the lines, each once."""
        return list(dict.fromkeys(line.place.kind for line in self.lines if line.place.kind is not None))

    @cached_property
    def silent(self) -> list[Place]:
        """The areas right beneath of which nothing is known, and nothing is hidden."""
        return [line.place for line in self.lines if line.silent]


def inside_figures(session: Session, scope: Scope, code: str | None) -> AreaCoverage:
    """All coverage figures of an area, for people whose scope includes it. code: None for the nation.

    Raises NotAllowed when `scope` does not cover the whole area, NotFound for an unknown code.
    """
    place, above = (THE_NATION, ()) if code is None else place_of(session, code)
    if not scope.covers(place.path):
        raise NotAllowed("outside_your_area")
    level = _hamlet_sums(session, scope, place)
    outcomes = [outcome.value for outcome in Outcome]
    by_outcome = {name: count for name, count in totals_of(session, scope, place, outcomes).items() if count}
    return AreaCoverage(
        place,
        above,
        replace(total(level.coverage.values()), by_outcome=by_outcome),
        tuple(
            ChildCoverage(child, level.coverage.get(child.code, NOTHING))
            for child in children_of(session, scope, place)
        ),
        False,
        level.last_visit_on,
        level.is_sample,
    )


def public_figures(session: Session, scope: Scope, code: str | None) -> AreaCoverage:
    """The public figures of an area, suppressed by the rules of coverage/domain/suppression.py.

    scope: what this site shows to the public, usually NATION. code: None for the nation. NotFound for an unknown code,
    and for one outside `scope`.
    """
    place, above = (THE_NATION, ()) if code is None else place_of(session, code)
    if not scope.covers(place.path):
        raise NotFound("no_such_area")
    level = _hamlet_sums(session, scope, place)
    # Depends on the figures of areas elsewhere too.
    suppression = _suppression(session, place, above, level)
    return _published(session, scope, place, above, level, suppression)


def _published(
    session: Session,
    scope: Scope,
    place: Place,
    above: tuple[Place, ...],
    level: "_HamletSums",
    suppression: Suppression,
) -> AreaCoverage:
    own = total(level.coverage.values())
    known = {child: level.coverage.get(child.code, NOTHING) for child in children_of(session, scope, place)}
    hidden = hidden_children(suppression, {child.code: cell(coverage) for child, coverage in known.items()})
    return AreaCoverage(
        place,
        above,
        publish(own, suppression),
        tuple(ChildCoverage(child, publish(coverage, hidden.of(child.code))) for child, coverage in known.items()),
        True,
        None if suppression.area else level.last_visit_on,
        level.is_sample,
    )


@dataclass(frozen=True)
class _HamletSums:
    coverage: Mapping[str, Coverage]
    last_visit_on: date | None
    is_sample: bool


def _hamlet_sums(session: Session, scope: Scope, place: Place) -> _HamletSums:
    """The hamlets within `scope` beneath a place, added up to the areas right beneath it; itself, for a hamlet."""
    level = level_beneath(session, scope, place)
    return _HamletSums(
        coverage={code: _coverage(sums) for code, sums in level.items()},
        last_visit_on=max((sums["last_visit_on"] for sums in level.values() if sums["last_visit_on"]), default=None),
        is_sample=any(sums["is_sample"] for sums in level.values()),
    )


def _coverage(sums: Mapping[str, Any]) -> Coverage:
    sources = sorted({name for name in (sums["first_source"], sums["last_source"]) if name})
    return Coverage(
        households=None if sums["households"] is None else int(sums["households"]),
        sources=tuple(sources),
        as_of=sums["as_of"],
        enumerated=int(sums["enumerated"]),
        reached=int(sums["reached"]),
        visited=int(sums["knocked"]),
        reached_listed=int(sums["reached_listed"]),
        hamlets=sums["hamlets"],
        unlisted=sums["hamlets"] - sums["listed"],
        enumerated_unlisted=int(sums["enumerated_unlisted"]),
    )


def _suppression(session: Session, place: Place, above: tuple[Place, ...], level: _HamletSums) -> Suppression:
    """What is suppressed of a place, by the figures of its siblings and of all areas above it.

    Decided over the whole nation, whatever part of it a site shows: a cell must not be hidden on one page and shown on
    another.
    """
    # Upwards: of each family only the siblings are read, the sum of the child we come from is known already.
    families: list[dict[str, Cell]] = []
    mine = cell(total(level.coverage.values()))
    line = (THE_NATION, *above, place) if place.level is not None else (THE_NATION,)
    for parent, child in reversed(list(pairwise(line))):
        family = _cells_beside(session, parent, child) | {child.code: mine}
        families.append(family)
        mine = sum(family.values(), NOBODY)
    # Downwards: what is hidden above is hidden here.
    suppression = hidden_at_the_top(mine)
    for family, child in zip(reversed(families), line[1:], strict=True):
        suppression = hidden_children(suppression, family).of(child.code)
    return suppression


def _cells_beside(session: Session, parent: Place, child: Place) -> dict[str, Cell]:
    """The children of `parent` by code, without `child`."""
    return {code: one for code, one in cells_of(session, parent).items() if code != child.code}


def cells_of(session: Session, parent: Place) -> Mapping[str, Cell]:
    """The suppression cell of each area right beneath a place, by code."""
    return {code: Cell(*counts) for code, counts in households_beneath(session, parent).items()}
