"""What a batch of visits does to the doors it knocked on: judged and added up in memory, asked for and told once."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from uuid import UUID

from community_teams.domain.boiling_down import boiled_down
from community_teams.domain.codes import Outcome
from community_teams.domain.counting import Sum
from community_teams.domain.household_counts import states_alone, states_by_day, states_changed
from community_teams.domain.households import Knocked, Standing, in_order, standing
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
    """What matters of a visit that is kept already. household: None where the family is not named.

    said: the visit boiled down by boiling_down. settled: the days on which issues it found were settled.
    """

    hamlet: str
    household: UUID | None
    content_hash: str
    day: date
    outcome: Outcome
    member: int
    said: Mapping[str, int]
    corrected: bool = False
    settled: tuple[date, ...] = ()


@dataclass
class Door:
    """A household as it is found. visits: those that count and name it, by id; knocks: those whose visit may not.

    hamlet: the one it is in. paths: of that hamlet, and of those it was moved from.
    """

    hamlet: str
    paths: tuple[str, ...]
    written: Standing
    merged: bool = False
    visits: dict[UUID, Knocked] = field(default_factory=dict)
    knocks: list[Knocked] = field(default_factory=list)

    def knocked(self) -> list[Knocked]:
        return in_order([*self.visits.values(), *self.knocks])


@dataclass(frozen=True)
class Recorded:
    """A visit to be kept. hamlet: where it counts; a correction counts where the visit it corrects was made.

    day: in Việt Nam, by the server's clock. said: it as boiling_down has it.
    """

    report: VisitReport
    hamlet: str
    day: date
    content_hash: str
    said: Mapping[str, int]


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
    ids the new ones have or correct. member: who made the new ones. may_record: whether that member may record a visit
    made on a day in a hamlet at one of these paths. Nothing is entered for a visit whose verdict is not STORED.
    """

    def __init__(
        self,
        doors: Mapping[UUID, Door],
        kept: Mapping[UUID, KeptVisit],
        may_record: Callable[[Iterable[str], date], bool],
        *,
        member: int,
    ) -> None:
        self._doors = doors
        self._kept = dict(kept)
        self._may_record = may_record
        self._member = member
        # The knocks on the doors visited, before the first of these visits.
        self._before: dict[UUID, list[Knocked]] = {}
        self._hamlets: defaultdict[str, HamletChange] = defaultdict(HamletChange)
        self.recorded: list[Recorded] = []
        # Knocks beside visits that were corrected, with their households.
        self.taken_back: list[tuple[UUID, Knocked]] = []

    def enter(self, report: VisitReport, day: date) -> Verdict:
        """day: the day of the visit in Việt Nam."""
        content_hash = report.content_hash()
        known = self._kept.get(report.id)
        if known is not None and known.content_hash == content_hash:
            return Verdict(Receipt.ALREADY_STORED)
        door = self._doors.get(report.household)
        # Unknown and out of reach get one answer: nobody learns which ids exist elsewhere.
        if door is None or not self._may_record(door.paths, day):
            return _rejected("household", "not_in_your_area")
        if known is not None:
            return _conflict("id", "visit_id_taken")
        hamlet = door.hamlet
        if report.supersedes is not None:
            fault = self._correct(report.supersedes, report.household, door)
            if fault is not None:
                return fault
            hamlet = self._kept[report.supersedes].hamlet
        self._keep(Recorded(report, hamlet, day, content_hash, boiled_down(report)), door)
        return Verdict(Receipt.STORED)

    def standings(self) -> dict[UUID, Standing]:
        """Where the visited households now stand, also those that stand as before: what is known of them is new."""
        return {id: standing(door.knocked(), merged=door.merged) for id, door in self._visited()}

    def _visited(self) -> Iterator[tuple[UUID, Door]]:
        return ((id, self._doors[id]) for id in self._before)

    def changes(self, standings: Mapping[UUID, Standing]) -> dict[str, HamletChange]:
        """What to add to the counters of each hamlet, by its code. Call it once, after the last visit.

        standings: as standings() gave them.
        """
        for id, door in self._visited():
            before, after, stands = self._before[id], door.knocked(), standings[id]
            sum = self._hamlets[door.hamlet].sum
            if door.written.status is stands.status:
                sum.add_household(door.written, {}, -1)
                sum.add_household(stands, states_changed(before, after))
            else:
                sum.add_household(door.written, states_by_day(before), -1)
                sum.add_household(stands, states_by_day(after))
        return self._hamlets

    def _correct(self, id: UUID, household: UUID, door: Door) -> Verdict | None:
        wrong = self._kept.get(id)
        if wrong is None:
            return _rejected("supersedes", "not_found")
        knock = None
        if wrong.household is None and wrong.member == self._member:
            # It may not say at whose door it was; the knock it left behind there does.
            knock = next((each for each in door.knocks if (each.day, each.outcome) == (wrong.day, wrong.outcome)), None)
        if knock is None and wrong.household != household:
            return _rejected("supersedes", "another_household" if wrong.hamlet == door.hamlet else "not_found")
        if wrong.corrected:
            return _conflict("supersedes", "already_corrected")
        self._kept[id] = replace(wrong, corrected=True)
        self._remember(household, door)
        door.visits.pop(id, None)
        # A household may have moved since; its visits stay where they were made.
        change = self._hamlets[wrong.hamlet]
        change.sum.add_visit(wrong.day, wrong.outcome, wrong.said, member=wrong.member, times=-1)
        if knock is not None:
            door.knocks.remove(knock)
            self.taken_back.append((household, knock))
            change.sum.add_states(states_alone(wrong.day, wrong.said), -1)
        for day in wrong.settled:
            change.sum.add_closed_issues(day, -1)
        change.look_up_last = True
        return None

    def _remember(self, household: UUID, door: Door) -> None:
        if household not in self._before:
            self._before[household] = door.knocked()

    def _keep(self, new: Recorded, door: Door) -> None:
        report = new.report
        named = report.names_household
        change = self._hamlets[new.hamlet]
        self._remember(report.household, door)
        if named:
            door.visits[report.id] = Knocked(new.day, report.outcome, report.started_at, report.next_visit_on, new.said)
        else:
            door.knocks.append(Knocked(new.day, report.outcome, None, report.next_visit_on))
            change.sum.add_states(states_alone(new.day, new.said))
        self._kept[report.id] = KeptVisit(
            new.hamlet,
            report.household if named else None,
            new.content_hash,
            new.day,
            report.outcome,
            self._member,
            new.said,
        )
        change.sum.add_visit(new.day, report.outcome, new.said, member=self._member)
        change.last_visit_on = max(change.last_visit_on or new.day, new.day)
        self.recorded.append(new)


def _rejected(name: str, code: str) -> Verdict:
    return Verdict(Receipt.REJECTED, {name: code})


def _conflict(name: str, code: str) -> Verdict:
    return Verdict(Receipt.CONFLICT, {name: code})
