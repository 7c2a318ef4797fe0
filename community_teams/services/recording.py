"""Recording visits, one or two hundred at once: each kept whole or not at all, and counted in the same transaction."""

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
from community_teams.domain.recording import Door, Ledger, Receipt, Verdict
from community_teams.domain.visits import VisitReport, visited_on
from community_teams.models import Issue, Knock, Visit, VisitPerson
from community_teams.queries.heirs import heirs_of
from community_teams.queries.recording import (
    Place,
    doors_of,
    hamlets_of_visits,
    histories_of,
    kept_visits,
    places_of,
    with_hamlets_left,
)
from community_teams.services import counters
from community_teams.services.household_states import write_states
from community_teams.services.issues import carry_over
from community_teams.services.rollups import lock_communes
from community_teams.services.visit_rows import Row, issue_rows, knock_row, people_rows, visit_row
from foundation.areas.domain.scope import Scope
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

    def may_record(self, paths: Iterable[str], day: date) -> bool:
        """Whether in a hamlet at one of these paths, on that day."""
        return any(self.scope_on(day).covers(path) for path in paths)


Entry = tuple[VisitReport, date]


def places_within_reach(session: Session, entries: Sequence[Entry], sender: Sender) -> dict[UUID, Place]:
    """The places of those of the visited households that `sender` may record at least one of these visits to.

    Also of one that was moved away from the sender's hamlets, or merged: what was heard at its door before the phone
    knew is not lost for it.
    """
    places = places_of(session, {report.household for report, _ in entries})
    days: dict[UUID, set[date]] = {}
    for report, day in entries:
        days.setdefault(report.household, set()).add(day)

    def reached(id: UUID, place: Place) -> bool:
        return any(sender.may_record(place.paths, day) for day in days[id])

    within = {id: place for id, place in places.items() if reached(id, place)}
    moved = with_hamlets_left(session, {id: place for id, place in places.items() if id not in within})
    return within | {id: place for id, place in moved.items() if reached(id, place)}


def record_visits(session: Session, reports: Sequence[VisitReport], *, sender: Sender, now: datetime) -> list[Verdict]:
    """Keep these visits, and say of each, in the same order, what became of it. One faulty visit holds back no other.

    The same id with the same content again changes nothing and is ALREADY_STORED, also when sent several times at once,
    or twice among these. The same id with other content, and a second correction of one visit, is a CONFLICT; nothing
    is kept of it here. A visit that supersedes another leaves it in place and takes its part in the counters. One to a
    household that was merged is told under it, and counts for the one that stands for it.
    REJECTED: {"household": "not_in_your_area"}; {"supersedes": "not_found" | "another_household"};
    {"record": "could_not_be_kept"} where the database refuses a visit that every rule allows.
    """
    entries = [(report, visited_on(report, sender.clock_offset)) for report in reports]
    places = places_within_reach(session, entries, sender)
    hamlets = {place.code: place.path for place in places.values()}
    # What is corrected counts where it was made, even if the household has moved since.
    corrected = {report.supersedes for report in reports if report.supersedes is not None}
    hamlets |= hamlets_of_visits(session, corrected, to=places)
    # From here on these hamlets are ours alone, so that reading, folding and counting see one truth.
    counters.lock_hamlets(session, hamlets, now=now)
    recorder = _Recorder(session, places, sender, now)
    try:
        return recorder.record(entries)
    except _MovedMeanwhile:
        # Locks taken out of order may meet another's: the database then refuses one of us, and that phone tries again.
        return record_visits(session, reports, sender=sender, now=now)
    except (IntegrityError, DataError):
        # One of the ids was taken this very moment in a hamlet whose lock we do not hold, or worse. Each alone, then;
        # the communes at once all the same, so that two such batches never wait for each other.
        lock_communes(session, hamlets)
        return [recorder.record_alone(entry) for entry in entries]


class _MovedMeanwhile(Exception):
    """A household moved to another hamlet's list, was merged or taken out again between our looking and our lock."""


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
            doors = self._doors()
            # What a visit corrected may have been the last to tell is found nowhere but in the history.
            corrected = {report.household for report, _ in entries if report.supersedes is not None}
            ledger = Ledger(
                doors,
                kept_visits(self.session, ids),
                lambda household, day: self.sender.may_record(self.places[household].paths, day),
                histories=histories_of(self.session, {doors[id].id for id in corrected & doors.keys()}),
                member=self.sender.member,
            )
            verdicts = [ledger.enter(report, day) for report, day in entries]
            states = ledger.finish(histories_of(self.session, ledger.needing_history()))
            self._keep(ledger, states)
            return verdicts

    def _doors(self) -> dict[UUID, Door]:
        """The doors of all places, read under the lock. Raises _MovedMeanwhile where one is another's by now."""
        merged = {id: place.household for id, place in self.places.items() if place.household != id}
        if merged and heirs_of(self.session, merged) != merged:
            raise _MovedMeanwhile
        doors = doors_of(self.session, {place.household for place in self.places.values()})
        for place in self.places.values():
            door = doors.get(place.household)
            if door is None or door.hamlet != place.code:
                raise _MovedMeanwhile
        return {id: doors[place.household] for id, place in self.places.items()}

    def record_alone(self, entry: Entry) -> Verdict:
        for _ in range(2):
            try:
                return self.record([entry])[0]
            except (IntegrityError, DataError) as error:
                log.warning("a visit could not be kept: %s", error.__class__.__name__, exc_info=error)
        return Verdict(Receipt.REJECTED, {"record": "could_not_be_kept"})

    def _keep(self, ledger: Ledger, states: Mapping[UUID, HouseholdState]) -> None:
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
        for household, knock in ledger.taken_back:
            told = {"household": household, "day": knock.day, "outcome": knock.outcome, "again": knock.next_visit_on}
            self.session.execute(_TAKE_BACK, told)
        write_states(self.session, states)
        changes = ledger.changes()
        sums = {hamlet: change.sum for hamlet, change in changes.items()}
        last = {hamlet: change.last_visit_on for hamlet, change in changes.items()}
        counters.add_all(self.session, sums, now=self.now, last_visit_on=last)
        for hamlet in sorted(hamlet for hamlet, change in changes.items() if change.look_up_last):
            counters.set_last_visit(self.session, hamlet)

    def _insert(self, model: type[Base], rows: list[Row]) -> None:
        if rows:
            insert_rows(self.session.connection(), cast("Table", model.__table__), rows)


# One of those that tell the same: which of them stood beside the visit is known to nobody, and makes no difference.
_TAKE_BACK = (
    delete(Knock)
    .where(
        Knock.id
        == select(func.min(Knock.id))
        .where(
            Knock.household_id == bindparam("household"),
            Knock.day == bindparam("day"),
            Knock.outcome == bindparam("outcome"),
            Knock.next_visit_on.is_not_distinct_from(bindparam("again")),
        )
        .scalar_subquery()
    )
    .execution_options(synchronize_session=False)
)
