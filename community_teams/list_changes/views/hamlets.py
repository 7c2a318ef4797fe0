"""Pages to rename, merge and split hamlets. A merge or split is shown in numbers first, and done once confirmed."""

import re
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug import Response

from community_teams.blueprints import NATION_CODE, coverage_blueprint
from community_teams.list_changes import queries as queries
from community_teams.list_changes.domain import HAMLET_KINDS, SplitOff, read_hamlet_name, read_mark, read_split
from community_teams.list_changes.queries import Belongings, Lane
from community_teams.list_changes.services.hamlet_changes import rename_hamlet, split_hamlet, try_split
from community_teams.list_changes.services.hamlet_moves import merge_hamlet
from foundation import clock
from foundation.accounts.domain.roles import Act
from foundation.accounts.views.access import may, scope_for
from foundation.areas.domain.kinds import Level
from foundation.areas.models import Area
from foundation.areas.queries import ancestors, area, children
from foundation.problems import Conflict, Invalid, NotAllowed, NotFound
from foundation.web.body_limits import KB, takes
from foundation.web.database import session, transaction

# More households than any hamlet has. Each is one form field, or an id of 36 characters in a hidden field.
MOST_TICKED = 5_000
Answer = str | Response | tuple[str, int]

_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)


@coverage_blueprint.get("/quan-ly/thon-ban")
@may(Act.MANAGE_HAMLETS)
def arrange_own() -> Answer:
    """The areas whose hamlets the reader may change; redirects to it where there is only one."""
    codes = [path.rstrip("/").rpartition("/")[2] or NATION_CODE for path in scope_for(Act.MANAGE_HAMLETS).paths]
    if len(codes) == 1:
        return redirect(url_for(".arrange", code=codes[0]), 303)
    return _list_page(None, [found for code in codes if (found := area(session(), code))])


@coverage_blueprint.get("/quan-ly/thon-ban/<code>")
@may(Act.MANAGE_HAMLETS)
def arrange(code: str) -> Answer:
    """The areas beneath an area; for a hamlet, what may be done with it."""
    scope = scope_for(Act.MANAGE_HAMLETS)
    if code == NATION_CODE and scope.is_nation:
        return _list_page(None, children(session(), scope, None))
    place = area(session(), code) if "\0" not in code else None
    if place is None or not scope.covers(place.path):
        raise NotFound("no_such_area")
    if place.level is Level.PROVINCE:
        return _list_page(place, queries.communes_with_hamlets(session(), scope, place.path))
    if place.level is Level.COMMUNE:
        return _list_page(place, children(session(), scope, place.code))
    return _left_for(place) or _hamlet_page(place)


@coverage_blueprint.get("/quan-ly/thon-ban/<code>/doi-ten")
@may(Act.MANAGE_HAMLETS)
def ask_name(code: str) -> Answer:
    hamlet = _hamlet(code)
    return _left_for(hamlet) or _name_page(hamlet, {"kind": hamlet.kind.value, "name": hamlet.name}, {})


@coverage_blueprint.post("/quan-ly/thon-ban/<code>/doi-ten")
@may(Act.MANAGE_HAMLETS)
def rename(code: str) -> Answer:
    hamlet, form = _hamlet(code), {name: request.form.get(name, "") for name in ("kind", "name")}
    if left := _left_for(hamlet):
        return left
    try:
        named = read_hamlet_name(form)
        with transaction() as writing:
            rename_hamlet(writing, hamlet.code, named, **_who())
    except Invalid as problem:
        return _name_page(hamlet, form, problem.fields), problem.status
    return redirect(url_for(".arrange", code=code, xong="ten"), 303)


@coverage_blueprint.get("/quan-ly/thon-ban/<code>/gop")
@may(Act.MANAGE_HAMLETS)
def ask_merge(code: str) -> Answer:
    """Asks which hamlet it is merged into; once that is chosen, shows what would move."""
    hamlet = _hamlet(code)
    return _left_for(hamlet) or _merge_page(hamlet, request.args.get("vao"), {})


