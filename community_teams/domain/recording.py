"""What a batch of visits does to the doors it knocked on: judged and added up in memory, asked for and told once."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from uuid import UUID

from community_teams.domain.codes import Outcome
from community_teams.domain.counting import Sum
from community_teams.domain.households import Knocked, Standing, standing
from community_teams.domain.visits import VisitReport


class Receipt(StrEnum):
    """What became of one visit that was sent. The phone may forget it after the first two."""

    STORED = "stored"
    ALREADY_STORED = "already_stored"
    CONFLICT = "conflict"
    REJECTED = "rejected"


@dataclass(frozen=True)
class Verdict:
    """problems: {field: code}, empty unless a person is needed."""

    receipt: Receipt
    problems: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class KeptVisit:
    """What matters of a visit that is kept already. household: None where the family is not named."""

    hamlet: str
    household: UUID | None
    content_hash: str
    day: date
    outcome: Outcome
    corrected: bool = False


@dataclass
class Door:
    """A household as it is found. visits: those that count and name it, by id; knocks: those whose visit may not."""

    hamlet: str
    path: str
    written: Standing
    merged: bool = False
    visits: dict[UUID, Knocked] = field(default_factory=dict)
    knocks: list[Knocked] = field(default_factory=list)

    def standing(self) -> Standing:
        return standing([*self.visits.values(), *self.knocks], merged=self.merged)


@dataclass(frozen=True)
class Recorded:
    """A visit to be kept. day: in Việt Nam, by the server's clock."""

    report: VisitReport
    hamlet: str
    day: date
    content_hash: str


@dataclass
class HamletChange:
    """What to add to a hamlet's counters. last_visit_on: the latest day among the new visits.

    look_up_last: a correction may have taken the hamlet's last day away.
    """

    sum: Sum = field(default_factory=Sum)
    last_visit_on: date | None = None
    look_up_last: bool = False


class Ledger:
    """Enters visits one after another, each judged by what stood there before it.

    doors: the households the visits name, by id; one that does not exist is left out. kept: visits already kept whose
    ids the new ones have or correct. may_record: whether the member may record a visit in the hamlet at a path that was
    made on a day. Nothing is entered for a visit whose verdict is not STORED.
    """

    def __init__(
        self,
        doors: Mapping[UUID, Door],
        kept: Mapping[UUID, KeptVisit],
        may_record: Callable[[str, date], bool],
    ) -> None:
        self._doors = doors
        self._kept = dict(kept)
        self._may_record = may_record
        self._touched: set[UUID] = set()
        self._hamlets: defaultdict[str, HamletChange] = defaultdict(HamletChange)
        self.recorded: list[Recorded] = []

    def enter(self, report: VisitReport, day: date) -> Verdict:
        """day: the day of the visit in Việt Nam."""
        content_hash = report.content_hash()
        known = self._kept.get(report.id)
        if known is not None and known.content_hash == content_hash:
            return Verdict(Receipt.ALREADY_STORED)
        door = self._doors.get(report.household)
        # Unknown and out of reach get one answer: nobody learns which ids exist elsewhere.
        if door is None or not self._may_record(door.path, day):
            return _rejected("household", "not_in_your_area")
        if known is not None:
            return _conflict("id", "visit_id_taken")
        if report.supersedes is not None:
            fault = self._correct(report.supersedes, report.household, door)
            if fault is not None:
                return fault
        self._keep(Recorded(report, door.hamlet, day, content_hash), door)
        return Verdict(Receipt.STORED)

    def standings(self) -> dict[UUID, Standing]:
        """Where the households now stand whose standing has changed."""
        now = {id: self._doors[id].standing() for id in self._touched}
        return {id: new for id, new in now.items() if new != self._doors[id].written}

    def changes(self) -> Iterator[tuple[str, HamletChange]]:
        """What to add to the counters of each hamlet, by its code, in order. Call it once, after the last visit."""
        for id, new in self.standings().items():
            door = self._doors[id]
            self._hamlets[door.hamlet].sum.add_household(door.written, -1)
            self._hamlets[door.hamlet].sum.add_household(new)
        yield from sorted(self._hamlets.items())

    def _correct(self, id: UUID, household: UUID, door: Door) -> Verdict | None:
        wrong = self._kept.get(id)
        if wrong is None or wrong.hamlet != door.hamlet:
            return _rejected("supersedes", "not_found")
        if wrong.household != household:
            return _rejected("supersedes", "another_household")
        if wrong.corrected:
            return _conflict("supersedes", "already_corrected")
        self._kept[id] = KeptVisit(**vars(wrong) | {"corrected": True})
        door.visits.pop(id, None)
        change = self._hamlets[door.hamlet]
        change.sum.add_visit(wrong.day, wrong.outcome, -1)
        change.look_up_last = True
        return None

    def _keep(self, new: Recorded, door: Door) -> None:
        report = new.report
        named = report.names_household
        knocked = Knocked(new.day, report.outcome, report.started_at if named else None, report.next_visit_on)
        if named:
            door.visits[report.id] = knocked
        else:
            door.knocks.append(knocked)
        self._touched.add(report.household)
        household = report.household if named else None
        self._kept[report.id] = KeptVisit(door.hamlet, household, new.content_hash, new.day, report.outcome)
        change = self._hamlets[door.hamlet]
        change.sum.add_visit(new.day, report.outcome)
        change.last_visit_on = max(change.last_visit_on or new.day, new.day)
        self.recorded.append(new)


def _rejected(name: str, code: str) -> Verdict:
    return Verdict(Receipt.REJECTED, {name: code})


def _conflict(name: str, code: str) -> Verdict:
    return Verdict(Receipt.CONFLICT, {name: code})
