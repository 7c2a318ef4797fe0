"""Decides in memory what a batch of visits changes: results, rows to write, household states, counters."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

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
from community_teams.domain.households import HouseholdSummary, VisitEvent
from community_teams.domain.visit_summary import summarise
from community_teams.domain.visits import VisitReport, hash_of


class ResultStatus(StrEnum):
    """The status of one visit that was sent. A phone deletes its copy unless the status is REJECTED.

    HELD: the visit cannot be read by the current rules. It is stored as it was sent, for a person to look at.
    """

    STORED = "stored"
    ALREADY_STORED = "already_stored"
    CONFLICT = "conflict"
    HELD = "held"
    REJECTED = "rejected"


@dataclass(frozen=True)
class VisitResult:
    """What happened to one visit. problems: {field: code}; empty unless a person has to act."""

    status: ResultStatus
    problems: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class StoredVisit:
    """The parts of an already stored visit that a new one is compared with.

    household: None where the visit may not name it. summary_counts: as domain/visit_summary.py makes them.
    corrected: whether another visit supersedes it. settled: the days on which its issues were closed.
    """

    hamlet: str
    household: UUID | None
    content_hash: str
    day: date
    outcome: Outcome
    member: int
    summary_counts: Mapping[str, int]
    corrected: bool = False
    settled: tuple[date, ...] = ()


@dataclass(frozen=True)
class VisitedHousehold:
    """A household as it was before the batch; never a merged one.

    hamlet: code of the hamlet whose list it is on. state: what its visits add up to; None where no valid one is stored.
    """

    id: UUID
    hamlet: str
    summary: HouseholdSummary
    state: HouseholdState | None


@dataclass
class VisitHistory:
    """All visits that count for one household.

    households: the ids that its visits name: its own and those of the households merged into it.
    named: visits by id. anonymous: visits that may not name the household, each with the id it was made to.
    """

    households: set[UUID]
    named: dict[UUID, VisitEvent] = field(default_factory=dict)
    anonymous: list[tuple[UUID, VisitEvent]] = field(default_factory=list)

    def visits(self) -> list[VisitEvent]:
        return [*self.named.values(), *(visit for _, visit in self.anonymous)]


@dataclass
class _HouseholdChange:
    """What a batch changes for one household. before: its visits before the batch; None where they were not read."""

    current: VisitedHousehold
    before: list[VisitEvent] | None
    added: list[VisitEvent] = field(default_factory=list)
    state: HouseholdState | None = None
    by_day: ByDay = field(default_factory=dict)


@dataclass(frozen=True)
class NewVisit:
    """A visit to be stored.

    household: the id it is stored with, which may be that of a merged household. hamlet: where it counts. A correction
    takes both from the visit it corrects. day: in Việt Nam, by the server's clock. answers: report.to_json().
    """

    report: VisitReport
    answers: Mapping[str, Any]
    household: UUID
    hamlet: str
    day: date
    content_hash: str
    summary_counts: Mapping[str, int]


@dataclass
class HamletChange:
    """What to add to the counters of a hamlet.

    last_visit_on: the latest day of the new visits; None without any. look_up_last: read the hamlet's last day again
    from its visits, because a corrected visit may have been the last one.
    """

    sum: Sum = field(default_factory=Sum)
    last_visit_on: date | None = None
    look_up_last: bool = False


class VisitBatch:
    """Applies visits one after another; each is judged by the stored visits and those applied before it.

    households: the visited households by the id that the visits name. An unknown id is missing; the id of a merged
    household leads to the one that it was merged into. histories: of the households (by their own id) of which a visit
    is corrected. stored: visits that already have the id of a new visit, or that a new visit corrects.
    member: id of the person who made the new visits. may_record(household id, day): whether that person may.
    A visit changes nothing unless its result is STORED.

    Order of calls: apply for each visit, needing_history, finish, changes.
    """

    def __init__(
        self,
        households: Mapping[UUID, VisitedHousehold],
        stored: Mapping[UUID, StoredVisit],
        may_record: Callable[[UUID, date], bool],
        *,
        histories: Mapping[UUID, VisitHistory],
        member: int,
    ) -> None:
        self._households = households
        self._stored = dict(stored)
        self._may_record = may_record
        self._histories = dict(histories)
        self._member = member
        self._visited: dict[UUID, _HouseholdChange] = {}
        self._hamlets: defaultdict[str, HamletChange] = defaultdict(HamletChange)
        self.recorded: list[NewVisit] = []
        # Anonymous visits whose visit was corrected: household id and event. Their rows have to be deleted.
        self.withdrawn: list[tuple[UUID, VisitEvent]] = []

    def apply(self, report: VisitReport, day: date) -> VisitResult:
        """Judge one visit, and take it into the batch if its result is STORED. day: of the visit, in Việt Nam."""
        answers = report.to_json()
        content_hash = hash_of(answers)
        known = self._stored.get(report.id)
        if known is not None and known.content_hash == content_hash:
            return VisitResult(ResultStatus.ALREADY_STORED)
        current = self._households.get(report.household)
        # One answer for an unknown id and for one out of reach: it must not reveal which ids exist elsewhere.
        if current is None or not self._may_record(report.household, day):
            return _rejected("household", "not_in_your_area")
        if known is not None:
            return _conflict("id", "visit_id_taken")
        household, hamlet = report.household, current.hamlet
        if report.supersedes is not None:
            corrected = self._correct(report.supersedes, household, current)
            if isinstance(corrected, VisitResult):
                return corrected
            household, hamlet = corrected, self._stored[report.supersedes].hamlet
        self._add(NewVisit(report, answers, household, hamlet, day, content_hash, summarise(report)), current)
        return VisitResult(ResultStatus.STORED)

    def needing_history(self) -> list[UUID]:
        """Ids of the households whose new state needs all their visits: finish has to be given their histories."""
        return [
            id
            for id, change in self._visited.items()
            if change.before is None and needs_history(change.current.state, change.added)
        ]

    def finish(self, histories: Mapping[UUID, VisitHistory]) -> dict[UUID, HouseholdState]:
        """The new state of every visited household. Call it once, after the last visit.

        histories: of the households that needing_history named, as they were before these visits.
        """
        states = {}
        for id, change in self._visited.items():
            start, visits = change.current.state, change.added
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
            sum = self._hamlets[change.current.hamlet].sum
            if change.before is None and counts_alike(change.current.summary, change.state.summary):
                sum.add_states(change.by_day)
                continue
            sum.add_household(change.current.summary, states_by_day(change.before or ()), -1)
            sum.add_household(change.state.summary, change.by_day)
        return self._hamlets

    def _correct(self, id: UUID, household: UUID, current: VisitedHousehold) -> VisitResult | UUID:
        """Take a stored visit out of the counts; returns the household id it was stored with.

        household: the id that the correction names. Returns a VisitResult where the correction is refused.
        """
        wrong = self._stored.get(id)
        if wrong is None:
            return _rejected("supersedes", "not_found")
        history = self._histories[current.id]
        event = None
        if wrong.household is None and wrong.member == self._member:
            # Its row names no household; the anonymous visit written beside it does.
            alike = [each for each in history.anonymous if (each[1].day, each[1].outcome) == (wrong.day, wrong.outcome)]
            event = min(alike, key=lambda each: each[0] != household, default=None)
        if event is None and wrong.household not in history.households:
            return _rejected("supersedes", "another_household" if wrong.hamlet == current.hamlet else "not_found")
        if wrong.corrected:
            return _conflict("supersedes", "already_corrected")
        self._stored[id] = replace(wrong, corrected=True)
        self._change_of(current)
        history.named.pop(id, None)
        # A household may have moved since; its visits count in the hamlet where they were made.
        change = self._hamlets[wrong.hamlet]
        change.sum.add_visit(wrong.day, wrong.outcome, wrong.summary_counts, member=wrong.member, times=-1)
        if event is not None:
            history.anonymous.remove(event)
            self.withdrawn.append(event)
            change.sum.add_states(states_alone(wrong.day, wrong.summary_counts), -1)
        for day in wrong.settled:
            change.sum.add_closed_issues(day, -1)
        change.look_up_last = True
        return event[0] if event is not None else wrong.household or household

    def _change_of(self, current: VisitedHousehold) -> _HouseholdChange:
        if current.id not in self._visited:
            history = self._histories.get(current.id)
            self._visited[current.id] = _HouseholdChange(current, history.visits() if history is not None else None)
        return self._visited[current.id]

    def _add(self, new: NewVisit, current: VisitedHousehold) -> None:
        report = new.report
        named = report.names_household
        change = self._hamlets[new.hamlet]
        if named:
            visit = VisitEvent(
                new.day, report.outcome, report.started_at, report.next_visit_on, new.summary_counts, report.id
            )
        else:
            visit = VisitEvent(new.day, report.outcome, None, report.next_visit_on)
            change.sum.add_states(states_alone(new.day, new.summary_counts))
        self._change_of(current).added.append(visit)
        history = self._histories.get(current.id)
        if history is not None and named:
            history.named[report.id] = visit
        elif history is not None:
            history.anonymous.append((new.household, visit))
        self._stored[report.id] = StoredVisit(
            new.hamlet,
            new.household if named else None,
            new.content_hash,
            new.day,
            report.outcome,
            self._member,
            new.summary_counts,
        )
        change.sum.add_visit(new.day, report.outcome, new.summary_counts, member=self._member)
        change.last_visit_on = max(change.last_visit_on or new.day, new.day)
        self.recorded.append(new)


def _rejected(name: str, code: str) -> VisitResult:
    return VisitResult(ResultStatus.REJECTED, {name: code})


def _conflict(name: str, code: str) -> VisitResult:
    return VisitResult(ResultStatus.CONFLICT, {name: code})
