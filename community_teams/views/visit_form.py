"""Recording one visit: the form, its submission, and the page that confirms it."""

from collections.abc import Mapping
from uuid import UUID

from flask import current_app, redirect, render_template, request, url_for
from flask_login import current_user
from uuid_utils.compat import uuid7
from werkzeug import Response

from community_teams.blueprints import teams_blueprint
from community_teams.domain import codes
from community_teams.domain.visits import CONSENT_TEXT_VERSION, MOST_ISSUES, MOST_PEOPLE
from community_teams.models import Household
from community_teams.queries import households as queries
from community_teams.queries import visits
from community_teams.queries.known import known_of
from community_teams.views.households import canonical_household_or_404, household_or_404
from community_teams.views.recording import LARGEST_FORM, MOST_FIELDS, become_correction, save_visit
from community_teams.views.visit_answers import (
    LANGUAGES,
    as_record,
    faulty_parts,
    form_from_visit,
    hidden_fields,
    local_time,
)
from community_teams.views.visit_form_data import (
    VisitForm,
    answers_of_today,
    form_from_known,
    form_from_request,
    rows_filled,
)
from foundation import clock
from foundation.accounts.domain.roles import Act
from foundation.accounts.views.access import may, scope_for
from foundation.areas.models import Area
from foundation.problems import Conflict, Invalid, NotFound
from foundation.web.body_limits import takes
from foundation.web.database import session


@teams_blueprint.get("/doi-so/ho/<uuid:household_id>/tham")
@may(Act.RECORD_VISIT)
def ask_visit(household_id: UUID) -> Response | str:
    """The form: with earlier answers, empty (?trong), or with the answers of a visit to correct (?sua=<visit>)."""
    household, hamlet = household_or_404(household_id, Act.RECORD_VISIT)
    if "sua" in request.args:
        return show_form(household, hamlet, _answers_of(request.args["sua"], household), {})
    if household.merged_into is not None:
        canonical, _ = canonical_household_or_404(household_id, Act.RECORD_VISIT)
        return redirect(url_for(".ask_visit", household_id=canonical.id), 303)
    known = None if "trong" in request.args else known_of(session(), scope_for(Act.RECORD_VISIT), household_id)
    return show_form(household, hamlet, form_from_known(known, _beginning(household)), {})


@teams_blueprint.post("/doi-so/ho/<uuid:household_id>/tham")
@takes(LARGEST_FORM, fields=MOST_FIELDS)
@may(Act.RECORD_VISIT)
def submit_visit(household_id: UUID) -> Response | tuple[str, int]:
    household, hamlet = household_or_404(household_id, Act.RECORD_VISIT)
    form = form_from_request(request.form)
    try:
        report = save_visit(as_record(answers_of_today(form), household_id))
    except Invalid as problem:
        return show_form(household, hamlet, form, problem.fields), problem.status
    except Conflict as problem:
        become_correction(form, problem)
        return show_form(household, hamlet, form, {}, conflict=problem.code), problem.status
    return redirect(url_for(".show_recorded_visit", household_id=household_id, visit_id=report.id), 303)


@teams_blueprint.get("/doi-so/ho/<uuid:household_id>/da-ghi/<uuid:visit_id>")
@may(Act.RECORD_VISIT)
def show_recorded_visit(household_id: UUID, visit_id: UUID) -> str:
    household, hamlet = canonical_household_or_404(household_id, Act.RECORD_VISIT)
    recorded = visits.visit(session(), scope_for(Act.RECORD_VISIT), visit_id)
    if recorded is None or recorded.visit.household_id not in {None, household_id, household.id}:
        raise NotFound("no_such_visit")
    return render_template(
        "community_teams/visit_recorded.html",
        household=household,
        hamlet=hamlet,
        visit=recorded.visit,
        today=visits.visits_by(session(), current_user.id, clock.day_in_vietnam(clock.now())),
        left=queries.left_in(session(), hamlet.code),
        next_door=queries.next_left(session(), household),
    )


def _beginning(household: Household) -> dict[str, str]:
    visit_type = codes.VisitType.FIRST if household.last_outcome is None else codes.VisitType.AGAIN
    return {
        "started_at": local_time(clock.now()),
        "consent.how": codes.ConsentHow.SPOKEN.value,
        "visit_type": visit_type.value,
    }


def show_form(
    household: Household,
    hamlet: Area,
    form: VisitForm,
    faults: Mapping[str, str],
    *,
    conflict: str = "",
    action: str = "",
) -> str:
    """The page with the visit form.

    form: what was typed so far; all of it is shown again. conflict: code of a conflict with a stored visit; "" for
    none. action: the address it is sent to; by default it is recorded as a visit of the signed-in member.
    """
    visit_id = form.get("id", "")
    return render_template(
        "community_teams/visit.html",
        household=household,
        hamlet=hamlet,
        form=form,
        faults=faults,
        parts=faulty_parts(faults),
        conflict=conflict,
        action=action or url_for("teams.submit_visit", household_id=household.id),
        # Made with the form, so that a double tap counts once.
        visit_id=visit_id if visit_id and "id" not in faults else uuid7(),
        latest_start=local_time(clock.now()),
        today=clock.day_in_vietnam(clock.now()),
        people=min(max(1, rows_filled(form, "people")), MOST_PEOPLE),
        most_people=MOST_PEOPLE,
        issues=min(max(1, rows_filled(form, "issues")), MOST_ISSUES),
        most_issues=MOST_ISSUES,
        languages=LANGUAGES,
        courses=current_app.extensions["catalogue"].courses,
        hidden_fields=hidden_fields(form),
        consent_text=form.get("consent.text_version") or CONSENT_TEXT_VERSION,
    )


def _answers_of(typed_id: str, household: Household) -> VisitForm:
    try:
        visit_id = UUID(typed_id)
    except ValueError:
        raise NotFound("no_such_visit") from None
    recorded = visits.visit(session(), scope_for(Act.RECORD_VISIT), visit_id)
    if recorded is None or recorded.visit.household_id != household.id or recorded.corrected:
        raise NotFound("no_such_visit")
    answers = VisitForm(form_from_visit(recorded.visit).items(multi=True))
    answers["supersedes"] = str(visit_id)
    return answers
