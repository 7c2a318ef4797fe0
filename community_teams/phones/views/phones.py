"""The teams' phones as organisers see them: what each still holds, and cutting off a lost one."""

from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug import Response

from community_teams.blueprints import teams_blueprint
from community_teams.phones.queries import devices as queries
from community_teams.phones.queries.devices import Carried, PhoneFilter
from community_teams.phones.services import devices as services
from community_teams.queries.held_visits import handed_over_by
from foundation import clock
from foundation.accounts.domain.roles import Act
from foundation.accounts.queries import areas_around
from foundation.accounts.views.access import may, scope_for
from foundation.accounts.views.reading import read_page
from foundation.areas.models import Area
from foundation.problems import NotAllowed, NotFound
from foundation.web.database import session, transaction


@teams_blueprint.get("/quan-ly/may")
@may(Act.SEE_TEAMS)
def show_phones() -> str:
    scope = scope_for(Act.SEE_TEAMS)
    counts = queries.phone_counts(session(), scope)
    value = request.args.get("loc")
    chosen = (
        PhoneFilter(value)
        if value in set(PhoneFilter)
        else PhoneFilter.HOLDING
        if counts[PhoneFilter.HOLDING]
        else PhoneFilter.ALL
    )
    page = read_page(request.args.get("trang"))
    phones = queries.phones(session(), scope, chosen, page=page)
    return render_template(
        "phones/phones.html",
        phones=phones,
        areas=_areas_of(phones),
        counts=counts,
        chosen=chosen,
        held=queries.held_visits(session(), scope),
        page=page,
        pages=-(-counts[chosen] // queries.PAGE),
        today=clock.day_in_vietnam(clock.now()),
    )


@teams_blueprint.get("/quan-ly/may/<uuid:device>")
@may(Act.SEE_TEAMS)
def show_phone(device: UUID) -> str:
    return _page("phone.html", device, Act.SEE_TEAMS)


@teams_blueprint.get("/quan-ly/may/<uuid:device>/ngat")
@may(Act.MANAGE_TEAMS)
def ask_cut_off(device: UUID) -> str:
    page = _page("cut_off.html", device, Act.MANAGE_TEAMS)
    if not queries.answers_for(session(), scope_for(Act.MANAGE_TEAMS), device, now=clock.now()):
        raise NotAllowed("phone_of_others")
    return page


@teams_blueprint.post("/quan-ly/may/<uuid:device>/ngat")
@may(Act.MANAGE_TEAMS)
def cut_off(device: UUID) -> Response:
    with transaction() as writing:
        services.cut_off(writing, device, by=current_user.name, scope=scope_for(Act.MANAGE_TEAMS), now=clock.now())
    return redirect(url_for(".show_phone", device=device), 303)


@teams_blueprint.post("/quan-ly/may/<uuid:device>/cho-lai")
@may(Act.MANAGE_TEAMS)
def unblock(device: UUID) -> Response:
    with transaction() as writing:
        services.unblock(writing, device, by=current_user.name, scope=scope_for(Act.MANAGE_TEAMS), now=clock.now())
    return redirect(url_for(".show_phone", device=device), 303)


def _page(template: str, device: UUID, act: Act) -> str:
    carried = queries.carriers(session(), scope_for(act), device)
    if not carried:
        raise NotFound("no_such_phone")
    cut_off = [each.device.cut_off_at for each in carried if each.device.cut_off_at]
    return render_template(
        f"phones/{template}",
        device=device,
        carried=carried,
        areas=_areas_of(carried),
        cut_off_at=max(cut_off, default=None),
        handed_over=handed_over_by(session(), device, min(cut_off)) if cut_off else {},
        last_seen=max(each.device.last_seen for each in carried),
        today=clock.day_in_vietnam(clock.now()),
        manages=bool(queries.carriers(session(), scope_for(Act.MANAGE_TEAMS), device)),
        may_cut_off=queries.answers_for(session(), scope_for(Act.MANAGE_TEAMS), device, now=clock.now()),
    )


def _areas_of(carried: list[Carried]) -> dict[str, Area]:
    return areas_around(session(), [held.area_path for each in carried for held in each.person.holdings])
