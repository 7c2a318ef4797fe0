"""What the form, the desk and the typing-in of paper do alike: read what was told, and keep it."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from flask_login import current_user

from community_teams.domain.visits import VisitReport, read_visit
from community_teams.services.visits import record_visit
from community_teams.views.visit_told import Told
from foundation import clock
from foundation.accounts.domain.roles import Act
from foundation.accounts.views.access import scope_for
from foundation.problems import Conflict
from foundation.web.body_limits import KB
from foundation.web.database import transaction

# Ten people with all their skills, and what earlier visits told of them beside it.
LARGEST_FORM = 256 * KB
MOST_FIELDS = 1_500


def keep_told(record: Mapping[str, object], add: Callable[[Any], UUID] | None = None) -> VisitReport:
    """Read and keep one visit, by the person signed in. record: the phone's JSON. add: puts the household on its list
    first, in the session it is given, and returns its id.

    Raises Invalid and Conflict as read_visit and record_visit do; nothing is kept then.
    """
    now = clock.now()
    report = read_visit(record, now=now)
    with transaction() as writing:
        if add is not None:
            report = report.model_copy(update={"household": add(writing)})
        record_visit(writing, report, member=current_user.id, scope=scope_for(Act.RECORD_VISIT), now=now)
    return report


def become_correction(told: Told, problem: Conflict) -> None:
    """Sent, then gone back and changed: what is kept stays, and this becomes its correction if the visitor says so."""
    if problem.code == "visit_id_taken":
        told["supersedes"] = told["id"]
    told["id"] = ""
