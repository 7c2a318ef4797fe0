"""Holds what a phone that was cut off hands over before it deletes it, valid or not, for a person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from community_teams.domain.raw_records import RawRecord, valid_record
from community_teams.domain.visits import VisitReport, visited_on
from community_teams.models import WhyHeld
from community_teams.phones.domain.batches import Batch
from community_teams.phones.services.batch_reading import Read, Unread, raw_of
from community_teams.queries.held_visits import held_among, held_of
from community_teams.queries.recording import stored_among
from community_teams.services.held_visits import hold
from community_teams.services.recording import Submission, places_within_reach
from community_teams.services.refused_visits import Refused, hold_refused

# Held records of one phone, at most: handing over needs no sign-in. A phone without signal for months holds fewer.
MOST_HELD = 2_000


@dataclass(frozen=True)
class HandoverResult:
    """How many of a batch's visits, and of its drafts, are on the server now: the first so many of each. The phone may
    delete those, and no others. stored: those of the visits that were recorded before the phone was cut off."""

    visits: int
    drafts: int
    stored: int = 0


@dataclass(frozen=True)
class _Entry:
    """A record to be held: read as a visit within scope (report), or as it was sent (refused).

    key: id and content hash under which it is held; sent: the same of the visit it is, None where it cannot be read.
    """

    key: tuple[UUID, str]
    sent: tuple[UUID, str] | None
    report: VisitReport | None = None
    refused: Refused | None = None


def hold_all(
    session: Session,
    batch: Batch,
    read: Sequence[Read],
    *,
    submission: Submission,
    now: datetime,
    doubt: Mapping[str, str] | None = None,
) -> HandoverResult:
    """Hold the visits and drafts of a batch, as far as MOST_HELD allows. The same batch again gives the same answer.

    read: its visits and then its drafts, from read_of. doubt: {field: code} of a problem with all of them; then none
    counts as valid. A visit that was recorded before is not held again.
    """
    number = len(batch.records)
    visits = _visits(session, batch.records, read[:number], submission, doubt or {})
    drafts = [_draft(record, each, doubt or {}) for record, each in zip(batch.drafts, read[number:], strict=True)]
    stored = stored_among(session, {entry.sent[0] for entry in visits if entry.sent})
    held = held_among(session, {entry.key[0] for entry in (*visits, *drafts)})
    room = max(0, MOST_HELD - held_of(session, submission.device)) if submission.device else MOST_HELD
    new: list[_Entry] = []
    taken = {True: 0, False: 0}
    were_stored = 0
    for is_visit, entries in ((True, visits), (False, drafts)):
        for entry in entries:
            is_stored = is_visit and entry.sent in stored
            if not is_stored and entry.key not in held:
                if len(new) == room:
                    break
                new.append(entry)
                held.add(entry.key)
            taken[is_visit] += 1
            were_stored += is_stored
    hold(
        session, [(each.report, WhyHeld.DEVICE_CUT_OFF) for each in new if each.report], submission=submission, now=now
    )
    hold_refused(session, [each.refused for each in new if each.refused], submission=submission, now=now)
    return HandoverResult(taken[True], taken[False], were_stored)


def _visits(
    session: Session, records: Sequence[object], read: Sequence[Read], submission: Submission, doubt: Mapping[str, str]
) -> list[_Entry]:
    reports = [each for each in read if isinstance(each, VisitReport)]
    days: dict[UUID, date] = {report.id: visited_on(report, submission.clock_offset) for report in reports}
    places = places_within_reach(session, [(report, days[report.id]) for report in reports], submission)
    entries = []
    for record, each in zip(records, read, strict=True):
        if not isinstance(each, VisitReport):
            entries.append(_refused(record, each.raw, {**each.problems, **doubt}, WhyHeld.DEVICE_CUT_OFF, each.before))
        elif doubt:
            entries.append(_refused(record, valid_record(record), doubt, WhyHeld.DEVICE_CUT_OFF, each))
        elif (place := places.get(each.household)) and submission.may_record(place.paths, days[each.id]):
            key = (each.id, each.content_hash())
            entries.append(_Entry(key, key, report=each))
        else:
            beyond = {"household": "not_in_your_area"}
            entries.append(_refused(record, valid_record(record), beyond, WhyHeld.DEVICE_CUT_OFF, each))
    return entries


def _draft(record: object, read: Read, doubt: Mapping[str, str]) -> _Entry:
    # Nobody has finished it, even if it would be valid.
    problems = read.problems if isinstance(read, Unread) else {"record": "not_finished"}
    return _refused(record, raw_of(record, read), {**problems, **doubt}, WhyHeld.DRAFT, None)


def _refused(
    record: object, raw: RawRecord, problems: Mapping[str, str], why: WhyHeld, report: VisitReport | None
) -> _Entry:
    key = (raw.visit_id(record), raw.content_hash())
    sent = (report.id, report.content_hash()) if report else None
    return _Entry(key, sent, refused=Refused(record, raw, problems, why))
