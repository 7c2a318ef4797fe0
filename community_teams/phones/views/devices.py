"""Reads which phone sends a request, and refuses phones that were reported lost."""

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
from community_teams.phones.services.handover import HandoverResult
from foundation import clock
from foundation.accounts.domain.roles import Act
from foundation.accounts.views.access import leave_session, scopes_of
from foundation.problems import NotAllowed
from foundation.web.bodies import read_json
from foundation.web.database import session, transaction

HEADER = "X-Device"
_MOST_PENDING = 100_000
_VERSION = re.compile(r"[0-9A-Za-z.+-]{1,20}")
# Visits that a lost phone sends here are held for a person.
_HEARD_OUT = ("POST", "/api/v1/visits")


@dataclass(frozen=True)
class DeviceHeader:
    """The header of each request of a phone: `X-Device: <uuid>; pending=3; app=1.0.0; storage=persisted`.

    A value that cannot be read is None, as if it were missing.
    """

    id: UUID
    pending: int | None
    app_version: str | None
    storage: str | None


def device_header() -> DeviceHeader | None:
    """The phone that asks, by its header; None for any other program."""
    header, options = parse_options_header(request.headers.get(HEADER, ""))
    id = _uuid(header)
    if id is None:
        return None
    pending, version, storage = options.get("pending", ""), options.get("app", ""), options.get("storage")
    return DeviceHeader(
        id,
        min(int(pending), _MOST_PENDING) if pending.isascii() and pending.isdecimal() and len(pending) < 10 else None,
        version if _VERSION.fullmatch(version) else None,
        storage if storage in set(Storage) else None,
    )


def note_device() -> None:
    """Record a contact of the signed-in member's phone, if the request has the header."""
    header = device_header()
    if header is None:
        return
    with transaction() as writing:
        devices.saw(
            writing,
            device=header.id,
            person=current_user.id,
            pending=header.pending,
            app_version=header.app_version,
            storage=header.storage,
            now=clock.now(),
        )


def block_lost_phones(app: Flask) -> None:
    """Refuse a phone that was cut off before the sign-in is checked, so that it wipes itself in any case.

    A session is bound to its phone by the first request that names the phone. So the pages close too for a finder,
    while the member's other phones stay signed in. The visits on the phone are accepted first, those of everybody who
    used it, whoever is signed in by then.
    """

    @app.before_request
    def refuse() -> Response | None:
        # Public pages stay open to a finder too; and files, pages and maps in proxies need no database.
        view = app.view_functions.get(request.endpoint or "")
        if getattr(view, "access", "public") == "public":
            return None
        header = device_header()
        if header is not None and current_user.is_authenticated and cookie.get("device") != str(header.id):
            cookie["device"] = str(header.id)
        device = header.id if header is not None else _uuid(cookie.get("device", ""))
        is_heard_out = (request.method, request.path) == _HEARD_OUT
        # The view itself holds the visits of the member who is signed in.
        if device is None or (is_heard_out and _sends_their_own()) or not is_cut_off(session(), device):
            return None
        handed_over = _hear_out(device) if is_heard_out else {}
        if header is not None or request.path.startswith("/api/"):
            # The app asks, whatever the address: it gets JSON.
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
    header = device_header()
    if header is None or header.id == batch.device or not is_cut_off(session(), header.id):
        return batch
    return batch.model_copy(update={"device": header.id})


def handover_counts(batch: Batch, handed_over: HandoverResult) -> dict[str, object]:
    """Fields of the answer to a phone cut off: how many records of this batch it may delete, from the first."""
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
    return handover_counts(batch, handed_over)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
