"""Reads areas that have ended."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from foundation.areas.models import Area


@dataclass(frozen=True)
class Ended:
    """since: the first day without it. above: the areas it was in that still exist, the smallest first."""

    area: Area
    since: date
    above: tuple[Area, ...]


def ended_area(session: Session, code: str | None) -> Ended | None:
    """The ended area with this code; None for a code that is still valid or unknown."""
    area = session.get(Area, code) if code and "\0" not in code else None
    if area is None or area.valid_to is None:
        return None
    codes = area.path.rstrip("/").split("/")[:-1]
    above = session.scalars(
        select(Area).where(Area.code.in_(codes), Area.valid_to.is_(None)).order_by(Area.path.desc())
    )
    return Ended(area, area.valid_to, tuple(above))
