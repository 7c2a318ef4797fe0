"""Which phone is at the other end, and that a phone reported lost gets nothing more."""

import json
import re
from dataclasses import dataclass
from uuid import UUID

from flask import Flask, Response, request
from flask import session as cookie
from flask_login import current_user
from werkzeug.http import parse_options_header

from community_teams.models import Storage
from community_teams.phones.domain.batches import MOST_BYTES, Batch, read_batch
from community_teams.phones.queries.devices import carrier_of, is_cut_off
from community_teams.phones.services import devices
from community_teams.phones.services.batch_reading import read_of
from community_teams.phones.services.batches import hold_batch
from community_teams.phones.services.handover import HandedOver
from foundation import clock
from foundation.accounts.domain.roles import Act
from foundation.accounts.views.access import leave_session, scopes_of
from foundation.problems import NotAllowed
from foundation.web.bodies import read_json
from foundation.web.database import session, transaction

HEADER = "X-Device"
_MOST_PENDING = 100_000
_VERSION = re.compile(r"[0-9A-Za-z.+-]{1,20}")
# What a lost phone sends of visits is held for a person.
_HEARD_OUT = ("POST", "/api/v1/visits")


@dataclass(frozen=True)
class DeviceTold:
    """What a phone says of itself with each question: `X-Device: <uuid>; pending=3; app=1.0.0; storage=persisted`.

    Whatever cannot be read is None, as if it had not been said.
    """

    id: UUID
    pending: int | None
    app_version: str | None
    storage: str | None


def device_told() -> DeviceTold | None:
    """The phone that asks, by its header; None for any other program."""
    told, options = parse_options_header(request.headers.get(HEADER, ""))
    id = _uuid(told)
    if id is None:
        return None
    pending, version, storage = options.get("pending", ""), options.get("app", ""), options.get("storage")
    return DeviceTold(
        id,
        min(int(pending), _MOST_PENDING) if pending.isascii() and pending.isdecimal() and len(pending) < 10 else None,
        version if _VERSION.fullmatch(version) else None,
        storage if storage in set(Storage) else None,
    )


def note_device() -> None:
    """Note that the signed-in member's phone was heard of, if it says which it is."""
    told = device_told()
    if told is None:
        return
    with transaction() as writing:
        devices.saw(
            writing,
            device=told.id,
            person=current_user.id,
            pending=told.pending,
            app_version=told.app_version,
            storage=told.storage,
            now=clock.now(),
        )


def keep_lost_phones_out(app: Flask) -> None:
    """Refuse a phone that was cut off, before anybody asks who is signed in on it, so that it wipes itself either way.

    A session becomes its phone's at the first question that names the phone; so the pages close too, for whoever found
    it, while the member's other phones stay signed in. The visits it holds are heard out first, those of everybody who
    used it: by then nobody, or somebody else, may be signed in.
    """

    @app.before_request
    def refuse() -> Response | None:
        # What everybody may see is also a finder's; and files, pages and maps that proxies keep ask no database.
        view = app.view_functions.get(request.endpoint or "")
        if getattr(view, "access", "public") == "public":
            return None
        told = device_told()
        if told is not None and current_user.is_authenticated and cookie.get("device") != str(told.id):
            cookie["device"] = str(told.id)
        device = told.id if told is not None else _uuid(cookie.get("device", ""))
        is_heard_out = (request.method, request.path) == _HEARD_OUT
        # The view itself sets aside what whoever is signed in sends of their own.
        if device is None or (is_heard_out and _sends_their_own()) or not is_cut_off(session(), device):
            return None
        handed_over = _hear_out(device) if is_heard_out else {}
        if told is not None or request.path.startswith("/api/"):
            # A program asks, whatever the address: it is answered as one.
            refusal = {"type": "about:blank", "status": NotAllowed.status, "code": "device_cut_off"}
            refusal |= handed_over
            return Response(json.dumps(refusal), NotAllowed.status, mimetype="application/problem+json")
        leave_session()
        cookie.pop("device", None)
        return None


def _sends_their_own() -> bool:
    return current_user.is_authenticated and request.headers.get("X-Member", str(current_user.id)) == str(
        current_user.id
    )


def by_asking_device(batch: Batch) -> Batch:
    """The batch as sent by the phone that asks, where that was cut off, whatever phone the batch itself names."""
    told = device_told()
    if told is None or told.id == batch.device or not is_cut_off(session(), told.id):
        return batch
    return batch.model_copy(update={"device": told.id})


def handed_over_told(batch: Batch, handed_over: HandedOver) -> dict[str, object]:
    """What a phone that was cut off is told beside that: the first so many of this batch it may forget."""
    return {"batch": str(batch.batch), "visits_held": handed_over.visits, "drafts_held": handed_over.drafts}


def _hear_out(device: UUID) -> dict[str, object]:
    member = request.headers.get("X-Member", "")
    batch = read_batch(read_json(most=MOST_BYTES))
    now = clock.now()
    read = read_of(batch, now=now)
    is_number = member.isascii() and member.isdecimal() and len(member) < 10
    with transaction() as writing:
        # Only the phone itself knows its id.
        carrier = carrier_of(writing, device, int(member) if is_number else None)
        scope_on = scopes_of(carrier.person, Act.RECORD_VISIT)
        handed_over = hold_batch(writing, batch, read, device=device, carrier=carrier, scope_on=scope_on, now=now)
    return handed_over_told(batch, handed_over)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
