"""A version of everything that the public pages of coverage show: a few numbers that change with it."""

from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from community_teams.models import CommuneTotal
from community_teams.pilots.models import Pilot
from foundation.areas.models import Area

_OF_PILOTS: tuple[ColumnElement[Any], ...] = (
    *(func.count(Pilot.id), func.sum(Pilot.version)),
    *(func.max(moment) for moment in (Pilot.changed_at, Pilot.published_at, Pilot.withdrawn_at)),
)
_VERSION = select(
    func.count(CommuneTotal.commune_code),
    func.sum(CommuneTotal.change),
    func.max(CommuneTotal.updated_at),
    # A province may exist before its communes.
    select(func.count(Area.code)).where(Area.parent_code.is_(None)).scalar_subquery(),
    *(select(column).scalar_subquery() for column in _OF_PILOTS),
)


def public_version(session: Session) -> str:
    """Changes with every counter, list, name, place and outline of the nation, and with every pilot model.

    For the whole nation, because suppression on one page depends on all others. One statement. Change numbers only
    grow; with the time of the last change they differ also after an older backup was restored.
    """
    return repr(tuple(session.execute(_VERSION).one()))
