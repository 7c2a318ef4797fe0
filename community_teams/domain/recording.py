"""What a batch of visits does to the doors it knocked on: judged and added up in memory, asked for and told once."""

from collections import defaultdict
from collections.abc import Callable, Mapping
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
    """What became of one visit that was sent. The phone keeps only a rejected one.

    HELD: it could not be read by today's rules, and is kept as it was told for a person to look at.
    """

    STORED = "stored"
    ALREADY_STORED = "already_stored"
    CONFLICT = "conflict"
    HELD = "held"
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
    """A household that stands for itself, as it is found.

    hamlet: the one it is in. visits: those that count and name it, by id; knocks: those whose visit may not, with the
    household they were told under. told: the households its visits are told under: it, and those merged into it.
    """

    id: UUID
    hamlet: str
    written: Standing
    visits: dict[UUID, Knocked] = field(default_factory=dict)
    knocks: list[tuple[UUID, Knocked]] = field(default_factory=list)
    told: set[UUID] = field(init=False)

    def __post_init__(self) -> None:
        self.told = {self.id}

    def knocked(self) -> list[Knocked]:
        return in_order([*self.visits.values(), *(knock for _, knock in self.knocks)])


@dataclass(frozen=True)
class Recorded:
    """A visit to be kept.

    household: the one it is told under, and hamlet: where it counts; for a correction both are those of the visit it
    corrects. day: in Việt Nam, by the server's clock. said: it as boiling_down has it.
    """

    report: VisitReport
    household: UUID
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

    doors: the households the visits name, by id; one that does not exist is left out, one that was merged has the door
    of the one that stands for it. kept: visits already kept whose ids the new ones have or correct. member: who made
    the new ones. may_record: whether that member may record a visit made to a household on a day. Nothing is entered
    for a visit whose verdict is not STORED.
    """

    def __init__(
        self,
        doors: Mapping[UUID, Door],
        kept: Mapping[UUID, KeptVisit],
        may_record: Callable[[UUID, date], bool],
        *,
        member: int,
    ) -> None:
        self._doors = doors
        self._kept = dict(kept)
        self._may_record = may_record
        self._member = member
        # The doors visited, and the knocks on them before the first of these visits.
        self._visited: dict[UUID, Door] = {}
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
        if door is None or not self._may_record(report.household, day):
            return _rejected("household", "not_in_your_area")
        if known is not None:
            return _conflict("id", "visit_id_taken")
        household, hamlet = report.household, door.hamlet
        if report.supersedes is not None:
            corrected = self._correct(report.supersedes, household, door)
            if isinstance(corrected, Verdict):
                return corrected
            household, hamlet = corrected, self._kept[report.supersedes].hamlet
        self._keep(Recorded(report, household, hamlet, day, content_hash, boiled_down(report)), door)
        return Verdict(Receipt.STORED)

    def standings(self) -> dict[UUID, Standing]:
        """Where the visited households now stand, also those that stand as before: what is known of them is new."""
        return {id: standing(door.knocked()) for id, door in self._visited.items()}

    def changes(self, standings: Mapping[UUID, Standing]) -> dict[str, HamletChange]:
        """What to add to the counters of each hamlet, by its code. Call it once, after the last visit.

        standings: as standings() gave them.
        """
        for id, door in self._visited.items():
            before, after, stands = self._before[id], door.knocked(), standings[id]
            sum = self._hamlets[door.hamlet].sum
            if door.written.status is stands.status:
                sum.add_household(door.written, {}, -1)
                sum.add_household(stands, states_changed(before, after))
            else:
                sum.add_household(door.written, states_by_day(before), -1)
                sum.add_household(stands, states_by_day(after))
        return self._hamlets

    def _correct(self, id: UUID, household: UUID, door: Door) -> Verdict | UUID:
        """Take a visit back; returns the household it was told under. household: as its correction tells it."""
        wrong = self._kept.get(id)
        if wrong is None:
            return _rejected("supersedes", "not_found")
        knock = None
        if wrong.household is None and wrong.member == self._member:
            # It may not say at whose door it was; the knock it left behind there does.
            alike = [(told, it) for told, it in door.knocks if (it.day, it.outcome) == (wrong.day, wrong.outcome)]
            knock = min(alike, key=lambda each: each[0] != household, default=None)
        if knock is None and wrong.household not in door.told:
            return _rejected("supersedes", "another_household" if wrong.hamlet == door.hamlet else "not_found")
        if wrong.corrected:
            return _conflict("supersedes", "already_corrected")
        self._kept[id] = replace(wrong, corrected=True)
        self._remember(door)
        door.visits.pop(id, None)
        # A household may have moved since; its visits stay where they were made.
        change = self._hamlets[wrong.hamlet]
        change.sum.add_visit(wrong.day, wrong.outcome, wrong.said, member=wrong.member, times=-1)
        if knock is not None:
            door.knocks.remove(knock)
            self.taken_back.append(knock)
            change.sum.add_states(states_alone(wrong.day, wrong.said), -1)
        for day in wrong.settled:
            change.sum.add_closed_issues(day, -1)
        change.look_up_last = True
        return knock[0] if knock is not None else wrong.household or household

    def _remember(self, door: Door) -> None:
        if door.id not in self._before:
            self._visited[door.id], self._before[door.id] = door, door.knocked()

    def _keep(self, new: Recorded, door: Door) -> None:
        report = new.report
        named = report.names_household
        change = self._hamlets[new.hamlet]
        self._remember(door)
        if named:
            door.visits[report.id] = Knocked(
                new.day, report.outcome, report.started_at, report.next_visit_on, new.said, report.id
            )
        else:
            door.knocks.append((new.household, Knocked(new.day, report.outcome, None, report.next_visit_on)))
            change.sum.add_states(states_alone(new.day, new.said))
        self._kept[report.id] = KeptVisit(
            new.hamlet,
            new.household if named else None,
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
