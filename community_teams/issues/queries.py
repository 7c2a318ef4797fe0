"""Reading issues: those of an area with where they stand, one of them, and the steps it went through."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, func, or_, select, true
from sqlalchemy.orm import Session

from community_teams.domain.codes import IssueStatus, IssueType
from community_teams.domain.issues import CLOSED, is_overdue
from community_teams.models import Household, Issue, Visit
from community_teams.models.issue_steps import IssueStep
from community_teams.queries.merged_households import canonical_ids
from community_teams.queries.visits import NOT_CORRECTED
from foundation.accounts.models import Person
from foundation.areas.domain.scope import Scope
from foundation.areas.models import Area
from foundation.areas.queries import inside

PAGE = 100


class Shown(StrEnum):
    """Which issues a list shows; the value is its name in the address."""

    OPEN = "con-mo"
    OVERDUE = "qua-han"
    BEYOND = "vuot-tham-quyen"
    TO_CONFIRM = "cho-xac-nhan"
    CONFIRMED = "da-xong"
    ALL = "tat-ca"


@dataclass(frozen=True)
class IssueSeen:
    """An issue with where it is from. owner: as the latest step says, "" when nobody has taken it on.

    household, short_code: of the household that stands for the one it was told of; None where the family did not want
    it written down.
    """

    issue: Issue
    hamlet: Area
    household: UUID | None
    short_code: str | None
    owner: str
    overdue: bool


@dataclass(frozen=True)
class StepSeen:
    at: datetime
    who: str
    step: IssueStep


# The step that an issue's list line is read from.
_latest = select(func.max(IssueStep.id)).where(IssueStep.issue_id == Issue.id).correlate(Issue).scalar_subquery()


def issues(
    session: Session,
    scope: Scope,
    shown: Shown,
    *,
    today: date,
    area_code: str = "",
    type: IssueType | None = None,
    first: int = 0,
    limit: int = PAGE,
) -> list[IssueSeen]:
    """Issues of hamlets within `scope`, those due first, then the oldest; at most `limit`, from `first`.

    area_code: of a hamlet or a commune, to see its issues alone; "" for all of `scope`.
    Issues of a visit that was corrected are left out: the correction tells of them anew.
    """
    conditions = [_shown(shown, today), _of(area_code, type)]
    no_day = case((Issue.due.is_(None), 1), else_=0)
    order = (no_day, Issue.due, Issue.opened_on, Issue.id)
    return _seen(session, scope, conditions, order, today, limit, first)


def issue(session: Session, scope: Scope, issue_id: int, today: date) -> IssueSeen | None:
    """One issue, if its hamlet lies within `scope` and its visit was not corrected."""
    found = _seen(session, scope, [Issue.id == issue_id], (Issue.id,), today, 1, 0)
    return found[0] if found else None


def issue_counts(
    session: Session, scope: Scope, *, today: date, area_code: str = "", type: IssueType | None = None
) -> Mapping[Shown, int]:
    """How many issues each list shows."""
    counts = session.execute(
        select(*(func.count(case((_shown(shown, today), 1))) for shown in Shown))
        .select_from(Issue)
        .join(Area, Area.code == Issue.hamlet_code)
        .join(Visit, Visit.id == Issue.visit_id)
        .where(inside(Area.path, scope), NOT_CORRECTED, _of(area_code, type))
    ).one()
    return dict(zip(Shown, counts, strict=True))


def areas_with_issues(session: Session, scope: Scope) -> list[Area]:
    """The hamlets within `scope` that any issue is from, in Vietnamese order; their communes first where several."""
    order = (Area.sort_key, Area.code)
    with_issues = select(Area).where(Area.code.in_(select(Issue.hamlet_code)), inside(Area.path, scope))
    hamlets = session.scalars(with_issues.order_by(*order)).all()
    around = {hamlet.parent_code for hamlet in hamlets}
    communes = session.scalars(select(Area).where(Area.code.in_(around)).order_by(*order)) if len(around) > 1 else ()
    return [*communes, *hamlets]


def steps(session: Session, issue_id: int) -> list[StepSeen]:
    """The steps of an issue that the reader may see, newest first."""
    rows = session.execute(
        select(IssueStep, Person.display_name)
        .join(Person, Person.id == IssueStep.person_id)
        .where(IssueStep.issue_id == issue_id)
        .order_by(IssueStep.id.desc())
    )
    return [StepSeen(step.at, who, step) for step, who in rows]


def _seen(
    session: Session,
    scope: Scope,
    conditions: Sequence[ColumnElement[bool]],
    order: Sequence[object],
    today: date,
    limit: int,
    first: int,
) -> list[IssueSeen]:
    rows = session.execute(
        select(Issue, Area, Household.id, Household.short_code, Household.merged_into, IssueStep.owner)
        .join(Area, Area.code == Issue.hamlet_code)
        .join(Visit, Visit.id == Issue.visit_id)
        .outerjoin(Household, Household.id == Issue.household_id)
        .outerjoin(IssueStep, IssueStep.id == _latest)
        .where(*conditions, inside(Area.path, scope), NOT_CORRECTED)
        .order_by(*order)  # type: ignore[arg-type]
        .offset(first)
        .limit(limit)
    ).all()
    canonical = _canonical_of(session, {told for _, _, told, _, into, _ in rows if into is not None})
    return [
        IssueSeen(
            issue,
            area,
            *canonical.get(told, (told, short_code)),
            owner or "",
            is_overdue(issue.status, issue.due, today),
        )
        for issue, area, told, short_code, _, owner in rows
    ]


def _canonical_of(session: Session, merged: Collection[UUID]) -> dict[UUID | None, tuple[UUID, str]]:
    """Who stands for each of these households, with the code."""
    if not merged:
        return {}
    canonical = canonical_ids(session, merged)
    codes = select(Household.id, Household.short_code).where(Household.id.in_(set(canonical.values())))
    named = {id: (id, code) for id, code in session.execute(codes)}
    return {household: named[id] for household, id in canonical.items()}


def _of(area_code: str, type: IssueType | None) -> ColumnElement[bool]:
    return and_(
        true(),
        or_(Issue.hamlet_code == area_code, Area.parent_code == area_code) if area_code else true(),
        Issue.type == type if type else true(),
    )


def _shown(shown: Shown, today: date) -> ColumnElement[bool]:
    still_open = Issue.status.not_in(CLOSED)
    return {
        Shown.OPEN: still_open,
        Shown.OVERDUE: and_(still_open, Issue.due < today),
        Shown.BEYOND: and_(still_open, Issue.status == IssueStatus.BEYOND_AUTHORITY),
        Shown.TO_CONFIRM: Issue.status == IssueStatus.RESOLVED,
        Shown.CONFIRMED: Issue.status == IssueStatus.CONFIRMED,
        Shown.ALL: true(),
    }[shown]