@coverage_blueprint.post("/quan-ly/thon-ban/<code>/gop")
@may(Act.MANAGE_HAMLETS)
def merge(code: str) -> Answer:
    hamlet, into = _hamlet(code), request.form.get("vao", "")
    if left := _left_for(hamlet):
        return left
    if into not in {each.code for each in _beside(hamlet)}:
        return _merge_page(hamlet, into, {"vao": "not_a_choice" if into else "missing"}), Invalid.status
    try:
        mark = read_mark(request.form.get("mark", ""))
        with transaction() as writing:
            merge_hamlet(writing, hamlet.code, into, mark=mark, **_who())
    except Invalid as problem:
        return _merge_page(hamlet, into, problem.fields), problem.status
    except Conflict as problem:
        return _merge_page(hamlet, into, {"mark": problem.code}), problem.status
    return redirect(url_for(".arrange", code=into, xong="gop", tu=code), 303)


@coverage_blueprint.get("/quan-ly/thon-ban/<code>/tach")
@may(Act.MANAGE_HAMLETS)
def ask_split(code: str) -> Answer:
    hamlet = _hamlet(code, lists=True)
    return _left_for(hamlet) or _split_page(hamlet, {"kind": hamlet.kind.value}, {}, frozenset())


@coverage_blueprint.post("/quan-ly/thon-ban/<code>/tach")
@takes(512 * KB, fields=MOST_TICKED, longest=40 * MOST_TICKED)
@may(Act.MANAGE_HAMLETS)
def split(code: str) -> Answer:
    """First press: shows what would move. Second: splits. "buoc" says which it is; hidden fields carry the choice."""
    hamlet = _hamlet(code, lists=True)
    if left := _left_for(hamlet):
        return left
    form = {name: request.form.get(name, "") for name in ("kind", "name", "listed")}
    lanes = queries.lanes_of(session(), scope_for(Act.SEE_HOUSEHOLDS), hamlet.code)
    chosen, step = _chosen(lanes), request.form.get("buoc")
    if step == "sua":
        return _split_page(hamlet, form, {}, chosen)
    try:
        part = read_split(form, chosen, official=hamlet.official_households)
        if step != "tach":
            try_split(session(), hamlet.code, part, scope=scope_for(Act.MANAGE_HAMLETS))
            return _split_confirmation(hamlet, form, part, lanes)
        with transaction() as writing:
            new = split_hamlet(writing, hamlet.code, part, **_who())
    except Invalid as problem:
        return _split_page(hamlet, form, problem.fields, chosen), problem.status
    except Conflict as problem:
        return _split_page(hamlet, form, {"households": problem.code}, chosen), problem.status
    return redirect(url_for(".arrange", code=new.code, xong="tach", tu=code), 303)


def _who() -> dict[str, Any]:
    return {"by": current_user.name, "scope": scope_for(Act.MANAGE_HAMLETS), "now": clock.now()}


def _hamlet(code: str, *, lists: bool = False) -> Area:
    """lists: whether single households will be shown. Not everybody who may change hamlets may see households."""
    hamlet = area(session(), code) if "\0" not in code else None
    if hamlet is None or hamlet.level is not Level.HAMLET or not scope_for(Act.MANAGE_HAMLETS).covers(hamlet.path):
        raise NotFound("no_such_hamlet")
    if lists and not scope_for(Act.SEE_HOUSEHOLDS).covers(hamlet.path):
        raise NotAllowed("role_does_not_allow", act=Act.SEE_HOUSEHOLDS.value)
    return hamlet


def _left_for(hamlet: Area) -> Response | None:
    """Redirects away from a hamlet that has ended, such as after a second press; None for a hamlet of today."""
    if hamlet.valid_to is None:
        return None
    return redirect(url_for(".arrange", code=hamlet.parent_code, het=hamlet.code), 303)


def _beside(hamlet: Area) -> list[Area]:
    """The other hamlets of the commune that it could be merged into."""
    others = children(session(), scope_for(Act.MANAGE_HAMLETS), hamlet.parent_code)
    return [each for each in others if each.code != hamlet.code and each.is_sample == hamlet.is_sample]


