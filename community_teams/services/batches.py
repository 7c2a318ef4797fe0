"""Receiving what a phone sends: every visit read by itself, all of them recorded at once."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from community_teams.domain.batches import Batch, BatchAnswer, Result, id_of
from community_teams.domain.phone_clocks import offset_of
from community_teams.domain.raw_records import RawRecord, raw_record, valid_record
from community_teams.domain.recording import Receipt, Verdict
from community_teams.domain.visits import FORM_VERSION, VisitReport, read_visit, visited_on
from community_teams.models import WhyHeld
from community_teams.queries.held_visits import handed_over_by, held_of
from community_teams.services import devices
from community_teams.services.held_visits import hold
from community_teams.services.recording import Sender, places_within_reach, record_visits
from community_teams.services.refused_visits import Refused, hold_refused
from foundation.areas.domain.scope import Scope
from foundation.problems import Invalid

# Records of one phone that wait for a person. Nobody need be signed in to hand them over; a phone that never had signal
# for months holds fewer.
MOST_HELD = 2_000


@dataclass(frozen=True)
class Received:
    """answer: None where the phone was cut off; all it sent was then set aside, and none of it counts."""

    answer: BatchAnswer | None


@dataclass(frozen=True)
class Unread(Verdict):
    """Why a record cannot be read as a visit. raw: it as it can be written down."""

    raw: RawRecord = field(kw_only=True)


Read = VisitReport | Unread


def read_records(records: Sequence[Any], *, now: datetime, clock_offset: int | None = None) -> list[Read]:
    """Each of these visits as it was sent, or why it cannot be read. To be called before anything is written."""
    return [_read(record, now, clock_offset) for record in records]


def read_of(batch: Batch, *, now: datetime) -> list[Read]:
    """The visits of a batch and then its drafts, read by its phone's clock."""
    return read_records([*batch.records, *batch.drafts], now=now, clock_offset=offset_of(batch.sent_at, now))


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
        _hold_all(session, batch, read, sender, now)
        return Received(None)
    results = take_records(session, batch.records, read[: len(batch.records)], sender=sender, now=now)
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

    Nothing of it counts until a person has looked. Sent again, it changes nothing. What comes when MOST_HELD records of
    that phone wait is not taken, and stays among those that the phone is said to hold.
    """
    sender = Sender(member, scope_on, batch.device, offset_of(batch.sent_at, now))
    devices.saw(session, device=batch.device, person=member, pending=batch.pending, now=now)
    _hold_all(session, batch, read, sender, now)


def take_records(
    session: Session,
    records: Sequence[Any],
    read: Sequence[Read],
    *,
    sender: Sender,
    now: datetime,
    last_door: bool = False,
) -> list[Result]:
    """Keep these visits as they were sent, at most MOST_VISITS of them, whatever door they came by; a result for each,
    in their order. read: as read_records gives it. Conflicts are held for a person, and so is what a newer form asked.

    last_door: nothing else keeps what is refused here, so that is held, too.
    """
    reports = [report for report in read if isinstance(report, VisitReport)]
    verdicts = iter(_record_and_hold(session, reports, sender, now))
    judged = [next(verdicts) if isinstance(each, VisitReport) else each for each in read]
    judged = _hold_unread(session, records, judged, sender, now, last_door)
    return [
        Result(id=id_of(record), outcome=verdict.receipt, problems=dict(verdict.problems))
        for record, verdict in zip(records, judged, strict=True)
    ]


def _hold_unread(
    session: Session, records: Sequence[Any], judged: list[Verdict], sender: Sender, now: datetime, last_door: bool
) -> list[Verdict]:
    waiting = held_of(session, sender.device) if sender.device else 0
    places = [
        place
        for place, verdict in enumerate(judged)
        if verdict.receipt is Receipt.HELD or (last_door and verdict.receipt is Receipt.REJECTED)
    ]
    room = places[: max(0, MOST_HELD - waiting)]
    refused = [
        Refused(
            records[place],
            _raw_of(records[place], judged[place]),
            judged[place].problems,
            WhyHeld.NEWER_FORM if judged[place].receipt is Receipt.HELD else WhyHeld.FROM_FILE,
        )
        for place in room
    ]
    told = list(judged)
    for place in places[len(room) :]:
        told[place] = Verdict(Receipt.REJECTED, judged[place].problems)
    for place, settled in zip(room, hold_refused(session, refused, sender=sender, now=now), strict=True):
        told[place] = Verdict(Receipt.ALREADY_STORED) if settled else Verdict(Receipt.HELD, judged[place].problems)
    return told


def _read(record: object, now: datetime, clock_offset: int | None) -> Read:
    if not isinstance(record, Mapping):
        return Unread(Receipt.REJECTED, {"record": "not_understood"}, raw=raw_record(record))
    if _is_newer(record.get("form_version")):
        return Unread(Receipt.HELD, {"form_version": "not_known_yet"}, raw=raw_record(record))
    try:
        return read_visit(record, now=now, clock_offset=clock_offset)
    except Invalid as problem:
        return Unread(Receipt.REJECTED, problem.fields, raw=raw_record(record))


def _record_and_hold(session: Session, reports: list[VisitReport], sender: Sender, now: datetime) -> list[Verdict]:
    verdicts = record_visits(session, reports, sender=sender, now=now)
    conflicts = [place for place, verdict in enumerate(verdicts) if verdict.receipt is Receipt.CONFLICT]
    held = [(reports[place], WhyHeld(next(iter(verdicts[place].problems.values())))) for place in conflicts]
    for place, settled in zip(conflicts, hold(session, held, sender=sender, now=now), strict=True):
        if settled:
            verdicts[place] = Verdict(Receipt.ALREADY_STORED)
    return verdicts


def _raw_of(record: object, judged: VisitReport | Verdict) -> RawRecord:
    # What was read as a visit needs no second look at its texts.
    return judged.raw if isinstance(judged, Unread) else valid_record(record)


def _is_newer(version: object) -> bool:
    return isinstance(version, int) and not isinstance(version, bool) and version > FORM_VERSION


def _hold_all(session: Session, batch: Batch, read: Sequence[Read], sender: Sender, now: datetime) -> None:
    """Set aside everything that a phone sends which forgets it next: visits, what is no visit by the rules, drafts."""
    room = max(0, MOST_HELD - held_of(session, batch.device))
    number = len(batch.records)
    visits = list(zip(batch.records, read[:number], strict=True))[:room]
    drafts = list(zip(batch.drafts, read[number:], strict=True))[: room - len(visits)]
    reports = [report for _, report in visits if isinstance(report, VisitReport)]
    entries = [(report, visited_on(report, sender.clock_offset)) for report in reports]
    places = places_within_reach(session, entries, sender)
    within, refused = [], []
    days = {report.id: day for report, day in entries}
    for record, each in visits:
        if not isinstance(each, VisitReport):
            refused.append(Refused(record, each.raw, each.problems, WhyHeld.DEVICE_CUT_OFF))
        elif (place := places.get(each.household)) and sender.may_record(place.paths, days[each.id]):
            within.append((each, WhyHeld.DEVICE_CUT_OFF))
        else:
            beyond = {"household": "not_in_your_area"}
            refused.append(Refused(record, valid_record(record), beyond, WhyHeld.DEVICE_CUT_OFF))
    refused += [Refused(draft, _raw_of(draft, each), _faults_of_draft(each), WhyHeld.DRAFT) for draft, each in drafts]
    hold(session, within, sender=sender, now=now)
    hold_refused(session, refused, sender=sender, now=now)
    _count_handed_over(session, batch, sender.member)


def _faults_of_draft(read: Read) -> Mapping[str, str]:
    # Nobody has said that it is finished, even where the rules would take it.
    return {"record": "not_finished"} if isinstance(read, VisitReport) else read.problems


def _count_handed_over(session: Session, batch: Batch, member: int) -> None:
    """What the phone said it held, in every batch the same number, less all that was received since it was cut off."""
    since = devices.cut_off_since(session, batch.device)
    if since is not None and (handed := handed_over_by(session, batch.device, since).get(member)):
        devices.handed_over(session, device=batch.device, person=member, number=handed.visits)
