"""Accounts as administrators and officers see them: the list, one person, roles, passwords."""

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug import Response

from foundation import clock
from foundation.accounts import queries
from foundation.accounts.domain.roles import Act, Role
from foundation.accounts.services import people as services
from foundation.accounts.services.people import Administrator
from foundation.accounts.views.access import may, scope_for
from foundation.accounts.views.reading import read_day, read_page
from foundation.problems import Invalid, NotFound
from foundation.web.database import session, transaction

blueprint = Blueprint("administration", __name__, url_prefix="/quan-ly/tai-khoan")


@blueprint.get("")
@may(Act.SEE_ACCOUNTS)
def people() -> str:
    text, page = request.args.get("tim", "")[:100], read_page(request.args.get("trang"))
    scope = scope_for(Act.SEE_ACCOUNTS)
    found, more = queries.people_within(session(), scope, text, page=page)
    paths = [held.area_path for person in found for held in person.holdings]
    return render_template(
        "accounts/people.html",
        people=found,
        areas=queries.areas_around(session(), paths),
        today=clock.day_in_vietnam(clock.now()),
        text=text,
        page=page,
        more=more,
    )


@blueprint.get("/them")
@may(Act.MANAGE_ACCOUNTS)
def new_person() -> str:
    return _new_page({}, [])


@blueprint.post("/them")
@may(Act.MANAGE_ACCOUNTS)
def add_person() -> Response:
    by = _administrator()
    codes = queries.areas_meant(session(), by.scope, request.form.get("area", ""))
    try:
        new = services.check_person(
            session(),
            by,
            name=request.form.get("name", ""),
            display_name=request.form.get("display_name", ""),
            role=request.form.get("role", ""),
            area_code=_the_only(codes, request.form.get("area", "")),
            password=request.form.get("password", ""),
        )
        with transaction() as writing:
            person = services.add_person(writing, by, new, now=clock.now())
    except Invalid as problem:
        return make_response(_new_page(problem.fields, codes), 422)
    return redirect(url_for(".show_person", person_id=person.id, xong="them"), 303)


@blueprint.get("/<int(max=2147483647):person_id>")
@may(Act.SEE_ACCOUNTS)
def show_person(person_id: int) -> str:
    return _person_page(person_id, {}, [])


@blueprint.post("/<int(max=2147483647):person_id>/vai-tro")
@may(Act.MANAGE_ACCOUNTS)
def give_role(person_id: int) -> Response:
    by = _administrator()
    codes = queries.areas_meant(session(), by.scope, request.form.get("area", ""))
    try:
        valid_to = read_day(request.form.get("valid_to"), "valid_to")
        role, area_code = request.form.get("role", ""), _the_only(codes, request.form.get("area", ""))
        with transaction() as writing:
            services.give_role(
                writing,
                by,
                person_id,
                role=role,
                area_code=area_code,
                valid_to=valid_to,
                now=clock.now(),
            )
    except Invalid as problem:
        return make_response(_person_page(person_id, problem.fields, codes), 422)
    return redirect(url_for(".show_person", person_id=person_id, xong="vai-tro"), 303)


@blueprint.post("/<int(max=2147483647):person_id>/vai-tro/<int(max=2147483647):holding_id>/thoi")
@may(Act.MANAGE_ACCOUNTS)
def end_role(person_id: int, holding_id: int) -> Response:
    with transaction() as writing:
        services.end_role(writing, _administrator(), person_id, holding_id, now=clock.now())
    return redirect(url_for(".show_person", person_id=person_id, xong="thoi"), 303)


@blueprint.post("/<int(max=2147483647):person_id>/mat-khau")
@may(Act.MANAGE_ACCOUNTS)
def reset_password(person_id: int) -> Response:
    by, made = _administrator(), services.make_password()
    with transaction() as writing:
        services.reset_password(writing, by, person_id, made, now=clock.now())
    person = queries.person_within(session(), by.scope, person_id)
    answer = make_response(render_template("accounts/new_password.html", person=person, password=made.text))
    answer.headers["Cache-Control"] = "no-store"  # shown once, stored by no browser
    return answer


@blueprint.post("/<int(max=2147483647):person_id>/ngung")
@may(Act.MANAGE_ACCOUNTS)
def deactivate(person_id: int) -> Response:
    return _set_active(person_id, active=False)


@blueprint.post("/<int(max=2147483647):person_id>/mo-lai")
@may(Act.MANAGE_ACCOUNTS)
def reactivate(person_id: int) -> Response:
    return _set_active(person_id, active=True)


def _set_active(person_id: int, *, active: bool) -> Response:
    with transaction() as writing:
        services.set_active(writing, _administrator(), person_id, active=active, now=clock.now())
    return redirect(url_for(".show_person", person_id=person_id, xong="mo-lai" if active else "ngung"), 303)


def _administrator() -> Administrator:
    return Administrator(current_user.name, scope_for(Act.MANAGE_ACCOUNTS))


def _the_only(codes: list[str], typed: str) -> str:
    """The code meant; a text that fits several areas or none is handed on, and refused there."""
    return codes[0] if len(codes) == 1 else typed


def _new_page(faults: dict[str, str], codes: list[str]) -> str:
    return render_template("accounts/new_person.html", **_form(faults, codes))


def _person_page(person_id: int, faults: dict[str, str], codes: list[str]) -> str:
    scope = scope_for(Act.SEE_ACCOUNTS)
    person = queries.person_within(session(), scope, person_id)
    if person is None:
        raise NotFound("no_such_person")
    return render_template(
        "accounts/person.html",
        person=person,
        areas=queries.areas_around(session(), [held.area_path for held in person.holdings]),
        today=clock.day_in_vietnam(clock.now()),
        manages=current_user.may(Act.MANAGE_ACCOUNTS),
        done=request.args.get("xong", ""),
        **_form(faults, codes),
    )


def _form(faults: dict[str, str], codes: list[str]) -> dict[str, object]:
    """What both forms show again: what was typed, what is wrong, and areas to choose from when several were meant."""
    choices = queries.areas_by_code(session(), codes) if len(codes) > 1 else []
    if choices and faults.get("area") == "no_such_area":
        faults = {**faults, "area": "choose_area"}
    around = queries.areas_around(session(), [area.path for area in choices])
    return {"roles": list(Role), "given": request.form, "faults": faults, "choices": choices, "choice_areas": around}
