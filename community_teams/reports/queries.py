"""Reads the part of a report besides coverage: counts of the issues still open; never a single household.

Issues of a visit that was corrected are left out: the correction has its own.
"""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from community_teams.domain.codes import IssueLevel, IssueStatus, IssueType
from community_teams.domain.issues import CLOSED
from community_teams.models import Issue, Visit
from community_teams.queries.visits import NOT_CORRECTED
from foundation.areas.domain.scope import Scope
from foundation.areas.models import Area
from foundation.areas.queries import inside


@dataclass(frozen=True)
class OpenIssues:
    """Issues of one type that are not closed. hamlets: how many hamlets they are from."""

    type: IssueType
    issues: int
    hamlets: int


@dataclass(frozen=True)
class Petition:
    """Open issues beyond the authority of the place. level: who can settle them, as the team sees it; None: unknown."""

    type: IssueType
    level: IssueLevel | None
    issues: int
    hamlets: int


def open_issues(session: Session, scope: Scope, path: str) -> list[OpenIssues]:
    """Open issues within `scope` and beneath the area at `path`, most frequent first."""
    rows = session.execute(
        select(Issue.type, func.count().label("issues"), func.count(Issue.hamlet_code.distinct()))
        .join(Area, Area.code == Issue.hamlet_code)
        .join(Visit, Visit.id == Issue.visit_id)
        .where(Issue.status.not_in(CLOSED), NOT_CORRECTED, inside(Area.path, scope), inside(Area.path, Scope((path,))))
        .group_by(Issue.type)
        .order_by(func.count().desc(), Issue.type)
    )
    return [OpenIssues(*row) for row in rows]


def petitions(session: Session, scope: Scope, path: str) -> list[Petition]:
    """Open issues beyond the authority of the place, within `scope` and beneath `path`, most frequent first.

    By the flag on the issue, or by its status.
    """
    rows = session.execute(
        select(Issue.type, Issue.level, func.count(), func.count(Issue.hamlet_code.distinct()))
        .join(Area, Area.code == Issue.hamlet_code)
        .join(Visit, Visit.id == Issue.visit_id)
        .where(
            Issue.status.not_in(CLOSED),
            NOT_CORRECTED,
            Issue.beyond_authority | (Issue.status == IssueStatus.BEYOND_AUTHORITY),
            inside(Area.path, scope),
            inside(Area.path, Scope((path,))),
        )
        .group_by(Issue.type, Issue.level)
        .order_by(func.count().desc(), Issue.type, Issue.level)
    )
    return [Petition(*row) for row in rows]
