"""Updates counters of communes and drawings after every flush that changes areas or outlines.

Code that writes areas with statements of its own, not with objects of a session, must call rollups.refresh_communes.
"""

from collections.abc import Iterable

from sqlalchemy import event, inspect, select
from sqlalchemy.orm import Session

from community_teams.coverage.services.drawings import refresh_drawings
from community_teams.services.rollups import refresh_rows, touch_communes
from foundation.areas.domain.kinds import Level
from foundation.areas.models import Area, Outline

# Fields of a hamlet from which its commune's weeks are computed.
_OF_WEEKS = ("official_households", "parent_code")
# Fields of any area from which its place on a map is computed.
_OF_DRAWINGS = ("valid_to", "parent_code", "latitude", "longitude")


@event.listens_for(Session, "after_flush")
def _follow_areas(session: Session, _context: object) -> None:
    changed = [area for area in _written(session) if isinstance(area, Area)]
    outlines = [row.area_code for row in _written(session) if isinstance(row, Outline)]
    connection = session.connection() if changed or outlines else None
    if connection is None:
        return
    hamlets = [area for area in changed if area.level is Level.HAMLET]
    others = [area for area in changed if area.level is not Level.HAMLET]
    new = {area for area in session.new if isinstance(area, Area)}
    anew = {code for area in hamlets if area not in new and _changes(area, _OF_WEEKS) for code in _parents(area)}
    plain = {code for area in hamlets for code in _parents(area)} - anew
    plain |= {area.code for area in others if area.level is Level.COMMUNE and area in new}
    # The page of a province shows the names of its communes, and their pages show its name.
    of_outlines = connection.scalars(select(Area.path).where(Area.code.in_(outlines))) if outlines else ()
    for province in sorted({path.partition("/")[0] for path in (*(area.path for area in others), *of_outlines)}):
        touch_communes(connection, province)
    refresh_rows(connection, plain)
    # Last, because it locks the province.
    refresh_rows(connection, anew, weeks=True)
    moved = [area for area in changed if area in new or area in session.deleted or _changes(area, _OF_DRAWINGS)]
    drawn = {code for area in moved for code in _parents(area) or {""}}
    if outlines:
        drawn |= {code or "" for code in connection.scalars(select(Area.parent_code).where(Area.code.in_(outlines)))}
    refresh_drawings(connection, drawn)


def _written(session: Session) -> list[object]:
    return [*session.new, *session.dirty, *session.deleted]


def _changes(area: Area, names: Iterable[str]) -> bool:
    return any(inspect(area).attrs[name].history.has_changes() for name in names)


def _parents(area: Area) -> set[str]:
    """The codes of the present and the former parent of an area."""
    history = inspect(area).attrs["parent_code"].history
    return {code for code in (*history.added, *history.unchanged, *history.deleted) if code}
