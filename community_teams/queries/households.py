"""Reading households: the work list of a hamlet, one household, and what is left to do."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session

from community_teams.domain.codes import HouseholdStatus, Outcome
from community_teams.models import Household
from foundation.areas.domain.kinds import Level
from foundation.areas.domain.naming import fold
from foundation.areas.domain.scope import Scope
from foundation.areas.models import Area
from foundation.areas.queries import inside

PAGE = 200

# Nobody was met, and somebody should come again.
ABSENT = (Outcome.NOT_HOME, Outcome.NOT_FOUND, Outcome.LANGUAGE, Outcome.UNSAFE)


class Filter(StrEnum):
    """What of a hamlet's list is shown; the value is its name in the address. Gone households show under ALL only."""

    LEFT = "chua-den"
    ABSENT = "vang"
    AGAIN = "hen-lai"
    REACHED = "da-gap"
    ALL = "tat-ca"


_ACTIVE = Household.status == HouseholdStatus.ACTIVE
_CONDITIONS: dict[Filter, ColumnElement[bool]] = {
    Filter.LEFT: and_(_ACTIVE, Household.first_knocked_on.is_(None)),
    Filter.ABSENT: and_(_ACTIVE, Household.first_reached_on.is_(None), Household.last_outcome.in_(ABSENT)),
    Filter.AGAIN: and_(
        _ACTIVE, (Household.next_visit_on.is_not(None)) | (Household.last_outcome == Outcome.RESCHEDULED)
    ),
    Filter.REACHED: and_(_ACTIVE, Household.first_reached_on.is_not(None)),
    Filter.ALL: Household.status != HouseholdStatus.MERGED,
}


@dataclass(frozen=True)
class Hamlet:
    """A hamlet as its team sees it. households: active ones; left: those of them where nobody was met yet."""

    area: Area
    households: int
    left: int
    last_visit_on: date | None


def hamlets(session: Session, scope: Scope, limit: int = 200) -> list[Hamlet]:
    """The hamlets within `scope`, at most `limit`, in Vietnamese order, with what is left to do in each."""
    return [
        Hamlet(area, households or 0, left or 0, last)
        for area, households, left, last in session.execute(
            select(
                Area,
                func.count(case((_ACTIVE, 1))),
                func.count(case((and_(_ACTIVE, Household.first_reached_on.is_(None)), 1))),
                func.max(Household.last_visited_on),
            )
            .outerjoin(Household, Household.hamlet_code == Area.code)
            .where(Area.level == Level.HAMLET, Area.valid_to.is_(None), inside(Area.path, scope))
            .group_by(Area.code)
            .order_by(Area.sort_key, Area.code)
            .limit(limit)
        )
    ]


def hamlet(session: Session, scope: Scope, code: str) -> Area | None:
    """The hamlet with this code if it lies within `scope`; else None."""
    return session.scalar(select(Area).where(Area.code == code, Area.level == Level.HAMLET, inside(Area.path, scope)))


def worklist(
    session: Session, scope: Scope, hamlet_code: str, chosen: Filter, searched: str = "", page: int = 1
) -> list[Household]:
    """The households of a hamlet that `chosen` shows, PAGE a page, those left first, then by lane and code.

    searched: part of a code, lane or label, with or without marks; under ALL it finds merged ones, too. page: from 1;
    one past the last is empty.
    """
    return list(
        session.scalars(
            select(Household)
            .join(Area, Area.code == Household.hamlet_code)
            .where(*_shown(scope, hamlet_code, chosen, searched))
            .order_by(
                case((_CONDITIONS[Filter.LEFT], 0), (Household.first_reached_on.is_(None), 1), else_=2),
                Household.lane_key,
                Household.code_key,
                Household.id,
            )
            .limit(PAGE)
            .offset((page - 1) * PAGE)
        )
    )


def filter_counts(session: Session, scope: Scope, hamlet_code: str) -> Mapping[Filter, int]:
    """How many households of the hamlet each filter shows."""
    columns = [func.count(case((condition, 1))) for condition in _CONDITIONS.values()]
    counts = session.execute(
        select(*columns)
        .select_from(Household)
        .join(Area, Area.code == Household.hamlet_code)
        .where(Household.hamlet_code == hamlet_code, inside(Area.path, scope))
    ).one()
    return dict(zip(_CONDITIONS, counts, strict=True))


def found(session: Session, scope: Scope, hamlet_code: str, chosen: Filter, searched: str) -> int:
    """How many households worklist() shows over all pages."""
    return (
        session.scalar(
            select(func.count())
            .select_from(Household)
            .join(Area, Area.code == Household.hamlet_code)
            .where(*_shown(scope, hamlet_code, chosen, searched))
        )
        or 0
    )


def household(session: Session, scope: Scope, household_id: UUID) -> tuple[Household, Area] | None:
    """The household and its hamlet, if it lies within `scope`; else None."""
    row = session.execute(
        select(Household, Area)
        .join(Area, Area.code == Household.hamlet_code)
        .where(Household.id == household_id, inside(Area.path, scope))
    ).one_or_none()
    return (row[0], row[1]) if row else None


def short_codes(session: Session, scope: Scope, households: Collection[UUID]) -> dict[UUID, str]:
    """The codes of these households, by id; those unknown or outside `scope` are left out."""
    wanted, found = sorted(households), dict[UUID, str]()
    # SQLite takes a limited number of values in one statement.
    for start in range(0, len(wanted), 500):
        rows = session.execute(
            select(Household.id, Household.short_code)
            .join(Area, Area.code == Household.hamlet_code)
            .where(Household.id.in_(wanted[start : start + 500]), inside(Area.path, scope))
        )
        found |= {id: code for id, code in rows}  # noqa: C416 - a result is no mapping
    return found


def left_in(session: Session, hamlet_code: str) -> int:
    """Active households of the hamlet where nobody was met yet."""
    return (
        session.scalar(
            select(func.count()).where(
                Household.hamlet_code == hamlet_code, _ACTIVE, Household.first_reached_on.is_(None)
            )
        )
        or 0
    )


def next_left(session: Session, household: Household) -> Household | None:
    """The next door in the same hamlet that nobody knocked on yet, going on from this one and then from the start."""
    left = select(Household).where(
        Household.hamlet_code == household.hamlet_code, _CONDITIONS[Filter.LEFT], Household.id != household.id
    )
    order = (Household.lane_key, Household.code_key, Household.id)
    further = or_(
        Household.lane_key > household.lane_key,
        and_(Household.lane_key == household.lane_key, Household.code_key > household.code_key),
    )
    return session.scalar(left.where(further).order_by(*order).limit(1)) or session.scalar(
        left.order_by(*order).limit(1)
    )


def _shown(scope: Scope, hamlet_code: str, chosen: Filter, searched: str) -> list[ColumnElement[bool]]:
    conditions = [Household.hamlet_code == hamlet_code, inside(Area.path, scope)]
    words = fold(searched)
    if words:
        conditions.append(Household.folded.contains(words, autoescape=True))
    # Who looks among all for a code from an old sheet shall find out what became of it.
    if not words or chosen is not Filter.ALL:
        conditions.append(_CONDITIONS[chosen])
    return conditions
