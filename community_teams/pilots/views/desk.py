"""Pages for those who write and publish pilot models: the list of their area, the form, publishing, copying."""

from collections.abc import Mapping
from uuid import UUID, uuid4

from flask import redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug import Response

from community_teams.blueprints import coverage_blueprint
from community_teams.pilots import queries as queries
from community_teams.pilots.domain.pilots import PARTS, TEXT_FIELDS, Contact, State, missing_fields, read_pilot
from community_teams.pilots.queries import PilotLine
from community_teams.pilots.services import change_pilot, copy_pilot, publish_pilot, start_pilot, withdraw_pilot
from community_teams.pilots.views.pages import LARGEST_ID, pilot_page, requested_page, sheet_of
from foundation import clock
from foundation.accounts.domain.roles import Act
from foundation.accounts.views.access import may, scope_for
from foundation.accounts.views.reading import read_number
from foundation.problems import Conflict, Invalid, NotFound
from foundation.web.body_limits import KB, takes
from foundation.web.database import session, transaction

Answer = str | Response | tuple[str, int]
# Seven texts of 2,000 letters.
LARGEST_FORM = 192 * KB


@coverage_blueprint.get("/quan-ly/mo-hinh-diem")
@may(Act.SEE_PILOTS)
def list_pilots() -> str:
    scope, page = scope_for(Act.SEE_PILOTS), requested_page()
    # One more than a page holds shows whether another page follows.
    lines = queries.pilots_within(session(), scope, first=(page - 1) * queries.PAGE, limit=queries.PAGE + 1)
    return render_template(
        "pilots/pilot_list.html",
        lines=lines[: queries.PAGE],
        more=len(lines) > queries.PAGE,
        page=page,
        may_write=current_user.may(Act.WRITE_PILOTS),
        sample=any(line.hamlet.is_sample for line in lines),
    )


@coverage_blueprint.get("/quan-ly/mo-hinh-diem/moi")
@may(Act.WRITE_PILOTS)
def ask_pilot() -> str:
    return _form(None, {"form_id": str(uuid4())}, {})


@coverage_blueprint.post("/quan-ly/mo-hinh-diem/moi")
@takes(LARGEST_FORM)
@may(Act.WRITE_PILOTS)
def create_pilot() -> Answer:
    values = _form_texts() | {name: request.form.get(name, "") for name in ("form_id", "hamlet")}
    faults: dict[str, str] = {}
    try:
        text = read_pilot(_form_texts())
    except Invalid as problem:
        faults = problem.fields
    if not values["hamlet"]:
        faults["hamlet"] = "missing"
    if faults:
        return _form(None, values, faults), Invalid.status
    form_id, hamlet_code = _form_id(values["form_id"]), _hamlet_code()
    try:
        with transaction() as writing:
            pilot = start_pilot(
                writing,
                text,
                form_id=form_id,
                hamlet_code=hamlet_code,
                person=current_user.id,
                writes=scope_for(Act.WRITE_PILOTS),
                now=clock.now(),
            )
    except Invalid as problem:
        return _form(None, values, problem.fields), problem.status
    except Conflict as problem:
        # Somebody else has edited the draft: what was typed comes back as the form of a new one.
        return _form(None, values | {"form_id": str(uuid4())}, {}, conflict=problem.code), problem.status
    return redirect(url_for(".manage_pilot", pilot_id=pilot.id, luu=1), 303)


@coverage_blueprint.get("/quan-ly/mo-hinh-diem/<int:pilot_id>")
@may(Act.SEE_PILOTS)
def manage_pilot(pilot_id: int) -> str:
    return _desk(pilot_id)


@coverage_blueprint.get("/quan-ly/mo-hinh-diem/<int:pilot_id>/sua")
@may(Act.WRITE_PILOTS)
def edit_pilot(pilot_id: int) -> Answer:
    line = _within(pilot_id, Act.WRITE_PILOTS)
    if line.pilot.state is State.PUBLISHED:
        return _desk(pilot_id, fault="pilot_published"), Conflict.status
    return _form(line, _stored_values(line), {})


@coverage_blueprint.post("/quan-ly/mo-hinh-diem/<int:pilot_id>/sua")
@takes(LARGEST_FORM)
@may(Act.WRITE_PILOTS)
def update_pilot(pilot_id: int) -> Answer:
    values = _form_texts() | {"version": request.form.get("version", "")}
    line = _within(pilot_id, Act.WRITE_PILOTS)
    try:
        text, expected_version = read_pilot(_form_texts()), _expected_version()
        with transaction() as writing:
            change_pilot(
                writing,
                pilot_id,
                text,
                expected_version=expected_version,
                person=current_user.id,
                writes=scope_for(Act.WRITE_PILOTS),
                now=clock.now(),
            )
    except Invalid as problem:
        return _form(line, values, problem.fields), problem.status
    except Conflict as problem:
        # Read again: the form shows both texts, and saving once more is then a deliberate choice.
        line = _within(pilot_id, Act.WRITE_PILOTS)
        return _form(line, values | {"version": str(line.pilot.version)}, {}, conflict=problem.code), problem.status
    return redirect(url_for(".manage_pilot", pilot_id=pilot_id, luu=1), 303)


