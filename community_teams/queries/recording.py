"""What a batch of visits rests on, read for all of it at once. Reach is judged by the ledger it is read for."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from community_teams.domain.household_state import stored_state
from community_teams.domain.households import Knocked, Standing
from community_teams.domain.recording import Door, KeptVisit, VisitHistory
from community_teams.models import Household, HouseholdGone, Issue, Knock, Visit
from community_teams.queries.by_ids import ask, by_ids
from community_teams.queries.heirs import heirs_of, merged_into
from foundation.areas.models import Area


@dataclass(frozen=True)
class Place:
    """The hamlet where visits to a household count. left: paths of the hamlets whose lists it was on before.

    household: the one that stands for it, which is itself unless it was merged.
    """

    household: UUID
    code: str
    path: str
    left: tuple[str, ...] = ()

    @property
    def paths(self) -> tuple[str, ...]:
        return (self.path, *self.left)


_PLACES = by_ids(
    lambda among: (
        select(Household.id, Area.code, Area.path, Household.merged_into)
        .join(Area, Area.code == Household.hamlet_code)
        .where(among(Household.id))
    )
)
_LEFT = by_ids(
    lambda among: (
        select(HouseholdGone.household_id, Area.path)
        .join(Area, Area.code == HouseholdGone.hamlet_code)
        .where(among(HouseholdGone.household_id))
        .order_by(Area.path)
    )
)
_DOORS = by_ids(
    lambda among: select(
        Household.id,
        Household.hamlet_code,
        Household.version,
        Household.state_version,
        Household.state,
        Household.status,
        Household.first_knocked_on,
        Household.first_reached_on,
        Household.last_outcome,
        Household.last_visited_on,
        Household.next_visit_on,
    ).where(among(Household.id), Household.merged_into.is_(None))
)
_VISITS = by_ids(
    lambda among: select(
        Visit.household_id, Visit.id, Visit.visited_on, Visit.outcome, Visit.started_at, Visit.next_visit_on, Visit.said
    ).where(among(Visit.household_id))
)
_HAMLETS = by_ids(
    lambda among: (
        select(Visit.household_id, Area.code, Area.path)
        .join(Area, Area.code == Visit.hamlet_code)
        .where(among(Visit.id))
    )
)
_KNOCKS = by_ids(
    lambda among: select(Knock.household_id, Knock.day, Knock.outcome, Knock.next_visit_on).where(
        among(Knock.household_id)
    )
)
_KEPT = by_ids(
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
_STORED = by_ids(lambda among: select(Visit.id, Visit.content_hash).where(among(Visit.id)))
# Asked by itself: as a part of another question PostgreSQL would look through all visits for it.
_CORRECTED = by_ids(lambda among: select(Visit.supersedes).where(among(Visit.supersedes)))
_SETTLED = by_ids(
    lambda among: select(Issue.visit_id, Issue.closed_on).where(among(Issue.visit_id), Issue.closed_on.is_not(None))
)


def places_of(session: Session, households: Collection[UUID]) -> dict[UUID, Place]:
    """The hamlets of these households; unknown households are left out. A merged one has left its own hamlet's list for
    the place of the one that stands for it."""
    rows = ask(session, _PLACES, households)
    places = {id: Place(id, code, path) for id, code, path, _ in rows}
    heirs = heirs_of(session, {id for id, *_, into in rows if into is not None})
    if heirs:
        standing = {id: Place(id, code, path) for id, code, path, _ in ask(session, _PLACES, set(heirs.values()))}
        places |= {id: replace(standing[heir], left=(places[id].path,)) for id, heir in heirs.items()}
    return places


def with_hamlets_left(session: Session, places: Mapping[UUID, Place]) -> dict[UUID, Place]:
    """These places, each with the hamlets that its household was moved from."""
    left: dict[UUID, tuple[str, ...]] = {}
    for household, path in ask(session, _LEFT, places):
        left[household] = (*left.get(household, ()), path)
    return {id: replace(place, left=(*place.left, *left.get(id, ()))) for id, place in places.items()}


def hamlets_of_visits(session: Session, visits: Collection[UUID], *, to: Mapping[UUID, Place]) -> dict[str, str]:
    """{code: path} of the hamlets where those of these visits were made that name a household of `to`, one that the
    same household stands for, or none."""
    asked = ask(session, _HAMLETS, visits)
    heirs = heirs_of(session, {household for household, *_ in asked if household is not None and household not in to})
    standing = {place.household for place in to.values()}
    return {
        code: path
        for household, code, path in asked
        if household is None or household in to or heirs.get(household, household) in standing
    }


def doors_of(session: Session, households: Collection[UUID]) -> dict[UUID, Door]:
    """These households with the state their visits left them in: one row each, however many visits there were. Their
    hamlets' locks are held. One that was merged itself is left out."""
    doors = {}
    for id, hamlet, version, state_version, stored, *columns in ask(session, _DOORS, households):
        standing = Standing(*columns)
        state = stored_state(standing, stored, valid=version == state_version)
        doors[id] = Door(id, hamlet, standing, state)
    return doors


def histories_of(session: Session, households: Collection[UUID]) -> dict[UUID, VisitHistory]:
    """All visits that count for these households, also those made to households that were merged into them. Their
    hamlets' locks are held.

    households: such as were not merged themselves.
    """
    histories = {id: VisitHistory({id}) for id in households}
    # Each id that visits may name, and the household they count for.
    counted_for = {id: id for id in histories}
    for merged, into in merged_into(session, histories).items():
        histories[into].households.add(merged)
        counted_for[merged] = into
    visits = ask(session, _VISITS, counted_for)
    corrected = _corrected(session, [row.id for row in visits])
    for household, id, day, outcome, at, again, said in visits:
        if id not in corrected:
            histories[counted_for[household]].named[id] = Knocked(day, outcome, at, again, said, id)
    for household, day, outcome, again in ask(session, _KNOCKS, counted_for):
        histories[counted_for[household]].anonymous.append((household, Knocked(day, outcome, None, again)))
    return histories


def kept_visits(session: Session, ids: Collection[UUID]) -> dict[UUID, KeptVisit]:
    """Those of these visits that are kept, by id."""
    rows = ask(session, _KEPT, ids)
    kept = [row.id for row in rows]
    corrected = _corrected(session, kept)
    settled: dict[UUID, list[date]] = {}
    for visit, day in ask(session, _SETTLED, kept):
        settled.setdefault(visit, []).append(day)
    return {
        id: KeptVisit(hamlet, household, hash_, day, outcome, member, said, id in corrected, tuple(settled.get(id, ())))
        for id, hamlet, household, hash_, day, outcome, member, said in rows
    }


def stored_among(session: Session, ids: Collection[UUID]) -> set[tuple[UUID, str]]:
    """Those of these visits that are kept, each with its content hash."""
    return {(id, content_hash) for id, content_hash in ask(session, _STORED, ids)}


def _corrected(session: Session, visits: Collection[UUID]) -> set[UUID]:
    """Those of these visits that a later one has corrected."""
    found: set[UUID] = set()
    ids = list(visits)
    # A door that was knocked on for years; SQLite takes a limited number of values in one statement.
    for start in range(0, len(ids), 10_000):
        found.update(row[0] for row in ask(session, _CORRECTED, ids[start : start + 10_000]))
    return found
