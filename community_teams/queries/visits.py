"""Reading visits: those of one household, and those a team made on one day."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased, selectinload

from community_teams.models import Household, Visit
from community_teams.queries.merged_households import merged_into
from foundation.accounts.models import Person
from foundation.areas.domain.scope import Scope
from foundation.areas.models import Area
from foundation.areas.queries import inside

_Correction = aliased(Visit)

# A corrected visit no longer counts.
NOT_CORRECTED = ~select(_Correction.id).where(_Correction.supersedes == Visit.id).correlate(Visit).exists()


@dataclass(frozen=True)
class RecordedVisit:
    """A stored visit. member: display name of who made it. short_code: of the household it was recorded under; None
    where the household may not be named. corrected: whether a later visit supersedes it."""

    visit: Visit
    member: str
    short_code: str | None
    hamlet: Area
    corrected: bool


def visits_of(session: Session, scope: Scope, household_id: UUID, limit: int = 50) -> list[RecordedVisit]:
    """The visits that name this household or one that was merged into it, newest first, corrected ones too."""
    named = [household_id, *merged_into(session, [household_id])]
    return _read_visits(session, scope, [Visit.household_id.in_(named)], limit)


def visits_on(session: Session, scope: Scope, day: date, limit: int = 200) -> list[RecordedVisit]:
    """The visits made within `scope` on one day in Việt Nam, newest first."""
    return _read_visits(session, scope, [Visit.visited_on == day], limit)


def visits_by(session: Session, member_id: int, day: date) -> int:
    """How many visits this member made on one day in Việt Nam; corrected ones do not count."""
    return (
        session.scalar(select(func.count()).where(Visit.member_id == member_id, Visit.visited_on == day, NOT_CORRECTED))
        or 0
    )


def visit(session: Session, scope: Scope, visit_id: UUID) -> RecordedVisit | None:
    """One visit, if its hamlet lies within `scope`."""
    found = _read_visits(session, scope, [Visit.id == visit_id], 1)
    return found[0] if found else None


def _read_visits(session: Session, scope: Scope, conditions: list, limit: int) -> list[RecordedVisit]:  # type: ignore[type-arg]
    rows = session.execute(
        select(Visit, Person.display_name, Household.short_code, Area, ~NOT_CORRECTED)
        .join(Area, Area.code == Visit.hamlet_code)
        .join(Person, Person.id == Visit.member_id)
        .outerjoin(Household, Household.id == Visit.household_id)
        .where(*conditions, inside(Area.path, scope))
        .order_by(Visit.started_at.desc(), Visit.id.desc())
        .limit(limit)
        .options(selectinload(Visit.people), selectinload(Visit.issues))
    )
    return [RecordedVisit(*row) for row in rows]
