"""Receiving what a phone sends: every visit read by itself, all of them recorded at once."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from community_teams.domain.batches import Batch, BatchAnswer, Result, id_of
from community_teams.domain.phone_clocks import offset_of
from community_teams.domain.recording import Receipt, Verdict
from community_teams.domain.visits import VisitReport, read_visit, visited_on
from community_teams.models import WhyHeld
from community_teams.queries.held_visits import held_of
from community_teams.services import devices
from community_teams.services.held_visits import hold
from community_teams.services.recording import Sender, places_within_reach, record_visits
from foundation.areas.domain.scope import Scope
from foundation.problems import Invalid

# Nobody need be signed in to hand these over; a phone that never had signal for months holds fewer.
MOST_HELD = 2_000


@dataclass(frozen=True)
class Received:
    """answer: None where the phone was cut off; its visits within reach were then held, and none of them counts."""

    answer: BatchAnswer | None


Read = VisitReport | Verdict


def read_records(records: Sequence[Any], *, now: datetime, clock_offset: int | None = None) -> list[Read]:
    """Each of these visits as it was sent, or why it cannot be read. To be called before anything is written."""
    return [_read(record, now, clock_offset) for record in records]


def read_of(batch: Batch, *, now: datetime) -> list[Read]:
    """The visits of a batch, read by its phone's clock."""
    return read_records(batch.records, now=now, clock_offset=offset_of(batch.sent_at, now))


def receive_batch(
    session: Session,
    batch: Batch,
    read: Sequence[Read],
    *,
    member: int,
    scope_on: Callable[[date], Scope],
    now: datetime,
) -> Received:
    """Keep the visits a phone sends. Sending any of them again, or all of them, changes nothing.

    read: as read_of gives it. scope_on: where the member may record visits made on a given day. A conflict is held for
    a person beside what was kept; sent again after somebody has settled it, it is ALREADY_STORED.
    """
    sender = Sender(member, scope_on, batch.device, offset_of(batch.sent_at, now))
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
        _hold_within_reach(session, read, sender, now)
        return Received(None)
    results = take_records(session, batch.records, read, sender=sender, now=now)
    # A conflict is kept here, too: the phone is rid of it.
    rid = sum(result.outcome is not Receipt.REJECTED for result in results)
    devices.handed_over(session, device=batch.device, person=member, number=rid)
    return Received(BatchAnswer(batch=batch.batch, results=results))


def hold_batch(
    session: Session,
    batch: Batch,
    read: Sequence[Read],
    *,
    member: int,
    scope_on: Callable[[date], Scope],
    now: datetime,
) -> None:
    """Set aside what a phone that was cut off hands over for one of those who used it, whoever is signed in by now.

    Nothing of it counts until a person has looked. Sent again, it changes nothing; nor does it once MOST_HELD visits of
    that phone wait.
    """
    sender = Sender(member, scope_on, batch.device, offset_of(batch.sent_at, now))
    if held_of(session, batch.device) < MOST_HELD:
        _hold_within_reach(session, read, sender, now)


def take_records(
    session: Session, records: Sequence[Any], read: Sequence[Read], *, sender: Sender, now: datetime
) -> list[Result]:
    """Keep these visits as they were sent, at most MOST_VISITS of them, whatever door they came by; a result for each,
    in their order. read: as read_records gives it. Conflicts are held for a person."""
    reports = [report for report in read if isinstance(report, VisitReport)]
    verdicts = iter(_record_and_hold(session, reports, sender, now))
    told = [next(verdicts) if isinstance(each, VisitReport) else each for each in read]
    return [
        Result(id=id_of(record), outcome=verdict.receipt, problems=dict(verdict.problems))
        for record, verdict in zip(records, told, strict=True)
    ]


def _read(record: object, now: datetime, clock_offset: int | None) -> Read:
    if not isinstance(record, Mapping):
        return Verdict(Receipt.REJECTED, {"record": "not_understood"})
    try:
        return read_visit(record, now=now, clock_offset=clock_offset)
    except Invalid as problem:
        return Verdict(Receipt.REJECTED, problem.fields)


def _record_and_hold(session: Session, reports: list[VisitReport], sender: Sender, now: datetime) -> list[Verdict]:
    verdicts = record_visits(session, reports, sender=sender, now=now)
    conflicts = [place for place, verdict in enumerate(verdicts) if verdict.receipt is Receipt.CONFLICT]
    held = [(reports[place], WhyHeld(next(iter(verdicts[place].problems.values())))) for place in conflicts]
    for place, settled in zip(conflicts, hold(session, held, sender=sender, now=now), strict=True):
        if settled:
            verdicts[place] = Verdict(Receipt.ALREADY_STORED)
    return verdicts


def _hold_within_reach(session: Session, read: Sequence[Read], sender: Sender, now: datetime) -> None:
    reports = [report for report in read if isinstance(report, VisitReport)]
    entries = [(report, visited_on(report, sender.clock_offset)) for report in reports]
    places = places_within_reach(session, entries, sender)
    held = [
        (report, WhyHeld.DEVICE_CUT_OFF)
        for report, day in entries
        if (place := places.get(report.household)) and sender.may_record(place.paths, day)
    ]
    hold(session, held, sender=sender, now=now)
