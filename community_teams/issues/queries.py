"""Reads issues: those of an area with their status, one issue, and its steps."""

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


class IssueFilter(StrEnum):
    """Which issues a list shows; the value is its name in the address."""

    OPEN = "con-mo"
    OVERDUE = "qua-han"
    BEYOND = "vuot-tham-quyen"
    TO_CONFIRM = "cho-xac-nhan"
    CONFIRMED = "da-xong"
    ALL = "tat-ca"


@dataclass(frozen=True)
class ListedIssue:
    """An issue with its hamlet and household. owner: of the latest step, "" when nobody handles it yet.

    household, short_code: of the canonical household; None where the family did not agree to be written down.
    """

    issue: Issue
    hamlet: Area
    household: UUID | None
    short_code: str | None
    owner: str
    overdue: bool


@dataclass(frozen=True)
class ListedStep:
    at: datetime
    who: str
    step: IssueStep


# The latest step of an issue; the list shows its owner.
_latest = select(func.max(IssueStep.id)).where(IssueStep.issue_id == Issue.id).correlate(Issue).scalar_subquery()


def issues(
    session: Session,
    scope: Scope,
    shown: IssueFilter,
    *,
    today: date,
    area_code: str = "",
    type: IssueType | None = None,
    first: int = 0,
    limit: int = PAGE,
) -> list[ListedIssue]:
    """Issues of hamlets within `scope`, those due first, then the oldest; at most `limit`, from `first`.

    area_code: of a hamlet or a commune, to see its issues alone; "" for all of `scope`.
    Issues of a visit that was corrected are left out: the correction has its own.
    """
    conditions = [_shown(shown, today), _of(area_code, type)]
    no_day = case((Issue.due.is_(None), 1), else_=0)
    order = (no_day, Issue.due, Issue.opened_on, Issue.id)
    return _listed_issues(session, scope, conditions, order, today, limit, first)


def issue(session: Session, scope: Scope, issue_id: int, today: date) -> ListedIssue | None:
    """One issue, if its hamlet lies within `scope` and its visit was not corrected."""
    found = _listed_issues(session, scope, [Issue.id == issue_id], (Issue.id,), today, 1, 0)
    return found[0] if found else None


def issue_counts(
    session: Session, scope: Scope, *, today: date, area_code: str = "", type: IssueType | None = None
) -> Mapping[IssueFilter, int]:
    """How many issues each filter shows."""
    counts = session.execute(
        select(*(func.count(case((_shown(shown, today), 1))) for shown in IssueFilter))
        .select_from(Issue)
        .join(Area, Area.code == Issue.hamlet_code)
        .join(Visit, Visit.id == Issue.visit_id)
        .where(inside(Area.path, scope), NOT_CORRECTED, _of(area_code, type))
    ).one()
    return dict(zip(IssueFilter, counts, strict=True))


def areas_with_issues(session: Session, scope: Scope) -> list[Area]:
    """The hamlets within `scope` with any issue, in Vietnamese order; before them their communes, if more than one."""
    order = (Area.sort_key, Area.code)
    with_issues = select(Area).where(Area.code.in_(select(Issue.hamlet_code)), inside(Area.path, scope))
    hamlets = session.scalars(with_issues.order_by(*order)).all()
    around = {hamlet.parent_code for hamlet in hamlets}
    communes = session.scalars(select(Area).where(Area.code.in_(around)).order_by(*order)) if len(around) > 1 else ()
    return [*communes, *hamlets]


def steps(session: Session, issue_id: int) -> list[ListedStep]:
    """The steps of an issue, newest first. The caller has checked that the reader may see the issue."""
    rows = session.execute(
        select(IssueStep, Person.display_name)
        .join(Person, Person.id == IssueStep.person_id)
        .where(IssueStep.issue_id == issue_id)
        .order_by(IssueStep.id.desc())
    )
    return [ListedStep(step.at, who, step) for step, who in rows]


def _listed_issues(
    session: Session,
    scope: Scope,
    conditions: Sequence[ColumnElement[bool]],
    order: Sequence[object],
    today: date,
    limit: int,
    first: int,
) -> list[ListedIssue]:
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
    canonical = _canonical_of(session, {household for _, _, household, _, into, _ in rows if into is not None})
    return [
        ListedIssue(
            issue,
            area,
            *canonical.get(household, (household, short_code)),
            owner or "",
            is_overdue(issue.status, issue.due, today),
        )
        for issue, area, household, short_code, _, owner in rows
    ]


def _canonical_of(session: Session, merged: Collection[UUID]) -> dict[UUID | None, tuple[UUID, str]]:
    """The canonical household of each of these, with its short code."""
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


def _shown(shown: IssueFilter, today: date) -> ColumnElement[bool]:
    still_open = Issue.status.not_in(CLOSED)
    return {
        IssueFilter.OPEN: still_open,
        IssueFilter.OVERDUE: and_(still_open, Issue.due < today),
        IssueFilter.BEYOND: and_(still_open, Issue.status == IssueStatus.BEYOND_AUTHORITY),
        IssueFilter.TO_CONFIRM: Issue.status == IssueStatus.RESOLVED,
        IssueFilter.CONFIRMED: Issue.status == IssueStatus.CONFIRMED,
        IssueFilter.ALL: true(),
    }[shown]