def _chosen(lanes: Iterable[Lane]) -> frozenset[UUID]:
    """The households ticked, one by one or by lane, and those in the hidden field of the confirmation page."""
    whole, single = set(request.form.getlist("lane")), set(request.form.getlist("household"))
    single |= set(request.form.get("households", "").split())
    ticked = {each.id for lane in lanes if lane.name in whole for each in lane.households}
    # Anything that is not an id does not come from our page and is ignored.
    return frozenset(ticked | {UUID(id) for id in single if _ID.fullmatch(id)})


def _list_page(place: Area | None, areas: list[Area]) -> str:
    scope = scope_for(Act.MANAGE_HAMLETS)
    ended = queries.ended_hamlets(session(), scope, place.code) if place and place.level is Level.COMMUNE else []
    return render_template(
        "list_changes/arrange.html",
        place=place,
        areas=areas,
        ended=ended,
        just_ended=next((each for each in ended if each.code == request.args.get("het")), None),
        above=_above(place) if place else [],
        sample=any(each.is_sample for each in areas),
    )


def _above(place: Area) -> list[Area]:
    """The areas above that the reader may manage, for the way back."""
    return [each for each in ancestors(session(), place.code) if scope_for(Act.MANAGE_HAMLETS).covers(each.path)]


def _page(template: str, hamlet: Area, **more: object) -> str:
    return render_template(
        f"list_changes/{template}", hamlet=hamlet, above=_above(hamlet), sample=hamlet.is_sample, **more
    )


def _belongings(hamlet: Area) -> Belongings:
    today = clock.day_in_vietnam(clock.now())
    return queries.belongings(session(), scope_for(Act.MANAGE_HAMLETS), hamlet, today=today)


def _hamlet_page(hamlet: Area) -> str:
    came_from = area(session(), request.args.get("tu", "")[:20].replace("\0", ""))
    return _page(
        "arrange_hamlet.html",
        hamlet,
        belongs=_belongings(hamlet),
        done=request.args.get("xong", ""),
        came_from=came_from if came_from and came_from.parent_code == hamlet.parent_code else None,
        may_split=scope_for(Act.SEE_HOUSEHOLDS).covers(hamlet.path),
        alone=not _beside(hamlet),
    )


def _name_page(hamlet: Area, form: Mapping[str, str], faults: Mapping[str, str]) -> str:
    return _page("rename_hamlet.html", hamlet, form=form, faults=faults, kinds=HAMLET_KINDS)


def _merge_page(hamlet: Area, into: str | None, faults: Mapping[str, str]) -> str:
    """into: the code chosen so far; None when the page is first opened."""
    others = _beside(hamlet)
    target = next((each for each in others if each.code == into), None)
    if target is None:
        if into is not None and not faults:
            faults = {"vao": "not_a_choice" if into else "missing"}
        return _page("merge_hamlet.html", hamlet, others=others, faults=faults)
    return _page(
        "merge_hamlet_confirm.html",
        hamlet,
        target=target,
        belongs=_belongings(hamlet),
        doubled=queries.double_codes(session(), hamlet.code, target.code),
        mark=request.form.get("mark", ""),
        faults=faults,
    )


def _split_page(hamlet: Area, form: Mapping[str, str], faults: Mapping[str, str], chosen: frozenset[UUID]) -> str:
    return _page(
        "split_hamlet.html",
        hamlet,
        form=form,
        faults=faults,
        kinds=HAMLET_KINDS,
        lanes=queries.lanes_of(session(), scope_for(Act.SEE_HOUSEHOLDS), hamlet.code),
        chosen=chosen,
    )


def _split_confirmation(hamlet: Area, form: Mapping[str, str], part: SplitOff, lanes: Iterable[Lane]) -> str:
    listed = [household for lane in lanes for household in lane.households]
    return _page(
        "split_hamlet_confirm.html",
        hamlet,
        form=form,
        part=part,
        going=[household for household in listed if household.id in part.households],
        staying=[household for household in listed if household.id not in part.households],
        belongs=_belongings(hamlet),
    )
