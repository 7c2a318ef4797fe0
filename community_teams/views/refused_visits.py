"""A record that the rules refuse: its page, correcting and recording it, or setting it aside with a reason."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug import Response

from community_teams.blueprints import teams_blueprint
from community_teams.domain.codes import InputType
from community_teams.domain.form_fields import flat
from community_teams.domain.raw_records import read_raw
from community_teams.domain.visits import VisitReport, clock_error, read_visit
from community_teams.models import HeldVisit, Household
from community_teams.queries import held_visits as queries
from community_teams.queries import households
from community_teams.queries.held_visits import HeldVisitDetails, household_in
from community_teams.services.desk import household_named
from community_teams.services.refused_visits import mend, read_mended, read_reason, set_aside
from community_teams.views.recording import LARGEST_FORM, MOST_FIELDS
from community_teams.views.visit_answers import as_record, local_time
from community_teams.views.visit_form import show_form
from community_teams.views.visit_form_data import VisitForm, answers_of_today, form_from_request
from foundation import clock
from foundation.accounts.domain.roles import Act
from foundation.accounts.views.access import may, scope_for
from foundation.areas.models import Area
from foundation.problems import Conflict, Invalid, NotFound
from foundation.web.body_limits import takes
from foundation.web.database import session, transaction

# Limits of what the page shows of a record.
MOST_LINES = 400
LONGEST_VALUE = 600
# Fields that are not answers.
_OWN = {"id", "household", "form_version", "input_type", "supersedes"}
_MOMENTS = ("started_at", "ended_at")


def held_or_404(held_id: int) -> HeldVisitDetails:
    """A held visit within the scope of the signed-in person. Raises NotFound("no_such_held_visit")."""
    # No id is larger than the database's integers.
    held = queries.held_visit(session(), scope_for(Act.SETTLE_VISITS), held_id) if held_id < 2**31 else None
    if held is None:
        raise NotFound("no_such_held_visit")
    return held


def show_refused(held: HeldVisitDetails, faults: Mapping[str, str]) -> str:
    """The page of one record. faults: of the reason that was typed."""
    record = read_raw(held.row.raw or "")
    pairs = flat(record) if isinstance(record, Mapping) else []
    return render_template(
        "community_teams/refused_visit.html",
        held=held,
        lines=[(name, value[:LONGEST_VALUE]) for name, value in pairs if name not in _OWN][:MOST_LINES],
        text="" if pairs else str(record)[: 10 * LONGEST_VALUE],
        reason=request.form.get("reason", ""),
        faults=faults,
    )


@teams_blueprint.post("/quan-ly/phieu-can-xem/<int:held_id>/de-rieng")
@may(Act.SETTLE_VISITS)
def set_refused_aside(held_id: int) -> Response | tuple[str, int]:
    held = _refused_or_404(held_id)
    scope = scope_for(Act.SETTLE_VISITS)
    try:
        reason = read_reason(request.form.get("reason", ""))
        with transaction() as writing:
            set_aside(writing, held_id, reason, by=current_user.row, scope=scope, now=clock.now())
    except Invalid as problem:
        return show_refused(held, problem.fields), problem.status
    except Conflict:
        pass  # somebody was quicker; the page says what they chose
    return redirect(url_for(".show_held_visit", held_id=held_id), 303)


@teams_blueprint.get("/quan-ly/phieu-can-xem/<int:held_id>/sua")
@may(Act.SETTLE_VISITS)
def ask_mending(held_id: int) -> Response | str | tuple[str, int]:
    """The visit form with everything that could be read.

    If the record names no household within scope, a page first asks for it: ?thon and ?ma (hamlet and code) lead to ?ho
    (household id).
    """
    held = _refused_or_404(held_id)
    if held.row.settled_at is not None:
        return redirect(url_for(".show_held_visit", held_id=held_id), 303)
    door = _door(held)
    if door is not None:
        form = _form_from_record(held.row)
        faults = _faults(form, door[0])
        return _mending_form(held, door, form, faults)
    faults = {}
    if "thon" in request.args or "ma" in request.args:
        try:
            return redirect(url_for(".ask_mending", held_id=held_id, ho=_named().id), 303)
        except Invalid as problem:
            faults = problem.fields
    listed = households.hamlets(session(), scope_for(Act.SETTLE_VISITS))
    page = render_template(
        "community_teams/refused_visit_door.html", held=held, hamlets=[each.area for each in listed], faults=faults
    )
    return (page, Invalid.status) if faults else page


@teams_blueprint.post("/quan-ly/phieu-can-xem/<int:held_id>/sua")
@takes(LARGEST_FORM, fields=MOST_FIELDS)
@may(Act.SETTLE_VISITS)
def submit_mended(held_id: int) -> Response | tuple[str, int]:
    held = _refused_or_404(held_id)
    door = _door(held)
    if door is None:
        raise NotFound("no_such_household")
    form = form_from_request(request.form)
    scope, now = scope_for(Act.SETTLE_VISITS), clock.now()
    try:
        report = read_mended(session(), held.row, _record(held.row, form, door[0]), now=now)
        with transaction() as writing:
            mend(writing, held_id, report, by=current_user.row, scope=scope, now=now)
    except Invalid as problem:
        return _mending_form(held, door, form, problem.fields), problem.status
    except Conflict as problem:
        if problem.code != "already_settled":
            return _mending_form(held, door, form, {}, conflict=problem.code), problem.status
    return redirect(url_for(".show_held_visit", held_id=held_id), 303)


def _refused_or_404(held_id: int) -> HeldVisitDetails:
    held = held_or_404(held_id)
    if held.row.raw is None:
        raise NotFound("no_such_held_visit")
    return held


def _door(held: HeldVisitDetails) -> tuple[Household, Area] | None:
    """The chosen household (?ho), else the one the record names; None where it is not within scope."""
    try:
        chosen = UUID(request.args["ho"]) if "ho" in request.args else household_in(held.row)
    except ValueError:
        raise NotFound("no_such_household") from None
    return households.household(session(), scope_for(Act.SETTLE_VISITS), chosen) if chosen else None


def _named() -> Household:
    scope, code = scope_for(Act.SETTLE_VISITS), request.args.get("thon", "")
    hamlet = households.hamlet(session(), scope, code) if "\0" not in code else None
    if hamlet is None:
        raise Invalid({"hamlet": "missing"})
    return household_named(session(), hamlet, request.args.get("ma", ""), scope=scope, now=clock.now())


def _mending_form(
    held: HeldVisitDetails,
    door: tuple[Household, Area],
    form: VisitForm,
    faults: Mapping[str, str],
    *,
    conflict: str = "",
) -> str:
    action = url_for(".submit_mended", held_id=held.row.id, ho=door[0].id)
    return show_form(*door, form, faults, conflict=conflict, action=action)


def _form_from_record(row: HeldVisit) -> VisitForm:
    """The answers as the form would have sent them. What the form has no question for is shown on the record's page."""
    record = read_raw(row.raw or "")
    if not isinstance(record, Mapping):
        return VisitForm()
    answers = {name: value for name, value in record.items() if name in VisitReport.model_fields and name not in _OWN}
    for name in _MOMENTS:
        if (moment := _moment(answers.get(name))) is not None:
            right = moment - clock_error(row.clock_offset)
            answers[name] = local_time(right) if name == "started_at" else right.isoformat()
    return VisitForm(flat(answers))


def _moment(value: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    # Adding to a time near the limits of datetime would overflow.
    return moment if moment and moment.tzinfo and 1900 < moment.year < 2200 else None


def _record(row: HeldVisit, form: VisitForm, household: Household) -> dict[str, object]:
    record = read_raw(row.raw or "")
    before: Mapping[str, Any] = record if isinstance(record, Mapping) else {}
    kind = before.get("input_type", InputType.PHONE)
    asked_by = InputType(kind) if kind in set(InputType) else InputType.PHONE
    return as_record(answers_of_today(form), household.id, asked_by)


def _faults(form: VisitForm, household: Household) -> dict[str, str]:
    """Faults of the answers as the form has them, so that the faulty parts are open from the start."""
    record = as_record(form, household.id) | {"id": str(household.id)}
    try:
        read_visit(record, now=clock.now())
    except Invalid as problem:
        return problem.fields
    return {}
