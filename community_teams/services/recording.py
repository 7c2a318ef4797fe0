"""Recording visits: each of a batch is stored whole or not at all, and counted in the same transaction."""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import cast
from uuid import UUID

from sqlalchemy import Table, bindparam, delete, func, select
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.orm import Session

from community_teams.domain.household_state import HouseholdState
from community_teams.domain.visit_batch import ResultStatus, VisitBatch, VisitedHousehold, VisitResult
from community_teams.domain.visits import VisitReport, visited_on
from community_teams.models import AnonymousVisit, Issue, Visit, VisitPerson
from community_teams.queries.merged_households import canonical_ids
from community_teams.queries.recording import (
    HouseholdPlace,
    hamlets_of_visits,
    histories_of,
    household_places,
    stored_visits,
    visited_households,
    with_hamlets_left,
)
from community_teams.services import counters
from community_teams.services.household_states import write_states
from community_teams.services.issue_steps import carry_over
from community_teams.services.rollups import lock_communes
from community_teams.services.visit_rows import Row, anonymous_visit_row, issue_rows, people_rows, visit_row
from foundation.areas.domain.scope import Scope
from foundation.bulk import insert_rows
from foundation.database import Base
from foundation.problems import Conflict, Invalid

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Submission:
    """Who sends visits, and with which phone.

    member: id of the person who made the visits. scope_on: where that person may record visits made on a given day in
    Việt Nam. clock_offset: seconds the phone's clock was ahead of ours; None when unknown.
    """

    member: int
    scope_on: Callable[[date], Scope]
    device: UUID | None = None
    clock_offset: int | None = None

    def may_record(self, paths: Iterable[str], day: date) -> bool:
        """Whether in a hamlet at one of these paths, on that day."""
        return any(self.scope_on(day).covers(path) for path in paths)


Entry = tuple[VisitReport, date]


def places_within_reach(
    session: Session, entries: Sequence[Entry], submission: Submission
) -> dict[UUID, HouseholdPlace]:
    """Where the visited households are, of those to which this member may record at least one of the visits.

    A household that was merged, or moved away from the member's hamlets, is among them: a visit made before the phone
    knew of it is not lost.
    """
    places = household_places(session, {report.household for report, _ in entries})
    days: dict[UUID, set[date]] = {}
    for report, day in entries:
        days.setdefault(report.household, set()).add(day)

    def reached(id: UUID, place: HouseholdPlace) -> bool:
        return any(submission.may_record(place.paths, day) for day in days[id])

    within = {id: place for id, place in places.items() if reached(id, place)}
    moved = with_hamlets_left(session, {id: place for id, place in places.items() if id not in within})
    return within | {id: place for id, place in moved.items() if reached(id, place)}


def record_visits(
    session: Session, reports: Sequence[VisitReport], *, submission: Submission, now: datetime
) -> list[VisitResult]:
    """Store these visits. Returns a result for each, in the same order. One faulty visit does not stop the others.

    STORED: it is stored and counted. A visit that supersedes another counts in its place; both rows stay. A visit to a
    household that was merged keeps that id, and counts for the canonical household.
    ALREADY_STORED: the same id with the same content; nothing changes, also where both are in this batch or sent at
    the same moment. CONFLICT: the same id with other content, or a second correction of one visit; nothing is stored.
    REJECTED: {"household": "not_in_your_area"}; {"supersedes": "not_found" | "another_household"};
    {"record": "could_not_be_kept"} where the database refuses a visit that all rules allow.
    """
    entries = [(report, visited_on(report, submission.clock_offset)) for report in reports]
    places = places_within_reach(session, entries, submission)
    hamlets = {place.code: place.path for place in places.values()}
    # A corrected visit counts where it was made, even if the household has moved since.
    corrected = {report.supersedes for report in reports if report.supersedes is not None}
    hamlets |= hamlets_of_visits(session, corrected, to=places)
    # Nobody else writes these hamlets from here on, so what is read next stays true until the commit.
    counters.lock_hamlets(session, hamlets, now=now)
    recorder = _Recorder(session, places, submission, now)
    try:
        return recorder.record(entries)
    except _MovedMeanwhile:
        # These locks are out of order, so they may end in a deadlock: the database refuses one, and that phone retries.
        return record_visits(session, reports, submission=submission, now=now)
    except (IntegrityError, DataError):
        # For example, an id was taken at this moment in a hamlet whose lock we do not hold. Then each visit by itself,
        # but with all communes locked first, so that two such batches do not deadlock.
        lock_communes(session, hamlets)
        return [recorder.record_alone(entry) for entry in entries]


def record_visit(
    session: Session,
    report: VisitReport,
    *,
    member: int,
    scope: Scope,
    now: datetime,
    device: UUID | None = None,
    clock_offset: int | None = None,
) -> ResultStatus:
    """Store one visit, as record_visits does, for a form: STORED, or ALREADY_STORED for the same id and content.

    scope: where that person may record visits, whatever the day. Raises Invalid {field: code} where it is rejected;
    Conflict "visit_id_taken" or "already_corrected" where record_visits gives CONFLICT.
    """
    submission = Submission(member, lambda _day: scope, device, clock_offset)
    (result,) = record_visits(session, [report], submission=submission, now=now)
    if result.status is ResultStatus.REJECTED:
        raise Invalid(result.problems)
    if result.status is ResultStatus.CONFLICT:
        ((field, code),) = result.problems.items()
        raise Conflict(code, id=str(getattr(report, field)))
    return result.status


