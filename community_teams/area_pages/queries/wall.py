"""Reads today's numbers for the screen in the commune hall."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from community_teams.domain.codes import Outcome
from community_teams.domain.counting import OUTCOMES
from community_teams.models import HamletDay
from community_teams.queries.places import Place, of_today, within_reach
from foundation.areas.domain.scope import Scope
from foundation.areas.models import Area


@dataclass(frozen=True)
class Today:
    """Visits of today and of the seven days before it; reached: households met for the first time today."""

    visits: int
    met: int
    reached: int
    visits_in_the_week_before: int


def today_in(session: Session, scope: Scope, place: Place, *, today: date) -> Today:
    """Sums over all hamlets beneath a place: single hamlets cannot be distinguished."""
    first, *others = (getattr(HamletDay, name) for name in OUTCOMES)
    visits: ColumnElement[int] = sum(others, start=first)
    met: ColumnElement[int] = sum(
        (getattr(HamletDay, each.value) for each in Outcome if each.reached), start=func.coalesce(0, 0)
    )
    rows = session.execute(
        select(HamletDay.day, func.sum(visits), func.sum(met), func.sum(HamletDay.first_reached))
        .join(Area, Area.code == HamletDay.hamlet_code)
        .where(
            *of_today(within_reach(scope, place)), HamletDay.day >= today - timedelta(days=7), HamletDay.day <= today
        )
        .group_by(HamletDay.day)
    ).all()
    now = next((row for row in rows if row[0] == today), None)
    before = sum(int(made) for day, made, _, _ in rows if day != today)
    if now is None:
        return Today(0, 0, 0, before)
    _, made, met_today, reached = now
    return Today(int(made), int(met_today), int(reached), before)
