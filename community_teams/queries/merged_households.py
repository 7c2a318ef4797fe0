"""Merged households. Their visits keep their household id, and count for the canonical household.

The canonical household is the one at the end of the chain of `merged_into`.
"""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session, aliased

from community_teams.models import Household
from community_teams.queries.by_ids import by_ids, rows_by_ids
from foundation.areas.domain.scope import Scope
from foundation.areas.models import Area
from foundation.areas.queries import inside

_INTO = by_ids(
    lambda among: select(Household.id, Household.merged_into).where(
        among(Household.id), Household.merged_into.is_not(None)
    )
)
_FROM = by_ids(lambda among: select(Household.id, Household.merged_into).where(among(Household.merged_into)))


def canonical_ids(session: Session, households: Collection[UUID]) -> dict[UUID, UUID]:
    """{merged household: its canonical household}. Households that were not merged are left out."""
    into: dict[UUID, UUID] = {}
    wanted = set(households)
    while wanted:
        found = {id: stays for id, stays in rows_by_ids(session, _INTO, wanted)}  # noqa: C416 - a result is no mapping
        into |= found
        wanted = set(found.values()) - into.keys()
    canonical = {}
    for household in into.keys() & set(households):
        last = into[household]
        while last in into:
            last = into[last]
        canonical[household] = last
    return canonical


def merged_into(session: Session, households: Collection[UUID]) -> dict[UUID, UUID]:
    """{merged household: the one of these that it was merged into}, directly or through others.

    households: ids of households that were not merged.
    """
    return _with_those_below(session, rows_by_ids(session, _FROM, households))


def merged_within(session: Session, scope: Scope, hamlet_code: str) -> dict[UUID, UUID]:
    """The same for all households of a hamlet; {} where it lies outside `scope`. A merged household may be on the list
    of another hamlet, because its canonical one has moved since."""
    canonical = aliased(Household)
    rows = session.execute(
        select(Household.id, Household.merged_into)
        .join(canonical, canonical.id == Household.merged_into)
        .join(Area, Area.code == canonical.hamlet_code)
        .where(canonical.hamlet_code == hamlet_code, canonical.merged_into.is_(None), inside(Area.path, scope))
    ).all()
    return _with_those_below(session, rows)


def merged_at_once(session: Session, household_id: UUID) -> list[Household]:
    """The households that were merged directly into this one, in the order of their codes."""
    merged = select(Household).where(Household.merged_into == household_id)
    return list(session.scalars(merged.order_by(Household.code_key, Household.id)))


def counted_under(household: ColumnElement[bool], merged: Collection[UUID]) -> ColumnElement[bool]:
    """Whether a visit that names a row of `household` counts for what is asked: the household fits `household` and was
    not merged, or it is one of `merged`, as merged_into and merged_within give them."""
    unmerged = and_(household, Household.merged_into.is_(None))
    return or_(unmerged, Household.id.in_(merged)) if merged else unmerged


def _with_those_below(session: Session, rows: Sequence[Any]) -> dict[UUID, UUID]:
    found: dict[UUID, UUID] = {id: into for id, into in rows}  # noqa: C416 - a result is no mapping
    last = found
    while last:
        last = {id: found[into] for id, into in rows_by_ids(session, _FROM, last)}
        found |= last
    return found
