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
from community_teams.domain.household_counts import states_alone
from community_teams.domain.household_state import (
    ByDay,
    HouseholdState,
    counts_alike,
    needs_history,
    state_after,
    states_by_day,
)
from community_teams.domain.households import Knocked, Standing
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


@dataclass(frozen=True)
class Door:
    """A household that stands for itself, as it is found.

    hamlet: the one it is in. state: what its visits add up to; None where that is not stored, or no longer true.
    """

    id: UUID
    hamlet: str
    standing: Standing
    state: HouseholdState | None


@dataclass
class VisitHistory:
    """All the visits that count for one household.

    households: the ids its visits name: its own, and those of the households merged into it. named: its visits by their
    ids; anonymous: those that may not name it, each with the household it was made to.
    """

    households: set[UUID]
    named: dict[UUID, Knocked] = field(default_factory=dict)
    anonymous: list[tuple[UUID, Knocked]] = field(default_factory=list)

    def visits(self) -> list[Knocked]:
        return [*self.named.values(), *(visit for _, visit in self.anonymous)]


@dataclass
class _Change:
    """What a batch does to one household. before: its visits before the batch; None where they were not read."""

    door: Door
    before: list[Knocked] | None
    added: list[Knocked] = field(default_factory=list)
    state: HouseholdState | None = None
    by_day: ByDay = field(default_factory=dict)


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
    """Enters visits one after another, each judged by what was there before it.

    doors: the households the visits name, by id; one that does not exist is left out, one that was merged has the door
    of the one it was merged into. histories: of those households of which a visit is corrected, by the door's id.
    kept: visits already stored whose ids the new ones have or correct. member: who made the new ones. may_record:
    whether that member may record a visit made to a household on a day. Nothing is entered for a visit whose verdict is
    not STORED.

    After the last visit: needing_history, then finish, then changes.
    """

    def __init__(
        self,
        doors: Mapping[UUID, Door],
        kept: Mapping[UUID, KeptVisit],
        may_record: Callable[[UUID, date], bool],
        *,
        histories: Mapping[UUID, VisitHistory],
        member: int,
    ) -> None:
        self._doors = doors
        self._kept = dict(kept)
        self._may_record = may_record
        self._histories = dict(histories)
        self._member = member
        self._visited: dict[UUID, _Change] = {}
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

    def needing_history(self) -> list[UUID]:
        """The doors whose new state does not follow from their stored one, so that finish needs their histories."""
        return [
            id
            for id, change in self._visited.items()
            if change.before is None and needs_history(change.door.state, change.added)
        ]

    def finish(self, histories: Mapping[UUID, VisitHistory]) -> dict[UUID, HouseholdState]:
        """The new state of every visited household. Call it once, after the last visit.

        histories: of the doors that needing_history named, as they were before these visits.
        """
        states = {}
        for id, change in self._visited.items():
            start, visits = change.door.state, change.added
            if id in self._histories:
                start, visits = None, self._histories[id].visits()
            elif id in histories:
                change.before = histories[id].visits()
                start, visits = None, [*change.before, *change.added]
            states[id], change.by_day = state_after(visits, start)
            change.state = states[id]
        return states

    def changes(self) -> dict[str, HamletChange]:
        """What to add to the counters of each hamlet, by its code. Call it once, after finish."""
        for change in self._visited.values():
            assert change.state is not None
            sum = self._hamlets[change.door.hamlet].sum
            if change.before is None and counts_alike(change.door.standing, change.state.standing):
                sum.add_states(change.by_day)
                continue
            sum.add_household(change.door.standing, states_by_day(change.before or ()), -1)
            sum.add_household(change.state.standing, change.by_day)
        return self._hamlets

    def _correct(self, id: UUID, household: UUID, door: Door) -> Verdict | UUID:
        """Take a visit back; returns the household it was told under. household: as its correction tells it."""
        wrong = self._kept.get(id)
        if wrong is None:
            return _rejected("supersedes", "not_found")
        history = self._histories[door.id]
        knock = None
        if wrong.household is None and wrong.member == self._member:
            # It may not say at whose door it was; the knock it left behind there does.
            alike = [(told, it) for told, it in history.anonymous if (it.day, it.outcome) == (wrong.day, wrong.outcome)]
            knock = min(alike, key=lambda each: each[0] != household, default=None)
        if knock is None and wrong.household not in history.households:
            return _rejected("supersedes", "another_household" if wrong.hamlet == door.hamlet else "not_found")
        if wrong.corrected:
            return _conflict("supersedes", "already_corrected")
        self._kept[id] = replace(wrong, corrected=True)
        self._change_of(door)
        history.named.pop(id, None)
        # A household may have moved since; its visits stay where they were made.
        change = self._hamlets[wrong.hamlet]
        change.sum.add_visit(wrong.day, wrong.outcome, wrong.said, member=wrong.member, times=-1)
        if knock is not None:
            history.anonymous.remove(knock)
            self.taken_back.append(knock)
            change.sum.add_states(states_alone(wrong.day, wrong.said), -1)
        for day in wrong.settled:
            change.sum.add_closed_issues(day, -1)
        change.look_up_last = True
        return knock[0] if knock is not None else wrong.household or household

    def _change_of(self, door: Door) -> _Change:
        if door.id not in self._visited:
            history = self._histories.get(door.id)
            self._visited[door.id] = _Change(door, history.visits() if history is not None else None)
        return self._visited[door.id]

    def _keep(self, new: Recorded, door: Door) -> None:
        report = new.report
        named = report.names_household
        change = self._hamlets[new.hamlet]
        if named:
            visit = Knocked(new.day, report.outcome, report.started_at, report.next_visit_on, new.said, report.id)
        else:
            visit = Knocked(new.day, report.outcome, None, report.next_visit_on)
            change.sum.add_states(states_alone(new.day, new.said))
        self._change_of(door).added.append(visit)
        history = self._histories.get(door.id)
        if history is not None and named:
            history.named[report.id] = visit
        elif history is not None:
            history.anonymous.append((new.household, visit))
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
