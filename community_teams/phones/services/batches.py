"""Receives the batches of phones: every visit is read by itself, all are recorded at once."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from community_teams.domain.visit_batch import ResultStatus, VisitResult
from community_teams.domain.visits import VisitReport, clock_offset_of
from community_teams.models import WhyHeld
from community_teams.phones.domain.batches import Batch, BatchAnswer, Result, id_of
from community_teams.phones.queries.devices import VisitOwner
from community_teams.phones.services import devices, handover
from community_teams.phones.services.batch_reading import Read, Unread, raw_of
from community_teams.phones.services.handover import HandoverResult, hold_all
from community_teams.queries.held_visits import conflicts_among, handed_over_by, held_of
from community_teams.queries.recording import stored_among
from community_teams.services.held_visits import hold
from community_teams.services.recording import Submission, record_visits
from community_teams.services.refused_visits import Refused, hold_refused
from foundation.areas.domain.scope import Scope


def receive_batch(
    session: Session,
    batch: Batch,
    read: Sequence[Read],
    *,
    member: int,
    scope_on: Callable[[date], Scope],
    now: datetime,
) -> BatchAnswer | HandoverResult:
    """Store the visits a phone sends. Sending any or all of them again changes nothing.

    read: from read_of. scope_on: where the member may record visits made on a given day. A conflict is held for a
    person; sent again after it was settled, it is ALREADY_STORED. Returns HandoverResult if the phone is cut off: what
    it sent is held, and none of it counts.
    """
    submission = Submission(member, scope_on, batch.device, clock_offset_of(batch.sent_at, now))
    cut_off = devices.saw(
        session,
        device=batch.device,
        person=member,
        pending=batch.pending,
        app_version=batch.app_version,
        storage=batch.storage,
        now=now,
    )
    if cut_off:
        handed_over = hold_all(session, batch, read, submission=submission, now=now)
        _count_handed_over(session, batch, member, handed_over)
        return handed_over
    results = record_sent(session, batch.records, read[: len(batch.records)], submission=submission, now=now)
    # A conflict is stored here too, so the phone deletes it.
    rid = sum(result.outcome is not ResultStatus.REJECTED for result in results)
    devices.handed_over(session, device=batch.device, person=member, number=rid)
    return BatchAnswer(batch=batch.batch, results=results)


def hold_batch(
    session: Session,
    batch: Batch,
    read: Sequence[Read],
    *,
    device: UUID,
    carrier: VisitOwner,
    scope_on: Callable[[date], Scope],
    now: datetime,
) -> HandoverResult:
    """Hold what a phone that was cut off hands over, whoever is signed in on it now.

    device: the phone, whatever the batch names. carrier: the owner of the visits, from carrier_of. Nothing counts until
    a person has settled it. Sent again, it changes nothing. With MOST_HELD records of that phone held, no more are
    accepted; they stay in the number that the phone holds.
    """
    batch = batch.model_copy(update={"device": device})
    member = carrier.person.id
    submission = Submission(member, scope_on, device, clock_offset_of(batch.sent_at, now))
    if not carrier.is_known:
        # No device row for a claimed user: it would give their officers power over the phone.
        return hold_all(session, batch, read, submission=submission, now=now, doubt={"member": "not_of_this_phone"})
    devices.saw(session, device=device, person=member, pending=batch.pending, now=now)
    handed_over = hold_all(session, batch, read, submission=submission, now=now)
    _count_handed_over(session, batch, member, handed_over)
    return handed_over


def record_sent(
    session: Session,
    records: Sequence[Any],
    read: Sequence[Read],
    *,
    submission: Submission,
    now: datetime,
    hold_rejected: bool = False,
) -> list[Result]:
    """Record visits as they were sent, at most MOST_VISITS of them. Returns a result for each, in their order.

    read: as read_records gives it. A conflict is held for a person, and so is a visit of a newer form. A visit that is
    stored already is ALREADY_STORED, whatever the clock, the form or the member's hamlets have become since.
    hold_rejected: hold what is rejected, too, because nothing else keeps it.
    """
    reports = [report for report in read if isinstance(report, VisitReport)]
    recorded = iter(record_visits(session, reports, submission=submission, now=now))
    results = [next(recorded) if isinstance(each, VisitReport) else each for each in read]
    # Most batches have none of these.
    _hold_conflicts(session, read, results, submission, now)
    if any(result.status is ResultStatus.REJECTED for result in results):
        results = _as_answered_before(session, read, results)
    held = {ResultStatus.HELD, ResultStatus.REJECTED} if hold_rejected else {ResultStatus.HELD}
    places = [place for place, result in enumerate(results) if result.status in held]
    if places:
        _hold_unread(session, records, results, places, submission, now)
    return [
        Result(id=id_of(record), outcome=result.status, problems=dict(result.problems))
        for record, result in zip(records, results, strict=True)
    ]


def _hold_conflicts(
    session: Session, read: Sequence[Read], results: list[VisitResult], submission: Submission, now: datetime
) -> None:
    """Hold the conflicts among the results; one that a person has settled already becomes ALREADY_STORED."""
    conflicts = {
        place: (report, WhyHeld(next(iter(result.problems.values()))))
        for place, (report, result) in enumerate(zip(read, results, strict=True))
        if result.status is ResultStatus.CONFLICT and isinstance(report, VisitReport)
    }
    if not conflicts:
        return
    settled = hold(session, list(conflicts.values()), submission=submission, now=now)
    for place, is_settled in zip(conflicts, settled, strict=True):
        if is_settled:
            results[place] = VisitResult(ResultStatus.ALREADY_STORED)


def _hold_unread(
    session: Session,
    records: Sequence[Any],
    results: list[VisitResult],
    places: Sequence[int],
    submission: Submission,
    now: datetime,
) -> None:
    """Hold the records at these places as they were sent, as far as there is room, and change their results."""
    waiting = held_of(session, submission.device) if submission.device else 0
    room = places[: max(0, handover.MOST_HELD - waiting)]
    refused = [
        Refused(
            records[place],
            raw_of(records[place], results[place]),
            results[place].problems,
            WhyHeld.NEWER_FORM if results[place].status is ResultStatus.HELD else WhyHeld.FROM_FILE,
        )
        for place in room
    ]
    for place in places[len(room) :]:
        results[place] = VisitResult(ResultStatus.REJECTED, results[place].problems)
    for place, settled in zip(room, hold_refused(session, refused, submission=submission, now=now), strict=True):
        results[place] = (
            VisitResult(ResultStatus.ALREADY_STORED)
            if settled
            else VisitResult(ResultStatus.HELD, results[place].problems)
        )


def _as_answered_before(session: Session, read: Sequence[Read], results: list[VisitResult]) -> list[VisitResult]:
    """The results, with the right one for what is rejected now but is stored or held with the same content: the phone
    sends it again because the answer was lost."""
    sent = {
        place: report
        for place, (each, result) in enumerate(zip(read, results, strict=True))
        if result.status is ResultStatus.REJECTED
        and (report := each.before if isinstance(each, Unread) else each) is not None
    }
    if not sent:
        return results
    ids = {report.id for report in sent.values()}
    stored, conflicts = stored_among(session, ids), conflicts_among(session, ids)
    answered = list(results)
    for place, report in sent.items():
        key = (report.id, report.content_hash())
        why, is_settled = conflicts.get(key, (None, False))
        if key in stored or is_settled:
            answered[place] = VisitResult(ResultStatus.ALREADY_STORED)
        elif why is not None:
            field_name = "id" if why is WhyHeld.VISIT_ID_TAKEN else "supersedes"
            answered[place] = VisitResult(ResultStatus.CONFLICT, {field_name: why.value})
    return answered


def _count_handed_over(session: Session, batch: Batch, member: int, handed_over: HandoverResult) -> None:
    """Subtract what was received from the number of visits the phone has reported."""
    if batch.parting:
        number = handed_over.visits
    else:
        # An older app reports the same number in every batch.
        since = devices.cut_off_since(session, batch.device)
        received = handed_over_by(session, batch.device, since).get(member) if since is not None else None
        number = (received.visits if received else 0) + handed_over.stored
    devices.handed_over(session, device=batch.device, person=member, number=number)
