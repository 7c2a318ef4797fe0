"""Adds steps to an issue, until the resident confirms that it is settled."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from community_teams.domain.issues import IssueChange, next_statuses
from community_teams.models import Issue, Visit
from community_teams.models.issue_steps import IssueStep
from community_teams.queries.visits import NOT_CORRECTED
from community_teams.services import counters
from community_teams.services.issue_steps import latest_step, take_step
from foundation.areas.domain.scope import Scope
from foundation.areas.models import Area
from foundation.areas.queries import inside
from foundation.problems import Conflict, Invalid, NotFound


def change_issue(
    session: Session,
    issue_id: int,
    change: IssueChange,
    *,
    expected_step: int,
    person: int,
    sees: Scope,
    handles: Scope,
    now: datetime,
) -> IssueStep | None:
    """Write the next step of an issue. A change without a difference and without a note writes none and returns None.

    expected_step: id of the latest step on the person's page, 0 for none. sees: where the person may see issues.
    handles: where they may take every step; elsewhere only the statuses of next_statuses(handles=False), and no other
    field. Raises NotFound "no_such_issue"; Conflict "issue_changed" when somebody else has added a step since;
    Invalid {"status": "not_a_next_step"}.
    """
    where = session.execute(
        select(Area.code, Area.path).join(Issue, Issue.hamlet_code == Area.code).where(Issue.id == issue_id)
    ).one_or_none()
    if where is not None and sees.covers(where.path):
        # Lock the hamlet before the issue, in the same order as all code that counts: no deadlocks.
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
    latest = latest_step(session, issue.id)
    if (latest.id if latest else 0) != expected_step:
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
    return take_step(session, issue, change, person=person, now=now)
