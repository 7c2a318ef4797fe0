"""Held visits: compared side by side with the stored visit, and settled by a person."""

from flask import redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug import Response

from community_teams.blueprints import teams_blueprint
from community_teams.domain.visits import OF_ISSUE, OF_PERSON, QUESTIONS
from community_teams.models import Settlement, Visit
from community_teams.queries import held_visits as queries
from community_teams.queries.held_visits import HeldVisitDetails
from community_teams.queries.merged_households import canonical_ids
from community_teams.services.held_visits import as_visit, settle
from community_teams.views.refused_visits import held_or_404, show_refused
from foundation import clock
from foundation.accounts.domain.roles import Act
from foundation.accounts.views.access import may, scope_for
from foundation.accounts.views.reading import read_page
from foundation.problems import Conflict, Invalid
from foundation.web.database import session, transaction

# Parts that are not questions: the columns each shows.
_NOT_QUESTIONS = {
    "household": ("household_id",),
    "when": ("started_at", "ended_at"),
    "member": ("member_id", "input_type"),
}
_ORDER = (
    *("household", "outcome", "when", "member", "consent", "family", "support", "phones", "network", "power", "people"),
    *("help", "issues", "again", "satisfaction", "note"),
)
# The parts in which a held visit is compared, in the order of the form: the columns each shows.
PARTS: dict[str, tuple[str, ...]] = {
    part: _NOT_QUESTIONS.get(part, ())
    + tuple(each.column for each in QUESTIONS if each.placement.compared and each.shown_in == part)
    for part in _ORDER
}
_PERSON = tuple(question.column for question in OF_PERSON)
_ISSUE = tuple(question.column for question in OF_ISSUE)


@teams_blueprint.get("/quan-ly/phieu-can-xem")
@may(Act.SETTLE_VISITS)
def show_held_visits() -> str:
    page = read_page(request.args.get("trang"))
    held, more = queries.held_visits(session(), scope_for(Act.SETTLE_VISITS), page=page)
    return render_template("community_teams/held_visits.html", held=held, page=page, more=more)


@teams_blueprint.get("/quan-ly/phieu-can-xem/<int:held_id>")
@may(Act.SETTLE_VISITS)
def show_held_visit(held_id: int) -> str:
    held = held_or_404(held_id)
    return show_refused(held, {}) if held.row.raw is not None else _page(held, {})


@teams_blueprint.post("/quan-ly/phieu-can-xem/<int:held_id>")
@may(Act.SETTLE_VISITS)
def settle_held_visit(held_id: int) -> Response | tuple[str, int]:
    held = held_or_404(held_id)
    given = request.form.get("settlement", "")
    try:
        if given not in set(Settlement):
            raise Invalid({"settlement": "not_a_choice" if given else "missing"})
        with transaction() as writing:
            settle(
                writing,
                held_id,
                Settlement(given),
                by=current_user.row,
                scope=scope_for(Act.SETTLE_VISITS),
                now=clock.now(),
            )
    except Invalid as problem:
        page = show_refused(held, problem.fields) if held.row.raw is not None else _page(held, problem.fields)
        return page, problem.status
    except Conflict:
        pass  # somebody was quicker; the page says what they chose
    return redirect(url_for(".show_held_visit", held_id=held_id), 303)


def _page(held: HeldVisitDetails, faults: dict[str, str]) -> str:
    scope = scope_for(Act.SETTLE_VISITS)
    sent, beside = as_visit(held.row), queries.beside(session(), scope, held.row)
    stored = beside.visit if beside else None
    parts = _parts_of(sent), _parts_of(stored) if stored else {}
    return render_template(
        "community_teams/held_visit.html",
        held=held,
        sent=sent,
        beside=beside,
        shown=[part for part in PARTS if any(each.get(part) for each in parts)],
        differing={part for part in PARTS if parts[0].get(part) != parts[1].get(part)} if stored else set(),
        same_household=stored is not None and _same_household(stored, sent),
        faults=faults,
    )


def _same_household(stored: Visit, sent: Visit) -> bool:
    ids = [each.household_id for each in (stored, sent) if each.household_id is not None]
    canonical = canonical_ids(session(), ids)
    return len(ids) == 2 and canonical.get(ids[0], ids[0]) == canonical.get(ids[1], ids[1])


def _parts_of(visit: Visit) -> dict[str, object]:
    """The answers of a visit by part; empty for a part without answers."""
    parts: dict[str, object] = {
        part: [(name, value) for name in names if (value := _plain(getattr(visit, name))) not in (None, "", [])]
        for part, names in PARTS.items()
    }
    parts["people"] = [[_plain(getattr(person, name)) for name in _PERSON] for person in visit.people]
    parts["issues"] = [[_plain(getattr(issue, name)) for name in _ISSUE] for issue in visit.issues]
    return parts


def _plain(value: object) -> object:
    return sorted(value.items()) if isinstance(value, dict) else value
