"""The short form of the service desk: who, the outcome, the help given, an issue."""

from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid5

from flask import redirect, render_template, request, url_for
from flask_login import current_user
from uuid_utils.compat import uuid7
from werkzeug import Response

from community_teams.blueprints import teams_blueprint
from community_teams.domain.codes import ConsentHow, ConsentLevel, InputType, Outcome, VisitType
from community_teams.domain.visits import CONSENT_TEXT_VERSION, VisitReport, read_visit
from community_teams.queries import households, visits
from community_teams.services.desk import household_named, new_household
from community_teams.services.recording import record_visit
from community_teams.views.recording import become_correction, save_visit
from community_teams.views.visit_answers import as_record, local_time
from community_teams.views.visit_form_data import VisitForm
from foundation import clock
from foundation.accounts.domain.roles import Act
from foundation.accounts.views.access import may, scope_for
from foundation.areas.models import Area
from foundation.problems import Conflict, Invalid
from foundation.web.database import session, transaction

PLACES = (VisitType.CENTRE, VisitType.CULTURE_HOUSE, VisitType.BY_PHONE)
# Fields of the desk's form that are not answers of the visit.
_OWN = {"hamlet", "household_code", "add_household", "unnamed"}


@teams_blueprint.get("/doi-so/ban-ho-tro")
@may(Act.RECORD_VISIT)
def ask_at_desk() -> str:
    """An empty form for the next person, in the same hamlet and place (?thon, ?noi); ?da-ghi is the last visit's id."""
    form = VisitForm(
        {
            "hamlet": request.args.get("thon", ""),
            "visit_type": request.args.get("noi", VisitType.CENTRE.value),
            "outcome": Outcome.MET_DONE.value,
            "started_at": local_time(clock.now()),
        }.items()
    )
    return _page(form, {})


@teams_blueprint.post("/doi-so/ban-ho-tro")
@may(Act.RECORD_VISIT)
def keep_at_desk() -> Response | tuple[str, int]:
    form = VisitForm(request.form.items(multi=True))
    hamlet = _hamlet(form.get("hamlet", ""))
    if hamlet is None:
        return _page(form, {"hamlet": "missing"}), Invalid.status
    try:
        report = _keep(hamlet, form)
    except Invalid as problem:
        return _page(form, problem.fields), problem.status
    except Conflict as problem:
        become_correction(form, problem)
        return _page(form, {}, conflict=problem.code), problem.status
    parameters: dict[str, Any] = {"thon": hamlet.code, "noi": form.get("visit_type", ""), "da-ghi": report.id}
    return redirect(url_for(".ask_at_desk", **parameters), 303)


def _keep(hamlet: Area, form: VisitForm) -> VisitReport:
    code = form.get("household_code", "")
    named: dict[str, Any] = {"scope": scope_for(Act.RECORD_VISIT), "now": clock.now()}
    try:
        return save_visit(_record(form, household_named(session(), hamlet, code, **named).id))
    except Invalid as problem:
        if not form.get("add_household") or problem.fields.get("household_code") != "no_such_household":
            raise
    # Derived from the form's id, so that a double tap adds one household.
    id = uuid5(NAMESPACE_OID, form.get("id", ""))
    new = new_household(code, hamlet, id)
    report = read_visit(_record(form, id), now=named["now"])
    with transaction() as writing:
        household = household_named(writing, hamlet, code, add=new, **named)
        report = report.model_copy(update={"household": household.id})
        record_visit(writing, report, member=current_user.id, **named)
    return report


def _record(form: VisitForm, household: UUID) -> dict[str, object]:
    answers = VisitForm((name, value) for name, value in form.items(multi=True) if name not in _OWN)
    if form.get("unnamed"):
        answers["consent.level"] = ConsentLevel.COUNT.value
        answers["consent.how"] = ConsentHow.SPOKEN.value
        answers["consent.text_version"] = CONSENT_TEXT_VERSION
    return as_record(answers, household, InputType.DESK)


def _page(form: VisitForm, faults: dict[str, str], *, conflict: str = "") -> str:
    listed = households.hamlets(session(), scope_for(Act.RECORD_VISIT))
    today = clock.day_in_vietnam(clock.now())
    return render_template(
        "paper/desk.html",
        hamlets=[each.area for each in listed],
        told=form,
        faults=faults,
        conflict=conflict,
        visit_id=form.get("id") if form.get("id") and "id" not in faults else uuid7(),
        places=[place.value for place in PLACES],
        kept=_saved_visit(request.args.get("da-ghi", "")) if request.method == "GET" else None,
        today=visits.visits_by(session(), current_user.id, today),
        sample=any(each.area.is_sample for each in listed),
    )


def _hamlet(code: str) -> Area | None:
    return households.hamlet(session(), scope_for(Act.RECORD_VISIT), code) if "\0" not in code else None


def _saved_visit(typed_id: str) -> visits.RecordedVisit | None:
    try:
        return visits.visit(session(), scope_for(Act.RECORD_VISIT), UUID(typed_id))
    except ValueError:
        return None
