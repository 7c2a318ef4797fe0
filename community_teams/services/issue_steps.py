"""The steps of an issue: writing one, and carrying them over to a visit that corrects another."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from community_teams.domain.codes import IssueStatus
from community_teams.domain.counting import Sum
from community_teams.domain.issues import CLOSED, IssueChange
from community_teams.models import Issue, Visit
from community_teams.models.issue_steps import IssueStep
from community_teams.services import counters
from foundation.clock import day_in_vietnam


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
        latest = latest_step(session, same.id)
        if latest is None or latest_step(session, issue.id) is not None:
            continue
        goes_on = IssueChange.model_construct(
            status=latest.status,
            level=latest.level or issue.level,
            owner=latest.owner,
            due=latest.due,
            note=latest.note,
        )
        take_step(session, issue, goes_on, person=person, now=now)


def take_step(session: Session, issue: Issue, change: IssueChange, *, person: int, now: datetime) -> IssueStep:
    """Write the next step of an issue, whose hamlet is locked, and count what it changes."""
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


def latest_step(session: Session, issue_id: int) -> IssueStep | None:
    latest = select(func.max(IssueStep.id)).where(IssueStep.issue_id == issue_id).scalar_subquery()
    return session.scalar(select(IssueStep).where(IssueStep.id == latest))
