"""Recording a visit from a form: shared by the visit form, the desk and the typing of paper sheets."""

from collections.abc import Mapping

from flask_login import current_user

from community_teams.domain.visits import VisitReport, read_visit
from community_teams.services.recording import record_visit
from community_teams.views.visit_form_data import VisitForm
from foundation import clock
from foundation.accounts.domain.roles import Act
from foundation.accounts.views.access import scope_for
from foundation.problems import Conflict
from foundation.web.body_limits import KB
from foundation.web.database import transaction

# Ten people with all their skills, and the earlier answers about them.
LARGEST_FORM = 256 * KB
MOST_FIELDS = 1_500


def save_visit(record: Mapping[str, object]) -> VisitReport:
    """Validate and record one visit of the signed-in person. record: in the shape of the phone's JSON.

    Raises Invalid and Conflict as read_visit and record_visit do; then nothing is stored.
    """
    now = clock.now()
    report = read_visit(record, now=now)
    with transaction() as writing:
        record_visit(writing, report, member=current_user.id, scope=scope_for(Act.RECORD_VISIT), now=now)
    return report


def become_correction(form: VisitForm, problem: Conflict) -> None:
    """Prepare the form to be sent again after a conflict: it gets a new id.

    If its id was taken, the member had sent it, gone back and changed it: then it supersedes the stored visit.
    """
    if problem.code == "visit_id_taken":
        form["supersedes"] = form["id"]
    form["id"] = ""
