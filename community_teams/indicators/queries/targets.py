"""Reads the targets of plans. Plans are public, so there is no scope."""

from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from community_teams.coverage.queries.coverage import Place
from community_teams.indicators.models import Target


def targets_of(session: Session, place: Place, above: Sequence[Place]) -> list[Target]:
    """The targets of an area and of all areas above it, which apply to it as well: the nation's first, then by year
    and key."""
    codes = [each.code for each in (*above, place) if each.code]
    rows = session.scalars(select(Target).where(or_(Target.area_code.is_(None), Target.area_code.in_(codes))))
    order = {None: -1} | {code: at for at, code in enumerate(codes)}
    return sorted(rows, key=lambda row: (order[row.area_code], row.year, row.key))
