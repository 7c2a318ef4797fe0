"""Moving an issue on, step by step, until the resident says it is settled."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from community_teams.domain.codes import IssueStatus
from community_teams.domain.counting import Sum
from community_teams.domain.issues import CLOSED, IssueChange, next_statuses
from community_teams.models import Issue, Visit
from community_teams.models.issue_steps import IssueStep
from community_teams.queries.visits import NOT_CORRECTED
from community_teams.services import counters
from foundation.areas.domain.scope import Scope
from foundation.areas.models import Area
from foundation.areas.queries import inside
from foundation.clock import day_in_vietnam
from foundation.problems import Conflict, Invalid, NotFound


def change_issue(
    session: Session,
    issue_id: int,
    change: IssueChange,
    *,
    seen_step: int,
    person: int,
    sees: Scope,
    handles: Scope,
    now: datetime,
) -> IssueStep | None:
    """Write the next step of an issue. A change that changes nothing and says nothing writes none.

    seen_step: id of the latest step the person saw, 0 for none. sees, handles: where the person may see issues, and
    where they may take every step; elsewhere only those of next_statuses(handles=False), and nothing but the status.
    Raises NotFound "no_such_issue"; Conflict "issue_changed" when somebody else took a step meanwhile;
    Invalid {"status": "not_a_next_step"}.
    """
    where = session.execute(
        select(Area.code, Area.path).join(Issue, Issue.hamlet_code == Area.code).where(Issue.id == issue_id)
    ).one_or_none()
    if where is not None and sees.covers(where.path):
        # Before the issue itself, as everybody who counts something of a hamlet does.
        counters.lock_hamlets(session, {where.code: where.path}, now=now)
    found = session.execute(
        select(Issue, Area.path)
        .join(Area, Area.code == Issue.hamlet_code)
        .join(Visit, Visit.id == Issue.visit_id)
        .where(Issue.id == issue_id, inside(Area.path, sees), NOT_CORRECTED)
        .with_for_update(of=Issue)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        raise NotFound("no_such_issue")
    issue, path = found
    latest = _latest_step(session, issue.id)
    if (latest.id if latest else 0) != seen_step:
        raise Conflict("issue_changed", id=issue_id)
    may_handle = handles.covers(path)
    if change.status not in next_statuses(issue.status, handles=may_handle):
        raise Invalid({"status": "not_a_next_step"})
    if not may_handle:
        change = IssueChange.model_construct(
            status=change.status,
            level=issue.level,
            owner=latest.owner if latest else "",
            due=issue.due,
            note=change.note,
        )
    before = (issue.status, issue.level, issue.due, latest.owner if latest else "")
    if before == (change.status, change.level, change.due, change.owner) and not change.note:
        return None
    return _step(session, issue, change, person=person, now=now)


def carry_over(session: Session, visit_id: UUID, *, person: int, now: datetime) -> None:
    """Let the issues of a correcting visit go on where those of the corrected one stood, type by type, in their order.

    A visit that corrects none, and an issue that already has a step, are left alone.
    """
    corrected = session.scalar(select(Visit.supersedes).where(Visit.id == visit_id))
    if corrected is None:
        return
    earlier = list(session.scalars(select(Issue).where(Issue.visit_id == corrected).order_by(Issue.id)))
    for issue in session.scalars(select(Issue).where(Issue.visit_id == visit_id).order_by(Issue.id)):
        same = next((old for old in earlier if old.type is issue.type), None)
        if same is None:
            continue
        earlier.remove(same)
        latest = _latest_step(session, same.id)
        if latest is None or _latest_step(session, issue.id) is not None:
            continue
        goes_on = IssueChange.model_construct(
            status=latest.status,
            level=latest.level or issue.level,
            owner=latest.owner,
            due=latest.due,
            note=latest.note,
        )
        _step(session, issue, goes_on, person=person, now=now)


def _step(session: Session, issue: Issue, change: IssueChange, *, person: int, now: datetime) -> IssueStep:
    _count(session, issue, change.status, now)
    issue.status, issue.level, issue.due = change.status, change.level, change.due
    issue.beyond_authority = issue.beyond_authority or change.status is IssueStatus.BEYOND_AUTHORITY
    step = IssueStep(
        issue_id=issue.id,
        person_id=person,
        at=now,
        status=change.status,
        level=change.level,
        owner=change.owner,
        due=change.due,
        note=change.note,
    )
    session.add(step)
    session.flush()
    return step


def _count(session: Session, issue: Issue, status: IssueStatus, now: datetime) -> None:
    """Let the counters of the issue's hamlet, whose lock is held, know that it is settled, or open again."""
    change = Sum()
    if status in CLOSED and issue.closed_on is None:
        issue.closed_on = day_in_vietnam(now)
        change.add_closed_issues(issue.closed_on, 1)
    elif status not in CLOSED and issue.closed_on is not None:
        change.add_closed_issues(issue.closed_on, -1)
        issue.closed_on = None
    else:
        return
    counters.add(session, issue.hamlet_code, change, now=now, last_visit_on=None)


def _latest_step(session: Session, issue_id: int) -> IssueStep | None:
    latest = select(func.max(IssueStep.id)).where(IssueStep.issue_id == issue_id).scalar_subquery()
    return session.scalar(select(IssueStep).where(IssueStep.id == latest))
