"""Pages to merge two households that are the same, and to undo it. The reader sees both side by side first."""

from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug import Response

from community_teams.blueprints import teams_blueprint
from community_teams.list_changes.services.household_merges import merge_household, take_out_household
from community_teams.models import Household
from community_teams.queries import households as queries
from community_teams.queries.merged_households import canonical_ids
from community_teams.services.desk import household_named
from community_teams.views.households import household_or_404
from foundation import clock
from foundation.accounts.domain.roles import Act
from foundation.accounts.views.access import may, scope_for
from foundation.areas.models import Area
from foundation.problems import Conflict, Invalid
from foundation.web.database import session, transaction

LONGEST_CODE = 30


@teams_blueprint.get("/doi-so/ho/<uuid:household_id>/gop")
@may(Act.SETTLE_VISITS)
def ask_merge(household_id: UUID) -> Response | str | tuple[str, int]:
    """Asks for the code of the other household; once it is given (?voi), shows both side by side."""
    household, hamlet = household_or_404(household_id, Act.SETTLE_VISITS)
    if household.merged_into is not None:
        return redirect(url_for(".show_household", household_id=household_id), 303)
    typed = request.args.get("voi")
    if typed is None:
        return _page(household, hamlet)
    typed = typed[:LONGEST_CODE].replace("\0", "")
    try:
        return _page(household, hamlet, typed, stays=_other(household, hamlet, typed))
    except Invalid as problem:
        return _page(household, hamlet, typed, problem.fields["household_code"]), problem.status


@teams_blueprint.post("/doi-so/ho/<uuid:household_id>/gop")
@may(Act.SETTLE_VISITS)
def merge(household_id: UUID) -> Response | tuple[str, int]:
    household, hamlet = household_or_404(household_id, Act.SETTLE_VISITS)
    into = household_or_404(_uuid(request.form.get("into", "")), Act.SETTLE_VISITS)[0].id
    try:
        with transaction() as writing:
            scope = scope_for(Act.SETTLE_VISITS)
            merge_household(writing, household_id, into, by=current_user.name, scope=scope, now=clock.now())
    except Conflict as problem:
        return _page(household, hamlet, fault=problem.code), problem.status
    return redirect(url_for(".show_household", household_id=into, **{"da-gop": household_id}), 303)  # type: ignore[arg-type]


@teams_blueprint.post("/doi-so/ho/<uuid:household_id>/tach")
@may(Act.SETTLE_VISITS)
def take_out(household_id: UUID) -> Response:
    household_or_404(household_id, Act.SETTLE_VISITS)
    done = {"da-tach": "1"}
    try:
        with transaction() as writing:
            scope = scope_for(Act.SETTLE_VISITS)
            take_out_household(writing, household_id, by=current_user.name, scope=scope, now=clock.now())
    except Conflict:
        # Somebody else has undone it already, or the other household has moved: the page shows its present state.
        done = {}
    return redirect(url_for(".show_household", household_id=household_id, **done), 303)  # type: ignore[arg-type]


def _other(household: Household, hamlet: Area, typed: str) -> Household:
    """The (canonical) household of the hamlet with the code typed. Raises Invalid {"household_code": …}."""
    scope = scope_for(Act.SETTLE_VISITS)
    named = household_named(session(), hamlet, typed, scope=scope, now=clock.now())
    found = queries.household(session(), scope, canonical_ids(session(), [named.id]).get(named.id, named.id))
    if found is None or found[1].code != hamlet.code:
        raise Invalid({"household_code": "another_hamlet"})
    if found[0].id == household.id:
        raise Invalid({"household_code": "same_household"})
    return found[0]


def _page(
    household: Household, hamlet: Area, typed: str = "", fault: str = "", *, stays: Household | None = None
) -> str:
    return render_template(
        "list_changes/household_merge.html",
        household=household,
        hamlet=hamlet,
        typed=typed,
        fault=fault,
        stays=stays,
    )


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)
