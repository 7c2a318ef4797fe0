"""Pages of the worklist: my hamlets, the households of one hamlet, one household, and today's visits."""

from itertools import groupby
from uuid import UUID

from flask import render_template, request
from flask_login import current_user

from community_teams.blueprints import teams_blueprint
from community_teams.models import Household
from community_teams.queries import households as queries
from community_teams.queries import visits
from community_teams.queries.households import Filter
from community_teams.queries.merged_households import canonical_ids, merged_at_once
from foundation import clock
from foundation.accounts.domain.roles import Act
from foundation.accounts.views.access import may, scope_for
from foundation.areas.models import Area
from foundation.areas.queries import ancestors
from foundation.problems import NotFound
from foundation.web.database import session

LONGEST_SEARCH = 80
MOST_PAGES = 1_000


def household_or_404(household_id: UUID, act: Act) -> tuple[Household, Area]:
    """The household and its hamlet. Raises NotFound where the signed-in person may not do `act` there."""
    found = queries.household(session(), scope_for(act), household_id)
    if found is None:
        raise NotFound("no_such_household")
    return found


def canonical_household_or_404(household_id: UUID, act: Act) -> tuple[Household, Area]:
    """The same; for a merged household the canonical one."""
    return household_or_404(canonical_ids(session(), [household_id]).get(household_id, household_id), act)


@teams_blueprint.get("/doi-so")
@may(Act.SEE_HOUSEHOLDS)
def show_hamlets() -> str:
    hamlets = queries.hamlets(session(), scope_for(Act.SEE_HOUSEHOLDS))
    return render_template(
        "community_teams/hamlets.html",
        hamlets=hamlets,
        today=visits.visits_by(session(), current_user.id, clock.day_in_vietnam(clock.now())),
        sample=any(hamlet.area.is_sample for hamlet in hamlets),
    )


@teams_blueprint.get("/doi-so/hom-nay")
@may(Act.SEE_HOUSEHOLDS)
def show_today() -> str:
    today = clock.day_in_vietnam(clock.now())
    recorded = visits.visits_on(session(), scope_for(Act.SEE_HOUSEHOLDS), today)
    return render_template(
        "community_teams/today.html",
        visits=recorded,
        today=today,
        sample=any(each.hamlet.is_sample for each in recorded),
    )


@teams_blueprint.get("/doi-so/<hamlet_code>")
@may(Act.SEE_HOUSEHOLDS)
def show_hamlet(hamlet_code: str) -> str:
    scope = scope_for(Act.SEE_HOUSEHOLDS)
    hamlet = queries.hamlet(session(), scope, hamlet_code) if "\0" not in hamlet_code else None
    if hamlet is None:
        raise NotFound("no_such_hamlet")
    counts = queries.filter_counts(session(), scope, hamlet.code)
    searched = request.args.get("tim", "")[:LONGEST_SEARCH].replace("\0", "").strip()
    chosen = _filter(request.args.get("loc"), counts[Filter.LEFT], searched)
    page = _page(request.args.get("trang"))
    shown = queries.worklist(session(), scope, hamlet.code, chosen, searched, page)
    found = queries.found(session(), scope, hamlet.code, chosen, searched)
    return render_template(
        "community_teams/hamlet.html",
        hamlet=hamlet,
        above=ancestors(session(), hamlet.code),
        lanes=[(lane, list(group)) for lane, group in groupby(shown, key=lambda household: household.lane)],
        counts=counts,
        chosen=chosen,
        searched=searched,
        page=page,
        pages=-(-found // queries.PAGE),
        found=found,
        left=queries.left_in(session(), hamlet.code),
        may_record=scope_for(Act.RECORD_VISIT).covers(hamlet.path),
    )


@teams_blueprint.get("/doi-so/ho/<uuid:household_id>")
@may(Act.SEE_HOUSEHOLDS)
def show_household(household_id: UUID) -> str:
    household, hamlet = household_or_404(household_id, Act.SEE_HOUSEHOLDS)
    scope = scope_for(Act.SEE_HOUSEHOLDS)
    canonical_id = canonical_ids(session(), [household_id]).get(household_id)
    found = queries.household(session(), scope, canonical_id) if canonical_id else None
    merged = merged_at_once(session(), household_id)
    return render_template(
        "community_teams/household.html",
        household=household,
        hamlet=hamlet,
        visits=visits.visits_of(session(), scope, household.id),
        canonical=found[0] if found else None,
        merged=merged,
        just_merged=next((each for each in merged if str(each.id) == request.args.get("da-gop")), None),
        just_taken_out="da-tach" in request.args and canonical_id is None,
        may_record=scope_for(Act.RECORD_VISIT).covers(hamlet.path),
        may_settle=scope_for(Act.SETTLE_VISITS).covers(hamlet.path),
        may_take_out=found is not None and scope_for(Act.SETTLE_VISITS).covers(found[1].path),
    )


def _filter(given: str | None, left: int, searched: str) -> Filter:
    """The filter from the address. By default households left to visit; all, if none are left or a search is typed."""
    if given in set(Filter):
        return Filter(given)
    return Filter.LEFT if left and not searched else Filter.ALL


def _page(given: str | None) -> int:
    if given is None or not (given.isascii() and given.isdecimal()):
        return 1
    return max(1, min(int(given[:9]), MOST_PAGES))
