"""Which household stands for one that was merged. Its visits stay told under it, and count for the one that stands."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session, aliased

from community_teams.models import Household
from community_teams.queries.by_ids import ask, by_ids
from foundation.areas.domain.scope import Scope
from foundation.areas.models import Area
from foundation.areas.queries import inside

_INTO = by_ids(
    lambda among: select(Household.id, Household.merged_into).where(
        among(Household.id), Household.merged_into.is_not(None)
    )
)
_FROM = by_ids(lambda among: select(Household.id, Household.merged_into).where(among(Household.merged_into)))


def heirs_of(session: Session, households: Collection[UUID]) -> dict[UUID, UUID]:
    """{household: the one that stands for it} of those that were merged: the end of the chain. Others are left out."""
    into: dict[UUID, UUID] = {}
    wanted = set(households)
    while wanted:
        found = {id: stays for id, stays in ask(session, _INTO, wanted)}  # noqa: C416 - a result is no mapping
        into |= found
        wanted = set(found.values()) - into.keys()
    heirs = {}
    for household in into.keys() & set(households):
        heir = into[household]
        while heir in into:
            heir = into[heir]
        heirs[household] = heir
    return heirs


def merged_into(session: Session, households: Collection[UUID]) -> dict[UUID, UUID]:
    """{merged household: that one of these which stands for it}, at once or through others.

    households: such as stand for themselves.
    """
    return _with_those_below(session, ask(session, _FROM, households))


def merged_within(session: Session, scope: Scope, hamlet_code: str) -> dict[UUID, UUID]:
    """The same for all households of a hamlet; nothing where it lies outside `scope`. A merged one may be on the list
    of another hamlet: the one that stands for it has moved since."""
    heir = aliased(Household)
    rows = session.execute(
        select(Household.id, Household.merged_into)
        .join(heir, heir.id == Household.merged_into)
        .join(Area, Area.code == heir.hamlet_code)
        .where(heir.hamlet_code == hamlet_code, heir.merged_into.is_(None), inside(Area.path, scope))
    ).all()
    return _with_those_below(session, rows)


def merged_at_once(session: Session, household_id: UUID) -> list[Household]:
    """The households that somebody merged into this very one, in the order of their codes."""
    merged = select(Household).where(Household.merged_into == household_id)
    return list(session.scalars(merged.order_by(Household.code_key, Household.id)))


def told_under(household: ColumnElement[bool], merged: Collection[UUID]) -> ColumnElement[bool]:
    """Whether a row of `household` that a visit names counts for what is asked: it stands for itself and fits
    `household`, or is one of `merged`, as merged_into and merged_within give them."""
    stands = and_(household, Household.merged_into.is_(None))
    return or_(stands, Household.id.in_(merged)) if merged else stands


def _with_those_below(session: Session, rows: Sequence[Any]) -> dict[UUID, UUID]:
    found: dict[UUID, UUID] = {id: into for id, into in rows}  # noqa: C416 - a result is no mapping
    last = found
    while last:
        last = {id: found[into] for id, into in ask(session, _FROM, last)}
        found |= last
    return found
