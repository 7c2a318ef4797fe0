"""The API to which phones send visits."""

from flask import Response
from flask_login import current_user

from community_teams.blueprints import teams_blueprint
from community_teams.phones.domain.batches import MOST_BYTES, Batch, BatchAnswer, read_batch
from community_teams.phones.services.batch_reading import read_of
from community_teams.phones.services.batches import receive_batch
from community_teams.phones.services.handover import HandoverResult
from community_teams.phones.views.devices import by_asking_device, handover_counts
from foundation import clock
from foundation.accounts.domain.roles import Act
from foundation.accounts.views.access import scopes_for, signed_in
from foundation.problems import NotAllowed
from foundation.web.bodies import read_json
from foundation.web.body_limits import takes
from foundation.web.database import transaction
from foundation.web.openapi import Operation, describe


@teams_blueprint.post("/api/v1/visits")
@takes(MOST_BYTES)
# Not @may: a member whose role has ended may still send visits made while they had it.
@signed_in
def take_visits() -> Response:
    batch = by_asking_device(read_batch(read_json(most=MOST_BYTES)))
    scope_on = scopes_for(Act.RECORD_VISIT)
    now = clock.now()
    read = read_of(batch, now=now)
    with transaction() as writing:
        received = receive_batch(writing, batch, read, member=current_user.id, scope_on=scope_on, now=now)
    if isinstance(received, HandoverResult):
        raise NotAllowed("device_cut_off", **handover_counts(batch, received))
    answer = Response(received.model_dump_json(), mimetype="application/json")
    answer.headers["Cache-Control"] = "no-store"
    return answer


describe(
    teams_blueprint,
    Operation(
        "POST",
        "/api/v1/visits",
        "sendVisits",
        "Send visits that were written down on a phone. Sending any of them again changes nothing.",
        takes=Batch,
        gives=BatchAnswer,
        refusals={
            400: ("bad_json", "bad_gzip"),
            403: ("device_cut_off", "foreign_site"),
            413: ("too_large", "too_many_visits"),
            415: ("not_json", "unknown_encoding"),
            422: ("invalid",),
            503: ("busy",),
        },
        signed_in=True,
        packed=True,
    ),
)
