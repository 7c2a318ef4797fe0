"""Reads what a batch of visits is judged by, for the whole batch at once. Scopes are checked by the caller."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from community_teams.domain.household_state import stored_state
from community_teams.domain.households import HouseholdSummary, VisitEvent
from community_teams.domain.visit_batch import StoredVisit, VisitedHousehold, VisitHistory
from community_teams.models import AnonymousVisit, Household, HouseholdGone, Issue, Visit
from community_teams.queries.by_ids import by_ids, rows_by_ids
from community_teams.queries.merged_households import canonical_ids, merged_into
from foundation.areas.models import Area


@dataclass(frozen=True)
class HouseholdPlace:
    """Where visits to a household count.

    household: the canonical one, which is the household itself unless it was merged. code, path: of its hamlet.
    left: paths of the hamlets whose lists it was on before.
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
_HOUSEHOLDS = by_ids(
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
        Visit.household_id,
        Visit.id,
        Visit.visited_on,
        Visit.outcome,
        Visit.started_at,
        Visit.next_visit_on,
        Visit.summary_counts,
    ).where(among(Visit.household_id))
)
_HAMLETS = by_ids(
    lambda among: (
        select(Visit.household_id, Area.code, Area.path)
        .join(Area, Area.code == Visit.hamlet_code)
        .where(among(Visit.id))
    )
)
_ANONYMOUS = by_ids(
    lambda among: select(
        AnonymousVisit.household_id, AnonymousVisit.day, AnonymousVisit.outcome, AnonymousVisit.next_visit_on
    ).where(among(AnonymousVisit.household_id))
)
_STORED_VISITS = by_ids(
    lambda among: select(
        Visit.id,
        Visit.hamlet_code,
        Visit.household_id,
        Visit.content_hash,
        Visit.visited_on,
        Visit.outcome,
        Visit.member_id,
        Visit.summary_counts,
    ).where(among(Visit.id))
)
_CONTENT_HASHES = by_ids(lambda among: select(Visit.id, Visit.content_hash).where(among(Visit.id)))
# A statement of its own: inside a larger one PostgreSQL read all visits for it.
_CORRECTED = by_ids(lambda among: select(Visit.supersedes).where(among(Visit.supersedes)))
_SETTLED = by_ids(
    lambda among: select(Issue.visit_id, Issue.closed_on).where(among(Issue.visit_id), Issue.closed_on.is_not(None))
)


def household_places(session: Session, households: Collection[UUID]) -> dict[UUID, HouseholdPlace]:
    """Where these households are; unknown ids are left out. A merged household is where its canonical one is, and has
    left its own hamlet."""
    rows = rows_by_ids(session, _PLACES, households)
    places = {id: HouseholdPlace(id, code, path) for id, code, path, _ in rows}
    merged = {id for id, *_, into in rows if into is not None}
    if merged:
        canonical = canonical_ids(session, merged)
        found = {
            id: HouseholdPlace(id, code, path)
            for id, code, path, _ in rows_by_ids(session, _PLACES, set(canonical.values()))
        }
        places |= {id: replace(found[stands_for], left=(places[id].path,)) for id, stands_for in canonical.items()}
    return places


def with_hamlets_left(session: Session, places: Mapping[UUID, HouseholdPlace]) -> dict[UUID, HouseholdPlace]:
    """The same places, each with the hamlets that its household was moved from in `left`."""
    left: dict[UUID, tuple[str, ...]] = {}
    for household, path in rows_by_ids(session, _LEFT, places):
        left[household] = (*left.get(household, ()), path)
    return {id: replace(place, left=(*place.left, *left.get(id, ()))) for id, place in places.items()}


def hamlets_of_visits(
    session: Session, visits: Collection[UUID], *, to: Mapping[UUID, HouseholdPlace]
) -> dict[str, str]:
    """{code: path} of the hamlets where these visits were made, of those visits that name no household, one of `to`, or
    one with the same canonical household as one of `to`."""
    if not visits:
        return {}
    rows = rows_by_ids(session, _HAMLETS, visits)
    canonical = canonical_ids(
        session, {household for household, *_ in rows if household is not None and household not in to}
    )
    visited = {place.household for place in to.values()}
    return {
        code: path
        for household, code, path in rows
        if household is None or household in to or canonical.get(household, household) in visited
    }


def visited_households(session: Session, households: Collection[UUID]) -> dict[UUID, VisitedHousehold]:
    """These households with their stored state: one row each, however many visits there were. Merged households are
    left out. The locks of their hamlets are held."""
    found = {}
    for id, hamlet, version, state_version, stored, *columns in rows_by_ids(session, _HOUSEHOLDS, households):
        summary = HouseholdSummary(*columns)
        state = stored_state(summary, stored, valid=version == state_version)
        found[id] = VisitedHousehold(id, hamlet, summary, state)
    return found


def histories_of(session: Session, households: Collection[UUID]) -> dict[UUID, VisitHistory]:
    """All visits that count for these households, those to households merged into them included. The locks of their
    hamlets are held.

    households: ids of households that were not merged.
    """
    if not households:
        return {}
    histories = {id: VisitHistory({id}) for id in households}
    # Each id that visits may name, and the household they count for.
    counted_for = {id: id for id in histories}
    for merged, into in merged_into(session, histories).items():
        histories[into].households.add(merged)
        counted_for[merged] = into
    visits = rows_by_ids(session, _VISITS, counted_for)
    corrected = _corrected(session, [row.id for row in visits])
    for household, id, day, outcome, at, again, summary_counts in visits:
        if id not in corrected:
            histories[counted_for[household]].named[id] = VisitEvent(day, outcome, at, again, summary_counts, id)
    for household, day, outcome, again in rows_by_ids(session, _ANONYMOUS, counted_for):
        histories[counted_for[household]].anonymous.append((household, VisitEvent(day, outcome, None, again)))
    return histories


def stored_visits(session: Session, ids: Collection[UUID]) -> dict[UUID, StoredVisit]:
    """Those of these visits that are stored already, by id."""
    rows = rows_by_ids(session, _STORED_VISITS, ids)
    stored = [row.id for row in rows]
    corrected = _corrected(session, stored)
    settled: dict[UUID, list[date]] = {}
    for visit, day in rows_by_ids(session, _SETTLED, stored):
        settled.setdefault(visit, []).append(day)
    return {
        id: StoredVisit(
            hamlet, household, hash_, day, outcome, member, summary_counts, id in corrected, tuple(settled.get(id, ()))
        )
        for id, hamlet, household, hash_, day, outcome, member, summary_counts in rows
    }


def stored_among(session: Session, ids: Collection[UUID]) -> set[tuple[UUID, str]]:
    """Those of these visits that are stored, each with its content hash."""
    return {(id, content_hash) for id, content_hash in rows_by_ids(session, _CONTENT_HASHES, ids)}


def _corrected(session: Session, visits: Collection[UUID]) -> set[UUID]:
    """Those of these visits that a later one has corrected."""
    found: set[UUID] = set()
    ids = list(visits)
    # A household visited for years may have many; SQLite takes a limited number of values in one statement.
    for start in range(0, len(ids), 10_000):
        found.update(row[0] for row in rows_by_ids(session, _CORRECTED, ids[start : start + 10_000]))
    return found
