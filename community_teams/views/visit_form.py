"""Recording one visit: the form, what becomes of it, and the page that says it is counted."""

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
from community_teams.views.households import household_or_404, standing_or_404
from community_teams.views.recording import LARGEST_FORM, MOST_FIELDS, become_correction, save_visit
from community_teams.views.visit_answers import (
    LANGUAGES,
    as_form,
    as_record,
    carried,
    faulty_parts,
    local_time,
)
from community_teams.views.visit_told import Told, as_told_today, rows_told, sent, starting_from
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
    """The form: with what earlier visits told, empty (?trong), or a visit's answers to be corrected (?sua=<visit>)."""
    household, hamlet = household_or_404(household_id, Act.RECORD_VISIT)
    if "sua" in request.args:
        return show_form(household, hamlet, _answers_of(request.args["sua"], household), {})
    if household.merged_into is not None:
        heir, _ = standing_or_404(household_id, Act.RECORD_VISIT)
        return redirect(url_for(".ask_visit", household_id=heir.id), 303)
    known = None if "trong" in request.args else known_of(session(), scope_for(Act.RECORD_VISIT), household_id)
    return show_form(household, hamlet, starting_from(known, _beginning(household)), {})


@teams_blueprint.post("/doi-so/ho/<uuid:household_id>/tham")
@takes(LARGEST_FORM, fields=MOST_FIELDS)
@may(Act.RECORD_VISIT)
def keep_visit(household_id: UUID) -> Response | tuple[str, int]:
    household, hamlet = household_or_404(household_id, Act.RECORD_VISIT)
    told = sent(request.form)
    try:
        report = save_visit(as_record(as_told_today(told), household_id))
    except Invalid as problem:
        return show_form(household, hamlet, told, problem.fields), problem.status
    except Conflict as problem:
        become_correction(told, problem)
        return show_form(household, hamlet, told, {}, conflict=problem.code), problem.status
    return redirect(url_for(".show_kept", household_id=household_id, visit_id=report.id), 303)


@teams_blueprint.get("/doi-so/ho/<uuid:household_id>/da-ghi/<uuid:visit_id>")
@may(Act.RECORD_VISIT)
def show_kept(household_id: UUID, visit_id: UUID) -> str:
    household, hamlet = standing_or_404(household_id, Act.RECORD_VISIT)
    told = visits.visit(session(), scope_for(Act.RECORD_VISIT), visit_id)
    if told is None or told.visit.household_id not in {None, household_id, household.id}:
        raise NotFound("no_such_visit")
    return render_template(
        "community_teams/kept.html",
        household=household,
        hamlet=hamlet,
        visit=told.visit,
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
    told: Told,
    faults: Mapping[str, str],
    *,
    conflict: str = "",
    action: str = "",
) -> str:
    """told: what was typed so far; all of it comes back. conflict: the code of a conflict with a kept visit. action:
    where it is sent; "" where it is a visit of the signed-in member."""
    visit_id = told.get("id", "")
    return render_template(
        "community_teams/visit.html",
        household=household,
        hamlet=hamlet,
        told=told,
        faults=faults,
        parts=faulty_parts(faults),
        conflict=conflict,
        action=action or url_for("teams.keep_visit", household_id=household.id),
        # Made with the form, so that a double tap counts once.
        visit_id=visit_id if visit_id and "id" not in faults else uuid7(),
        latest_start=local_time(clock.now()),
        today=clock.day_in_vietnam(clock.now()),
        people=min(max(1, rows_told(told, "people")), MOST_PEOPLE),
        most_people=MOST_PEOPLE,
        issues=min(max(1, rows_told(told, "issues")), MOST_ISSUES),
        most_issues=MOST_ISSUES,
        languages=LANGUAGES,
        courses=current_app.extensions["catalogue"].courses,
        carried=carried(told),
        consent_text=told.get("consent.text_version") or CONSENT_TEXT_VERSION,
    )


def _answers_of(typed_id: str, household: Household) -> Told:
    try:
        visit_id = UUID(typed_id)
    except ValueError:
        raise NotFound("no_such_visit") from None
    told = visits.visit(session(), scope_for(Act.RECORD_VISIT), visit_id)
    if told is None or told.visit.household_id != household.id or told.corrected:
        raise NotFound("no_such_visit")
    answers = Told(as_form(told.visit).items(multi=True))
    answers["supersedes"] = str(visit_id)
    return answers