@coverage_blueprint.post("/quan-ly/mo-hinh-diem/<int:pilot_id>/dua-len")
@may(Act.PUBLISH_PILOTS)
def publish(pilot_id: int) -> Answer:
    line, expected_version = _within(pilot_id, Act.PUBLISH_PILOTS), _expected_version()
    try:
        with transaction() as writing:
            publish_pilot(
                writing,
                line.pilot.id,
                expected_version=expected_version,
                who=current_user.name,
                publishes=scope_for(Act.PUBLISH_PILOTS),
                now=clock.now(),
            )
    except Invalid as problem:
        return _desk(pilot_id, fault="missing_fields"), problem.status
    except Conflict as problem:
        return _desk(pilot_id, fault=problem.code), problem.status
    return redirect(url_for(".manage_pilot", pilot_id=pilot_id, dua=1), 303)


@coverage_blueprint.post("/quan-ly/mo-hinh-diem/<int:pilot_id>/go-xuong")
@may(Act.PUBLISH_PILOTS)
def withdraw(pilot_id: int) -> Answer:
    line = _within(pilot_id, Act.PUBLISH_PILOTS)
    scope = scope_for(Act.PUBLISH_PILOTS)
    with transaction() as writing:
        withdraw_pilot(writing, line.pilot.id, who=current_user.name, publishes=scope, now=clock.now())
    return redirect(url_for(".manage_pilot", pilot_id=pilot_id, go=1), 303)


@coverage_blueprint.post("/mo-hinh-diem/<int:pilot_id>/chep")
@may(Act.WRITE_PILOTS)
def copy(pilot_id: int) -> Answer:
    if pilot_id > LARGEST_ID:
        raise NotFound("no_such_pilot")
    hamlet_code = _hamlet_code()
    try:
        with transaction() as writing:
            pilot = copy_pilot(
                writing,
                pilot_id,
                hamlet_code=hamlet_code,
                person=current_user.id,
                writes=scope_for(Act.WRITE_PILOTS),
                now=clock.now(),
            )
    except Invalid as problem:
        return pilot_page(pilot_id, fault=problem.fields["hamlet"]), problem.status
    return redirect(url_for(".edit_pilot", pilot_id=pilot.id), 303)


def _desk(pilot_id: int, *, fault: str = "") -> str:
    """The page of one model. fault: code of why something could not be done."""
    line = _within(pilot_id, Act.SEE_PILOTS)
    path = line.hamlet.path
    done = next((name for name in ("luu", "dua", "go") if name in request.args and not fault), "")
    return render_template(
        "pilots/pilot_desk.html",
        line=line,
        sheet=sheet_of(line),
        parts=PARTS,
        missing_fields=missing_fields(line.pilot.as_text()),
        fault=fault,
        done=done,
        may_write=scope_for(Act.WRITE_PILOTS).covers(path),
        may_publish=scope_for(Act.PUBLISH_PILOTS).covers(path),
        sample=line.hamlet.is_sample,
    )


def _form(line: PilotLine | None, values: Mapping[str, str], faults: Mapping[str, str], *, conflict: str = "") -> str:
    """line: None for a new model. values: by field. conflict: code, when somebody else has changed the model since."""
    scope = scope_for(Act.WRITE_PILOTS)
    hamlets = [] if line else queries.hamlets_of_today(session(), scope)
    return render_template(
        "pilots/pilot_form.html",
        line=line,
        hamlets=hamlets,
        parts=PARTS,
        contacts=list(Contact),
        values=values,
        faults=faults,
        conflict=conflict,
        stored=_stored_values(line) if line and conflict else {},
        sample=line.hamlet.is_sample if line else any(hamlet.is_sample for hamlet in hamlets),
    )


def _within(pilot_id: int, act: Act) -> PilotLine:
    if pilot_id > LARGEST_ID:
        raise NotFound("no_such_pilot")
    return queries.pilot_within(session(), scope_for(act), pilot_id)


def _form_texts() -> dict[str, str]:
    return {name: request.form.get(name, "") for name in TEXT_FIELDS}


def _expected_version() -> int:
    return read_number(request.form.get("version")) or 0


def _hamlet_code() -> str:
    return request.form.get("hamlet", "")[:20].replace("\0", "")


def _stored_values(line: PilotLine) -> dict[str, str]:
    values = {name: str(getattr(line.pilot, name) or "") for name in TEXT_FIELDS}
    return values | {"version": str(line.pilot.version)}


def _form_id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        # An old page or a changed form: the draft is stored all the same, but sending it twice writes two.
        return uuid4()
