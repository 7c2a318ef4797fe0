"""Keeps the communes' counters right when areas change: whoever writes an Area through a session need not think of it.

Statements that write areas by themselves, and not through rows of a session, must call rollups.refresh_communes.
"""

from collections.abc import Iterable

from sqlalchemy import event, inspect
from sqlalchemy.orm import Session

from community_teams.services.rollups import refresh_rows, touch_communes
from foundation.areas.domain.kinds import Level
from foundation.areas.models import Area

# Of a hamlet: what its commune's weeks follow from.
_OF_WEEKS = ("official_households", "parent_code")


@event.listens_for(Session, "after_flush")
def _follow_areas(session: Session, _context: object) -> None:
    changed = [area for area in (*session.new, *session.dirty, *session.deleted) if isinstance(area, Area)]
    if not changed:
        return
    hamlets = [area for area in changed if area.level is Level.HAMLET]
    others = [area for area in changed if area.level is not Level.HAMLET]
    new = {area for area in session.new if isinstance(area, Area)}
    anew = {code for area in hamlets if area not in new and _changes(area, _OF_WEEKS) for code in _communes(area)}
    plain = {code for area in hamlets for code in _communes(area)} - anew
    plain |= {area.code for area in others if area.level is Level.COMMUNE and area in new}
    connection = session.connection()
    # Pages of a province name its communes, and those of its communes the province.
    for province in sorted({area.path.partition("/")[0] for area in others}):
        touch_communes(connection, province)
    refresh_rows(connection, plain)
    # Last, for it locks the province.
    refresh_rows(connection, anew, weeks=True)


def _changes(area: Area, names: Iterable[str]) -> bool:
    return any(inspect(area).attrs[name].history.has_changes() for name in names)


def _communes(area: Area) -> set[str]:
    """The commune of a hamlet, and the one it was in before."""
    history = inspect(area).attrs["parent_code"].history
    return {code for code in (*history.added, *history.unchanged, *history.deleted) if code}
