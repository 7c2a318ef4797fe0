"""Recording a visit from a form: what the visit form, the desk and the typing-in of paper have in common."""

from collections.abc import Mapping

from flask_login import current_user

from community_teams.domain.visits import VisitReport, read_visit
from community_teams.services.recording import record_visit
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


def save_visit(record: Mapping[str, object]) -> VisitReport:
    """Read and record one visit of the person signed in. record: in the form of the phone's JSON.

    Raises Invalid and Conflict as read_visit and record_visit do; nothing is stored then.
    """
    now = clock.now()
    report = read_visit(record, now=now)
    with transaction() as writing:
        record_visit(writing, report, member=current_user.id, scope=scope_for(Act.RECORD_VISIT), now=now)
    return report


def become_correction(told: Told, problem: Conflict) -> None:
    """Sent, then gone back and changed: the stored visit stays, and this corrects it if the visitor says so."""
    if problem.code == "visit_id_taken":
        told["supersedes"] = told["id"]
    told["id"] = ""
