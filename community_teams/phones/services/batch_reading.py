"""Reads the visits of batches and files, each record by itself, before anything is written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from community_teams.domain.raw_records import RawRecord, raw_record, valid_record
from community_teams.domain.visit_batch import ResultStatus, VisitResult
from community_teams.domain.visits import FORM_VERSION, VisitReport, clock_offset_of, read_visit
from community_teams.phones.domain.batches import Batch
from community_teams.phones.domain.earlier_versions import read_sent_before
from foundation.problems import Invalid


@dataclass(frozen=True)
class Unread(VisitResult):
    """Why a record cannot be read as a visit. raw: the record in a form that can be stored. before: the record read by
    the rules of an earlier time, None if they would have refused it too."""

    raw: RawRecord = field(kw_only=True)
    before: VisitReport | None = field(default=None, kw_only=True)


Read = VisitReport | Unread


def read_records(records: Sequence[Any], *, now: datetime, clock_offset: int | None = None) -> list[Read]:
    """Each of these visits as it was sent, or why it cannot be read. To be called before anything is written."""
    return [_read(record, now, clock_offset) for record in records]


def read_of(batch: Batch, *, now: datetime) -> list[Read]:
    """The visits of a batch and then its drafts, read by its phone's clock."""
    return read_records([*batch.records, *batch.drafts], now=now, clock_offset=clock_offset_of(batch.sent_at, now))


def raw_of(record: object, judged: VisitReport | VisitResult) -> RawRecord:
    """A record in a form that can be stored. judged: the visit that was read, or its result."""
    # The texts of a record that was read as a visit are already checked.
    return judged.raw if isinstance(judged, Unread) else valid_record(record)


def _read(record: object, now: datetime, clock_offset: int | None) -> Read:
    if not isinstance(record, Mapping):
        return Unread(ResultStatus.REJECTED, {"record": "not_understood"}, raw=raw_record(record))
    if _is_newer(record.get("form_version")):
        return Unread(ResultStatus.HELD, {"form_version": "not_known_yet"}, raw=raw_record(record))
    try:
        return read_visit(record, now=now, clock_offset=clock_offset)
    except Invalid as problem:
        before = read_sent_before(record, problem.fields)
        return Unread(ResultStatus.REJECTED, problem.fields, raw=raw_record(record), before=before)


def _is_newer(version: object) -> bool:
    return isinstance(version, int) and not isinstance(version, bool) and version > FORM_VERSION
