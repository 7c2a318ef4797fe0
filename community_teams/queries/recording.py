"""What a batch of visits rests on, read for all of it at once. Reach is judged by the ledger it is read for."""

from collections.abc import Callable, Collection, Container, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, BindParameter, Uuid, any_, bindparam, select
from sqlalchemy.orm import Session

from community_teams.domain.codes import HouseholdStatus
from community_teams.domain.households import Knocked, Standing
from community_teams.domain.recording import Door, KeptVisit
from community_teams.models import Household, HouseholdGone, Issue, Knock, Visit
from foundation.areas.models import Area


@dataclass(frozen=True)
class Place:
    """The hamlet a household is in. left: paths of the hamlets whose lists it was on before."""

    code: str
    path: str
    left: tuple[str, ...] = ()

    @property
    def paths(self) -> tuple[str, ...]:
        return (self.path, *self.left)


def _by_ids(question: Callable[[Callable[[Any], Any]], Any]) -> dict[str, Any]:
    """A question about any number of ids, by the database's name; `question` is given what says "is one of them".

    Made once: to put a statement together takes longer than to answer it. PostgreSQL takes the ids as one value, and so
    plans the question once for any number of them.
    """
    array = bindparam("ids", type_=ARRAY(Uuid()))
    list_: BindParameter[UUID] = bindparam("ids", expanding=True)
    return {
        "postgresql": question(lambda column: column == any_(array)),
        "sqlite": question(lambda column: column.in_(list_)),
    }


_PLACES = _by_ids(
    lambda among: (
        select(Household.id, Area.code, Area.path)
        .join(Area, Area.code == Household.hamlet_code)
        .where(among(Household.id))
    )
)
_LEFT = _by_ids(
    lambda among: (
        select(HouseholdGone.household_id, Area.path)
        .join(Area, Area.code == HouseholdGone.hamlet_code)
        .where(among(HouseholdGone.household_id))
        .order_by(Area.path)
    )
)
_DOORS = _by_ids(
    lambda among: select(
        Household.id,
        Household.hamlet_code,
        Household.status,
        Household.first_knocked_on,
        Household.first_reached_on,
        Household.last_outcome,
        Household.last_visited_on,
        Household.next_visit_on,
    ).where(among(Household.id))
)
_VISITS = _by_ids(
    lambda among: select(
        Visit.household_id, Visit.id, Visit.visited_on, Visit.outcome, Visit.started_at, Visit.next_visit_on, Visit.said
    ).where(among(Visit.household_id))
)
_HAMLETS = _by_ids(
    lambda among: (
        select(Visit.household_id, Area.code, Area.path)
        .join(Area, Area.code == Visit.hamlet_code)
        .where(among(Visit.id))
    )
)
_KNOCKS = _by_ids(
    lambda among: select(Knock.household_id, Knock.day, Knock.outcome, Knock.next_visit_on).where(
        among(Knock.household_id)
    )
)
_KEPT = _by_ids(
    lambda among: select(
        Visit.id,
        Visit.hamlet_code,
        Visit.household_id,
        Visit.content_hash,
        Visit.visited_on,
        Visit.outcome,
        Visit.member_id,
        Visit.said,
    ).where(among(Visit.id))
)
# Asked by itself: as a part of another question PostgreSQL would look through all visits for it.
_CORRECTED = _by_ids(lambda among: select(Visit.supersedes).where(among(Visit.supersedes)))
_SETTLED = _by_ids(
    lambda among: select(Issue.visit_id, Issue.closed_on).where(among(Issue.visit_id), Issue.closed_on.is_not(None))
)


def places_of(session: Session, households: Collection[UUID]) -> dict[UUID, Place]:
    """The hamlets of these households; unknown households are left out."""
    return {id: Place(code, path) for id, code, path in _ask(session, _PLACES, households)}


def with_hamlets_left(session: Session, places: Mapping[UUID, Place]) -> dict[UUID, Place]:
    """These places, each with the hamlets that its household was moved from."""
    left: dict[UUID, tuple[str, ...]] = {}
    for household, path in _ask(session, _LEFT, places):
        left[household] = (*left.get(household, ()), path)
    return {id: replace(place, left=left.get(id, ())) for id, place in places.items()}


def hamlets_of_visits(session: Session, visits: Collection[UUID], *, to: Container[UUID]) -> dict[str, str]:
    """{code: path} of the hamlets where those of these visits were made that name a household of `to`, or none."""
    asked = _ask(session, _HAMLETS, visits)
    return {code: path for household, code, path in asked if household is None or household in to}


def doors_of(session: Session, places: Mapping[UUID, Place]) -> dict[UUID, Door]:
    """These households with all that is known of the knocks on their doors. Their hamlets' locks are held.

    A door's hamlet is another than its place says where the household was moved before the lock was ours.
    """
    doors = {
        row.id: Door(
            row.hamlet_code,
            places[row.id].paths,
            Standing(*row[2:]),
            merged=row.status is HouseholdStatus.MERGED,
        )
        for row in _ask(session, _DOORS, places)
    }
    visited = [id for id, door in doors.items() if door.written.first_knocked_on is not None]
    visits = _ask(session, _VISITS, visited)
    corrected = _corrected(session, [row.id for row in visits])
    for household, id, day, outcome, at, again, said in visits:
        if id not in corrected:
            doors[household].visits[id] = Knocked(day, outcome, at, again, said)
    for household, day, outcome, again in _ask(session, _KNOCKS, visited):
        doors[household].knocks.append(Knocked(day, outcome, None, again))
    return doors


def kept_visits(session: Session, ids: Collection[UUID]) -> dict[UUID, KeptVisit]:
    """Those of these visits that are kept, by id."""
    rows = _ask(session, _KEPT, ids)
    kept = [row.id for row in rows]
    corrected = _corrected(session, kept)
    settled: dict[UUID, list[date]] = {}
    for visit, day in _ask(session, _SETTLED, kept):
        settled.setdefault(visit, []).append(day)
    return {
        id: KeptVisit(hamlet, household, hash_, day, outcome, member, said, id in corrected, tuple(settled.get(id, ())))
        for id, hamlet, household, hash_, day, outcome, member, said in rows
    }


def _corrected(session: Session, visits: Collection[UUID]) -> set[UUID]:
    """Those of these visits that a later one has corrected."""
    found: set[UUID] = set()
    ids = list(visits)
    # A door that was knocked on for years; SQLite takes a limited number of values in one statement.
    for start in range(0, len(ids), 10_000):
        found.update(row[0] for row in _ask(session, _CORRECTED, ids[start : start + 10_000]))
    return found


def _ask(session: Session, question: dict[str, Any], ids: Collection[UUID]) -> Sequence[Any]:
    if not ids:
        return []
    # Of the connection: rows that become no objects need nothing of the session.
    connection = session.connection()
    return connection.execute(question[connection.dialect.name], {"ids": list(ids)}).all()
