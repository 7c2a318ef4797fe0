"""Recording visits, one or two hundred at once: each kept whole or not at all, and counted in the same transaction."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import cast
from uuid import UUID

from sqlalchemy import Table
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.orm import Session

from community_teams.domain.recording import Ledger, Receipt, Verdict
from community_teams.domain.visits import VisitReport, visited_on
from community_teams.models import Issue, Knock, Visit, VisitPerson
from community_teams.queries.recording import Place, doors_of, kept_visits, places_of
from community_teams.services import counters
from community_teams.services.issues import carry_over
from community_teams.services.standings import write_standings
from community_teams.services.visit_rows import Row, issue_rows, knock_row, people_rows, visit_row
from foundation.areas.domain.scope import Scope
from foundation.areas.services.versions import renew_versions_around
from foundation.bulk import insert_rows
from foundation.database import Base

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Sender:
    """Who tells, and by what.

    member: id of the person who made the visits. scope_on: where that person may record visits made on a given day in
    Việt Nam. clock_offset: seconds the phone's clock was ahead of ours; None when not told.
    """

    member: int
    scope_on: Callable[[date], Scope]
    device: UUID | None = None
    clock_offset: int | None = None


def record_visits(session: Session, reports: Sequence[VisitReport], *, sender: Sender, now: datetime) -> list[Verdict]:
    """Keep these visits, and say of each, in the same order, what became of it. One faulty visit holds back no other.

    The same id with the same content again changes nothing and is ALREADY_STORED, also when sent several times at once,
    or twice among these. The same id with other content, and a second correction of one visit, is a CONFLICT; nothing
    is kept of it here. A visit that supersedes another leaves it in place and takes its part in the counters.
    REJECTED: {"household": "not_in_your_area"}; {"supersedes": "not_found" | "another_household"};
    {"record": "could_not_be_kept"} where the database refuses a visit that every rule allows.
    """
    days = [visited_on(report, sender.clock_offset) for report in reports]
    entries = list(zip(reports, days, strict=True))
    places = places_of(session, {report.household for report in reports})
    places = {
        report.household: place
        for report, day in entries
        if (place := places.get(report.household)) and sender.scope_on(day).covers(place.path)
    }
    # From here on these hamlets are ours alone, so that reading, folding and counting see one truth.
    counters.lock_hamlets(session, {place.code: place.path for place in places.values()}, now=now)
    recorder = _Recorder(session, places, sender, now)
    try:
        return recorder.record(entries)
    except (IntegrityError, DataError):
        # One of the ids was taken this very moment in a hamlet whose lock we do not hold, or worse. Each alone, then;
        # the communes at once all the same, so that two such batches never wait for each other.
        renew_versions_around(session, {place.code for place in places.values()})
        return [recorder.record_alone(entry) for entry in entries]


Entry = tuple[VisitReport, date]


@dataclass(frozen=True)
class _Recorder:
    """places: hamlets of the households within reach, whose locks are held."""

    session: Session
    places: dict[UUID, Place]
    sender: Sender
    now: datetime

    def record(self, entries: Sequence[Entry]) -> list[Verdict]:
        """All of them in one savepoint. Raises IntegrityError or DataError, and nothing is kept, if one does not go."""
        with self.session.begin_nested():
            ids = {report.id for report, _ in entries}
            ids |= {report.supersedes for report, _ in entries if report.supersedes is not None}
            ledger = Ledger(
                doors_of(self.session, self.places),
                kept_visits(self.session, ids),
                lambda path, day: self.sender.scope_on(day).covers(path),
                member=self.sender.member,
            )
            verdicts = [ledger.enter(report, day) for report, day in entries]
            self._keep(ledger)
            return verdicts

    def record_alone(self, entry: Entry) -> Verdict:
        for _ in range(2):
            try:
                return self.record([entry])[0]
            except (IntegrityError, DataError) as error:
                log.warning("a visit could not be kept: %s", error.__class__.__name__, exc_info=error)
        return Verdict(Receipt.REJECTED, {"record": "could_not_be_kept"})

    def _keep(self, ledger: Ledger) -> None:
        # Ids in order, so that two batches that share some never wait for each other.
        new = sorted(ledger.recorded, key=lambda recorded: recorded.report.id)
        sender = self.sender
        rows = [
            visit_row(each, member=sender.member, device=sender.device, clock_offset=sender.clock_offset, now=self.now)
            for each in new
        ]
        self._insert(Visit, [row for row in rows if row["supersedes"] is None])
        # What corrects another visit of the same batch has to come after it.
        for each in ledger.recorded:
            if each.report.supersedes is not None:
                self._insert(Visit, [row for row in rows if row["id"] == each.report.id])
        self._insert(VisitPerson, [row for each in new for row in people_rows(each)])
        self._insert(Issue, [row for each in new for row in issue_rows(each)])
        for each in ledger.recorded:
            if each.report.supersedes is not None and each.report.issues:
                carry_over(self.session, each.report.id, person=sender.member, now=self.now)
        self._insert(Knock, [knock_row(each) for each in new if not each.report.names_household])
        standings = ledger.standings()
        write_standings(self.session, standings)
        changes = ledger.changes(standings)
        sums = {hamlet: change.sum for hamlet, change in changes.items()}
        last = {hamlet: change.last_visit_on for hamlet, change in changes.items()}
        counters.add_all(self.session, sums, now=self.now, last_visit_on=last)
        for hamlet in sorted(hamlet for hamlet, change in changes.items() if change.look_up_last):
            counters.set_last_visit(self.session, hamlet)

    def _insert(self, model: type[Base], rows: list[Row]) -> None:
        if rows:
            insert_rows(self.session.connection(), cast("Table", model.__table__), rows)