class _MovedMeanwhile(Exception):
    """A household moved to another hamlet, was merged or unmerged after it was read and before it was locked."""


@dataclass(frozen=True)
class _Recorder:
    """places: of the households within reach; the locks of their hamlets are held."""

    session: Session
    places: dict[UUID, HouseholdPlace]
    submission: Submission
    now: datetime

    def record(self, entries: Sequence[Entry]) -> list[VisitResult]:
        """In one savepoint. Raises IntegrityError or DataError, with nothing stored, if the database refuses one."""
        with self.session.begin_nested():
            ids = {report.id for report, _ in entries}
            ids |= {report.supersedes for report, _ in entries if report.supersedes is not None}
            households = self._households()
            # A correction may take away the latest answer; the one before it is found only in the history.
            corrected = {report.household for report, _ in entries if report.supersedes is not None}
            batch = VisitBatch(
                households,
                stored_visits(self.session, ids),
                lambda household, day: self.submission.may_record(self.places[household].paths, day),
                histories=histories_of(self.session, {households[id].id for id in corrected & households.keys()}),
                member=self.submission.member,
            )
            results = [batch.apply(report, day) for report, day in entries]
            states = batch.finish(histories_of(self.session, batch.needing_history()))
            self._write(batch, states)
            return results

    def _households(self) -> dict[UUID, VisitedHousehold]:
        """The households of all places, read under the lock. Raises _MovedMeanwhile where one has changed hamlet."""
        merged = {id: place.household for id, place in self.places.items() if place.household != id}
        if merged and canonical_ids(self.session, merged) != merged:
            raise _MovedMeanwhile
        households = visited_households(self.session, {place.household for place in self.places.values()})
        for place in self.places.values():
            household = households.get(place.household)
            if household is None or household.hamlet != place.code:
                raise _MovedMeanwhile
        return {id: households[place.household] for id, place in self.places.items()}

    def record_alone(self, entry: Entry) -> VisitResult:
        for _ in range(2):
            try:
                return self.record([entry])[0]
            except (IntegrityError, DataError) as error:
                log.warning("a visit could not be stored: %s", error.__class__.__name__, exc_info=error)
        return VisitResult(ResultStatus.REJECTED, {"record": "could_not_be_kept"})

    def _write(self, batch: VisitBatch, states: Mapping[UUID, HouseholdState]) -> None:
        # In the order of ids, so that two batches that share some do not deadlock.
        new = sorted(batch.recorded, key=lambda recorded: recorded.report.id)
        submission = self.submission
        rows = [
            visit_row(
                each,
                member=submission.member,
                device=submission.device,
                clock_offset=submission.clock_offset,
                now=self.now,
            )
            for each in new
        ]
        self._insert(Visit, [row for row in rows if row["supersedes"] is None])
        # A correction of another visit of this batch has to come after it.
        for each in batch.recorded:
            if each.report.supersedes is not None:
                self._insert(Visit, [row for row in rows if row["id"] == each.report.id])
        self._insert(VisitPerson, [row for each in new for row in people_rows(each)])
        self._insert(Issue, [row for each in new for row in issue_rows(each)])
        for each in batch.recorded:
            if each.report.supersedes is not None and each.report.issues:
                carry_over(self.session, each.report.id, person=submission.member, now=self.now)
        self._insert(AnonymousVisit, [anonymous_visit_row(each) for each in new if not each.report.names_household])
        for household, event in batch.withdrawn:
            values = {"household": household, "day": event.day, "outcome": event.outcome, "again": event.next_visit_on}
            self.session.execute(_WITHDRAW, values)
        write_states(self.session, states)
        changes = batch.changes()
        sums = {hamlet: change.sum for hamlet, change in changes.items()}
        last = {hamlet: change.last_visit_on for hamlet, change in changes.items()}
        counters.add_all(self.session, sums, now=self.now, last_visit_on=last)
        for hamlet in sorted(hamlet for hamlet, change in changes.items() if change.look_up_last):
            counters.set_last_visit(self.session, hamlet)

    def _insert(self, model: type[Base], rows: list[Row]) -> None:
        if rows:
            insert_rows(self.session.connection(), cast("Table", model.__table__), rows)


# One of those that are equal: which of them belongs to the visit is not known, and makes no difference.
_WITHDRAW = (
    delete(AnonymousVisit)
    .where(
        AnonymousVisit.id
        == select(func.min(AnonymousVisit.id))
        .where(
            AnonymousVisit.household_id == bindparam("household"),
            AnonymousVisit.day == bindparam("day"),
            AnonymousVisit.outcome == bindparam("outcome"),
            AnonymousVisit.next_visit_on.is_not_distinct_from(bindparam("again")),
        )
        .scalar_subquery()
    )
    .execution_options(synchronize_session=False)
)
