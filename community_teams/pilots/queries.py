"""Reads pilot models: the public ones, those of an area, and the figures beside them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, bindparam, func, select
from sqlalchemy.orm import Session, aliased

from community_teams.coverage.domain.layers import OFFICIAL, cell_of, in_tens
from community_teams.coverage.queries.coverage import public_figures
from community_teams.coverage.queries.layer_suppression import suppressed_cells
from community_teams.pilots.domain.figures import PilotFigures
from community_teams.pilots.domain.pilots import FIGURES, State
from community_teams.pilots.models import Pilot
from community_teams.queries.counts import counts_beneath
from community_teams.queries.places import PLACE, AreaCode, PathCondition, Place, PreparedQuery, Statement
from foundation.accounts.models import Person
from foundation.areas.domain.kinds import Level
from foundation.areas.domain.scope import NATION, Scope
from foundation.areas.models import Area
from foundation.areas.queries import inside
from foundation.problems import NotFound

PAGE = 30


@dataclass(frozen=True)
class PilotLine:
    """A pilot model with its areas. commune: None only for a hamlet without one. changed_by: a display name."""

    pilot: Pilot
    hamlet: Area
    commune: Area | None
    changed_by: str


def published_pilots(session: Session, scope: Scope, *, first: int = 0, limit: int = PAGE) -> list[PilotLine]:
    """Public models of hamlets within `scope`, the latest published first."""
    order = (Pilot.published_at.desc(), Pilot.id.desc())
    return _lines(session, scope, [Pilot.state == State.PUBLISHED], order, first, limit)


@dataclass(frozen=True)
class PilotTitle:
    id: int
    title: str
    hamlet: Place


def latest_pilots(session: Session, place: Place, limit: int) -> list[PilotTitle]:
    """Public models of hamlets beneath a place, the latest published first."""
    return [
        PilotTitle(id, title, Place(*hamlet))
        for id, title, *hamlet in _LATEST.execute(session, NATION, place, limit=limit)
    ]


def _latest(within: PathCondition, _code: AreaCode) -> Statement:
    return (
        select(Pilot.id, Pilot.title, *PLACE)
        .join(Area, Area.code == Pilot.hamlet_code)
        .where(Pilot.state == State.PUBLISHED, within(Area.path))
        .order_by(Pilot.published_at.desc(), Pilot.id.desc())
        .limit(bindparam("limit"))
    )


_LATEST = PreparedQuery(_latest)


def count_published(session: Session, scope: Scope) -> int:
    count = (
        select(func.count())
        .select_from(Pilot)
        .join(Area, Area.code == Pilot.hamlet_code)
        .where(Pilot.state == State.PUBLISHED, inside(Area.path, scope))
    )
    return session.scalar(count) or 0


def published_pilot(session: Session, scope: Scope, pilot_id: int) -> PilotLine:
    """A public model. Raises NotFound "no_such_pilot", also for drafts and withdrawn ones."""
    return _one(session, scope, [Pilot.id == pilot_id, Pilot.state == State.PUBLISHED])


def published_copies(session: Session, scope: Scope, pilot_id: int) -> list[PilotLine]:
    """Public models that were copied from this one, the oldest first."""
    conditions = [Pilot.copied_from == pilot_id, Pilot.state == State.PUBLISHED]
    return _lines(session, scope, conditions, (Pilot.published_at, Pilot.id), 0, PAGE)


def provinces_with_pilots(session: Session, scope: Scope) -> list[Area]:
    """Provinces with a public model, in Vietnamese order."""
    paths = session.scalars(
        select(Area.path)
        .join(Pilot, Pilot.hamlet_code == Area.code)
        .where(Pilot.state == State.PUBLISHED, inside(Area.path, scope))
    )
    codes = {path.partition("/")[0] for path in paths}
    return list(session.scalars(select(Area).where(Area.code.in_(codes)).order_by(Area.sort_key, Area.code)))


def pilots_within(session: Session, scope: Scope, *, first: int = 0, limit: int = PAGE) -> list[PilotLine]:
    """Models of hamlets within `scope`, in any state, the latest changed first."""
    return _lines(session, scope, [], (Pilot.changed_at.desc(), Pilot.id.desc()), first, limit)


def pilot_within(session: Session, scope: Scope, pilot_id: int) -> PilotLine:
    """A model of a hamlet within `scope`, in any state. Raises NotFound "no_such_pilot"."""
    return _one(session, scope, [Pilot.id == pilot_id])


def hamlets_of_today(session: Session, scope: Scope) -> list[Area]:
    """Hamlets within `scope` that a model can be written for, in Vietnamese order."""
    rows = session.scalars(
        select(Area)
        .where(Area.level == Level.HAMLET, Area.valid_to.is_(None), inside(Area.path, scope))
        .order_by(Area.sort_key, Area.code)
    )
    return list(rows)


def pilot_figures_today(session: Session, hamlet_code: str, *, today: date) -> PilotFigures | None:
    """The public figures of a hamlet now, suppressed as on its own page; None when the hamlet has ended."""
    try:
        figures = public_figures(session, NATION, hamlet_code)
    except NotFound:
        return None
    place, own = figures.place, figures.coverage
    suppressions = suppressed_cells(session, figures, FIGURES, None)
    names = tuple(dict.fromkeys(name for layer in FIGURES for name in layer.counters))
    counts = counts_beneath(session, NATION, place, names, None).get(place.code, dict.fromkeys(names, 0))
    cells = []
    for layer in FIGURES:
        cell = cell_of(layer, counts, own.households if own else None)
        shown = own is not None and not suppressions[layer.key].own
        public = cell if layer.out_of == OFFICIAL else in_tens(cell)
        cells.append((layer.key.value, public if shown else None))
    source = " · ".join(own.sources) if own else ""
    return PilotFigures(today, source, own.as_of if own else None, tuple(cells))


def _one(session: Session, scope: Scope, conditions: Sequence[ColumnElement[bool]]) -> PilotLine:
    found = _lines(session, scope, conditions, (Pilot.id,), 0, 1)
    if not found:
        raise NotFound("no_such_pilot")
    return found[0]


def _lines(
    session: Session,
    scope: Scope,
    conditions: Sequence[ColumnElement[bool]],
    order: Sequence[object],
    first: int,
    limit: int,
) -> list[PilotLine]:
    rows = session.execute(
        select(Pilot, Area, _commune, Person.display_name)
        .join(Area, Area.code == Pilot.hamlet_code)
        .outerjoin(_commune, _commune.code == Area.parent_code)
        .join(Person, Person.id == Pilot.changed_by)
        .where(*conditions, inside(Area.path, scope))
        .order_by(*order)  # type: ignore[arg-type]
        .offset(first)
        .limit(limit)
    )
    return [PilotLine(*row) for row in rows]


_commune = aliased(Area)
