"""What a batch of visits rests on, read for all of it at once. Reach is judged by the ledger it is read for."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, aliased

from community_teams.domain.codes import HouseholdStatus
from community_teams.domain.households import Knocked, Standing
from community_teams.domain.recording import Door, KeptVisit
from community_teams.models import Household, Issue, Knock, Visit
from community_teams.queries.visits import NOT_CORRECTED
from foundation.areas.models import Area

_Correction = aliased(Visit)


@dataclass(frozen=True)
class Place:
    """The hamlet a household is in."""

    code: str
    path: str


def places_of(session: Session, households: Collection[UUID]) -> dict[UUID, Place]:
    """The hamlets of these households; unknown households are left out."""
    rows = session.execute(
        select(Household.id, Area.code, Area.path)
        .join(Area, Area.code == Household.hamlet_code)
        .where(Household.id.in_(households))
    )
    return {id: Place(code, path) for id, code, path in rows}


def doors_of(session: Session, places: dict[UUID, Place]) -> dict[UUID, Door]:
    """These households with all that is known of the knocks on their doors. Their hamlets' locks are held."""
    rows = session.execute(
        select(
            Household.id,
            Household.status,
            Household.first_knocked_on,
            Household.first_reached_on,
            Household.last_outcome,
            Household.last_visited_on,
            Household.next_visit_on,
        ).where(Household.id.in_(places))
    )
    doors = {
        row.id: Door(
            places[row.id].code,
            places[row.id].path,
            Standing(*row[1:]),
            merged=row.status is HouseholdStatus.MERGED,
        )
        for row in rows
    }
    visited = [id for id, door in doors.items() if door.written.first_knocked_on is not None]
    if not visited:
        return doors
    visits = session.execute(
        select(
            Visit.household_id,
            Visit.id,
            Visit.visited_on,
            Visit.outcome,
            Visit.started_at,
            Visit.next_visit_on,
            Visit.said,
        ).where(Visit.household_id.in_(visited), NOT_CORRECTED)
    )
    for household, id, day, outcome, at, again, said in visits:
        assert household is not None
        doors[household].visits[id] = Knocked(day, outcome, at, again, said)
    knocks = select(Knock.household_id, Knock.day, Knock.outcome, Knock.next_visit_on)
    for household, day, outcome, again in session.execute(knocks.where(Knock.household_id.in_(visited))):
        doors[household].knocks.append(Knocked(day, outcome, None, again))
    return doors


def kept_visits(session: Session, ids: Collection[UUID]) -> dict[UUID, KeptVisit]:
    """Those of these visits that are kept, by id."""
    corrected = exists().where(_Correction.supersedes == Visit.id)
    rows = session.execute(
        select(
            Visit.id,
            Visit.hamlet_code,
            Visit.household_id,
            Visit.content_hash,
            Visit.visited_on,
            Visit.outcome,
            Visit.member_id,
            Visit.said,
            corrected,
        ).where(Visit.id.in_(ids))
    ).all()
    settled = _settled(session, {id for id, *_ in rows}) if rows else {}
    return {
        id: KeptVisit(hamlet, household, hash_, day, outcome, member, said, corrected, tuple(settled.get(id, ())))
        for id, hamlet, household, hash_, day, outcome, member, said, corrected in rows
    }


def _settled(session: Session, visits: Collection[UUID]) -> dict[UUID, list[date]]:
    found: dict[UUID, list[date]] = {}
    closed = select(Issue.visit_id, Issue.closed_on).where(Issue.visit_id.in_(visits), Issue.closed_on.is_not(None))
    for visit, day in session.execute(closed):
        assert day is not None
        found.setdefault(visit, []).append(day)
    return found
