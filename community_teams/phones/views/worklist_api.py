"""The API from which phones fetch the member's worklist and the known answers of households, changes only."""

import json
from collections.abc import Mapping
from itertools import groupby

from flask import Response, request
from flask_login import current_user

from community_teams.blueprints import teams_blueprint
from community_teams.phones.domain.worklist_answers import KnownAnswer, WorklistAnswer
from community_teams.phones.queries.worklist_pages import Page, next_page
from community_teams.phones.queries.worklists import ListedHousehold
from community_teams.phones.views.devices import HEADER, note_device
from community_teams.phones.views.worklist_cursors import seal, unseal
from community_teams.queries.known import KnownAnswers, known_in
from foundation import clock
from foundation.accounts.domain.roles import ROLES, Act
from foundation.accounts.views.access import may, scope_for
from foundation.areas.domain.scope import Scope
from foundation.web.database import session
from foundation.web.openapi import Operation, Parameter, describe

MOST_HOUSEHOLDS = 2_000
MOST_KNOWN = 500
# province/commune/hamlet/
HAMLET_DEPTH = 3


@teams_blueprint.get("/api/v1/worklist")
@may(Act.SEE_HOUSEHOLDS)
def tell_worklist() -> Response:
    note_device()
    page = next_page(
        session(),
        scope_for(Act.SEE_HOUSEHOLDS),
        _own_hamlets(),
        unseal(request.args.get("since", ""), "worklist"),
        person=current_user.id,
        most=MOST_HOUSEHOLDS,
    )
    fields: dict[str, object] = {}
    if page.hamlets is not None:
        fields["hamlets"] = [
            {"code": hamlet.code, "name": hamlet.name, "kind": hamlet.kind, "own": own} for hamlet, own in page.hamlets
        ]
    return _answer(page, "worklist", fields | {"households": [_line(household) for household in page.households]})


@teams_blueprint.get("/api/v1/known")
@may(Act.RECORD_VISIT)
def tell_known() -> Response:
    own = _own_hamlets()
    scope = Scope(tuple(sorted(own)))
    cursor = unseal(request.args.get("since", ""), "known")
    page = next_page(session(), scope, own, cursor, person=current_user.id, most=MOST_KNOWN)
    lines = []
    for hamlet, changed in groupby(page.households, key=lambda household: household.hamlet):
        known = known_in(session(), scope, hamlet)
        for household in changed:
            if earlier := known.get(household.id):
                lines.append(_known(household, earlier))
            elif hamlet not in page.fresh:
                page.gone.append(household.id)
    return _answer(page, "known", {"households": lines})


def _own_hamlets() -> frozenset[str]:
    """Paths of the hamlets in which the member has a role. A role in a whole commune gives none: a lost phone should
    hold few names."""
    today = clock.day_in_vietnam(clock.now())
    holdings = [held.as_holding() for held in current_user.row.holdings]
    return frozenset(
        held.area_path
        for held in holdings
        if held.in_force(today) and Act.RECORD_VISIT in ROLES[held.role] and held.area_path.count("/") == HAMLET_DEPTH
    )


def _line(household: ListedHousehold) -> dict[str, object]:
    return {
        "id": str(household.id),
        "short_code": household.short_code,
        "hamlet": household.hamlet,
        "lane": household.lane,
        "label": household.label,
        "status": household.status,
        "last_outcome": household.last_outcome,
        "last_visited_on": household.last_visited_on and household.last_visited_on.isoformat(),
        "next_visit_on": household.next_visit_on and household.next_visit_on.isoformat(),
        "version": household.version,
    }


def _known(household: ListedHousehold, known: KnownAnswers) -> dict[str, object]:
    return {
        "id": str(household.id),
        "version": household.version,
        "on": known.visited_on.isoformat(),
        "known": known.answers,
    }


def _answer(page: Page, use: str, fields: Mapping[str, object]) -> Response:
    body: dict[str, object] = {"cursor": seal(page.cursor, use), "more": page.more}
    if page.reset:
        body["reset"] = True
    body |= {**fields, "gone": [str(id) for id in page.gone]}
    answer = Response(json.dumps(body, ensure_ascii=False, separators=(",", ":")), mimetype="application/json")
    answer.add_etag()
    answer.make_conditional(request)
    return answer


_SINCE = Parameter("since", "query", "The cursor of the answer before; left out, everything is fields.")
_DEVICE = Parameter(
    HEADER, "header", "Which phone asks and what it holds: `<uuid>; pending=3; app=1.0.0; storage=persisted`."
)
_REFUSALS = {403: ("device_cut_off", "role_does_not_allow"), 503: ("busy",)}
describe(
    teams_blueprint,
    Operation(
        "GET",
        "/api/v1/worklist",
        "fetchWorklist",
        "The households of the member's hamlets that changed since a cursor. Take `gone` away first.",
        gives=WorklistAnswer,
        parameters=(_SINCE, _DEVICE),
        refusals=_REFUSALS,
        others={304: "Nothing changed."},
        signed_in=True,
    ),
    Operation(
        "GET",
        "/api/v1/known",
        "fetchKnown",
        "What earlier visits fields of the households in the member's own hamlets, changes since a cursor only.",
        gives=KnownAnswer,
        parameters=(_SINCE, _DEVICE),
        refusals=_REFUSALS,
        others={304: "Nothing changed."},
        signed_in=True,
    ),
)
