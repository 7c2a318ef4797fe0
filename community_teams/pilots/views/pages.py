"""Public pages of pilot models: the list, one model, and the sheet to print."""

from flask import Response, make_response, render_template, request
from flask_login import current_user

from community_teams.blueprints import coverage_blueprint
from community_teams.pilots import queries as queries
from community_teams.pilots.domain.figures import compare_figures, figures_from_json
from community_teams.pilots.domain.pilots import PARTS
from community_teams.pilots.prints import Sheet, pilot_pdf
from community_teams.pilots.queries import PilotLine
from foundation import clock
from foundation.accounts.domain.roles import Act
from foundation.accounts.views.access import public, scope_for
from foundation.areas.domain.scope import NATION, Scope
from foundation.areas.queries import ancestors
from foundation.problems import NotFound
from foundation.web.database import session

MOST_PAGES = 10_000
# The largest value of an integer column in PostgreSQL.
LARGEST_ID = 2**31 - 1


@coverage_blueprint.get("/mo-hinh-diem")
@public
def show_pilots() -> str:
    """Models of the whole nation, or of one province: ?tinh=38. A province without models shows all."""
    provinces = queries.provinces_with_pilots(session(), NATION)
    code = request.args.get("tinh", "")
    chosen = next((province for province in provinces if province.code == code), None)
    scope = Scope((chosen.path,)) if chosen else NATION
    count, page = queries.count_published(session(), scope), requested_page()
    lines = queries.published_pilots(session(), scope, first=(page - 1) * queries.PAGE)
    return render_template(
        "pilots/pilots.html",
        lines=lines,
        provinces=provinces,
        chosen=chosen.code if chosen else "",
        count=count,
        page=page,
        pages=-(-count // queries.PAGE),
        may_write=current_user.is_authenticated and current_user.may(Act.WRITE_PILOTS),
        sample=any(line.hamlet.is_sample for line in lines),
    )


@coverage_blueprint.get("/mo-hinh-diem/<int:pilot_id>")
@public
def show_pilot(pilot_id: int) -> str:
    return pilot_page(pilot_id)


def pilot_page(pilot_id: int, fault: str = "") -> str:
    """The page of a public model. fault: code of why it could not be copied."""
    line = _published(pilot_id)
    pilot, sheet = line.pilot, sheet_of(line)
    writes = scope_for(Act.WRITE_PILOTS)
    hamlets = queries.hamlets_of_today(session(), writes)
    return render_template(
        "pilots/pilot.html",
        line=line,
        sheet=sheet,
        parts=PARTS,
        source=_source(pilot.copied_from),
        copies=queries.published_copies(session(), NATION, pilot.id),
        hamlets=[hamlet for hamlet in hamlets if hamlet.code != pilot.hamlet_code],
        fault=fault,
        may_see=scope_for(Act.SEE_PILOTS).covers(line.hamlet.path),
        sample=line.hamlet.is_sample,
    )


@coverage_blueprint.get("/mo-hinh-diem/<int:pilot_id>.pdf")
@public
def print_pilot(pilot_id: int) -> Response:
    answer = make_response(pilot_pdf(sheet_of(_published(pilot_id))))
    answer.mimetype = "application/pdf"
    answer.headers["Content-Disposition"] = f'attachment; filename="mo-hinh-diem-{pilot_id}.pdf"'
    # It may be withdrawn at any moment; an unchanged one costs a few bytes.
    answer.headers["Cache-Control"] = "public, no-cache"
    answer.add_etag()
    answer.make_conditional(request)
    return answer


def sheet_of(line: PilotLine) -> Sheet:
    """A model, public or not, with its figures beside it, as page and print show them."""
    pilot, hamlet = line.pilot, line.hamlet
    now = clock.now()
    today = queries.pilot_figures_today(session(), hamlet.code, today=clock.day_in_vietnam(now))
    then = figures_from_json(pilot.figures) if pilot.published_at else None
    above = ancestors(session(), hamlet.code)
    return Sheet(
        text=pilot.as_text(),
        place=tuple((area.kind.value, area.name) for area in (hamlet, *reversed(above))),
        published_on=clock.day_in_vietnam(pilot.published_at or now),
        figures=compare_figures(then, today),
        then=then.day if then else None,
        today=clock.day_in_vietnam(now),
        source=today.source if today else "",
        as_of=today.as_of if today else None,
        sample=hamlet.is_sample,
    )


def requested_page() -> int:
    """?trang=, from 1 to MOST_PAGES; 1 for anything that is not such a number."""
    page = request.args.get("trang", "")[:6]
    return min(int(page), MOST_PAGES) if page.isascii() and page.isdecimal() and int(page) else 1


def _published(pilot_id: int) -> PilotLine:
    if pilot_id > LARGEST_ID:
        raise NotFound("no_such_pilot")
    return queries.published_pilot(session(), NATION, pilot_id)


def _source(pilot_id: int | None) -> PilotLine | None:
    """The model this one was copied from, while that is public."""
    if pilot_id is None:
        return None
    try:
        return queries.published_pilot(session(), NATION, pilot_id)
    except NotFound:
        return None
