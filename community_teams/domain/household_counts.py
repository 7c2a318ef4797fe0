"""What the visits to one household add to the counters behind the map's layers and the indicators.

A visit is boiled down once, when it is kept, to a few counts (boiling_down.py). Two kinds of counters follow from them:
STATES say how things stand in a household by the latest visit that asked, EVENTS what each single visit did.
Every state that is a share of those asked has the number asked beside it: not asked is missing, never 0.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Protocol

from community_teams.domain.codes import Outcome

# Answers to one question belong together: a visit that asked replaces the whole group. The first of each group says
# that it was asked.
GROUPS = (
    ("households_sized", "adults"),
    ("households_aged_known", "aged_60plus"),
    ("assessed", "vneid_asked", "level2", "skills_asked", "able"),
    ("signal_asked", "signal_none", "signal_weak"),
    ("power_asked", "power_gap"),
    ("phone_asked", "no_smartphone"),
    (
        "language_asked",
        "language_vi_only",
        "language_muong",
        "language_thai",
        "language_mong",
        "language_dao",
        "language_tho",
        "language_khomu",
        "language_other",
    ),
)
# Outcomes that leave a household to be visited again, for the reasons behind "not reached yet".
LEFT = (
    Outcome.NOT_HOME,
    Outcome.RESCHEDULED,
    Outcome.REFUSED,
    Outcome.NOT_FOUND,
    Outcome.LANGUAGE,
    Outcome.UNSAFE,
)
_LEFT_NAMES = {outcome: f"left_{outcome.value}" for outcome in LEFT}

STATES = (
    *(name for group in GROUPS for name in group),
    "helped_60plus",
    "newborn_flagged",
    "newborn_resolved",
    "progress_households",
    "progress_points",
    "recovered",
    *_LEFT_NAMES.values(),
)
EVENTS = (
    "timed",
    "minutes",
    "lessons",
    "dossiers",
    "scam_warnings",
    "trips",
    "trip_km",
    "feelings",
    "happy",
    "issues_opened",
)
# What happens to issues after their visit.
LATER = ("issues_closed",)


class Door(Protocol):
    """One knock that counts, as domain/households.Knocked has it, with its visit boiled down."""

    @property
    def day(self) -> date: ...
    @property
    def outcome(self) -> Outcome: ...
    @property
    def at(self) -> datetime | None: ...
    @property
    def said(self) -> Mapping[str, int]: ...


def states_by_day(knocks: Iterable[Door]) -> dict[date, Counter[str]]:
    """What one household's knocks add to STATES on each day, in the order they were made; sums to how it stands now.

    knocks: sorted as domain/households.in_order does. A later answer takes the earlier one's place on its own day.
    """
    return _added_by(knocks, _History())


def states_changed(before: Sequence[Door], after: Sequence[Door]) -> dict[date, Counter[str]]:
    """What to add where a household's knocks were `before` and are `after`: the difference of both states_by_day.

    Both sorted as domain/households.in_order does. The knocks that both begin with are told once, which is nearly all
    of them when the new one is the latest.
    """
    history = _History()
    same = 0
    for one, other in zip(before, after, strict=False):
        if one is not other:
            break
        history.learn(one)
        same += 1
    gone = _added_by(before[same:], history.copy()) if same < len(before) else {}
    added = _added_by(after[same:], history)
    for day, counts in gone.items():
        added.setdefault(day, Counter()).subtract(counts)
    return added


def _added_by(knocks: Iterable[Door], history: "_History") -> dict[date, Counter[str]]:
    added: dict[date, Counter[str]] = {}
    stands = history.stands()
    for knock in knocks:
        history.learn(knock)
        new = history.stands()
        if new != stands:
            day = added.setdefault(knock.day, Counter())
            for name in new.keys() | stands.keys():
                day[name] += new.get(name, 0) - stands.get(name, 0)
        stands = new
    return {day: counts for day, counts in added.items() if any(counts.values())}


def states_alone(day: date, said: Mapping[str, int]) -> dict[date, Counter[str]]:
    """The same for a visit whose household may not be named: it stands for itself, whoever comes there again."""
    history = _History()
    history.hear(said)
    counts = Counter(history.stands())
    return {day: counts} if counts else {}


def events_of(said: Mapping[str, int]) -> dict[str, int]:
    """What a visit adds to EVENTS."""
    return {name: said[name] for name in EVENTS if said.get(name)}


class _History:
    """What is known of a household so far."""

    def __init__(self) -> None:
        self._stands: dict[str, int] = {}
        self._first_score: int | None = None
        self._missed = False
        self._reached = False
        self._recovered = False
        self._left: str | None = None

    def copy(self) -> "_History":
        other = _History()
        vars(other).update(vars(self))
        other._stands = dict(self._stands)
        return other

    def stands(self) -> dict[str, int]:
        """The counts that are not zero."""
        stands = {name: count for name, count in self._stands.items() if count}
        if self._recovered:
            stands["recovered"] = 1
        if self._left is not None:
            stands[self._left] = 1
        return stands

    def learn(self, knock: Door) -> None:
        if knock.said:
            self.hear(knock.said)
        self._left = None
        if knock.outcome.reached:
            self._recovered = self._recovered or (self._missed and not self._reached)
            self._reached = True
        elif not self._reached:
            self._missed = True
            self._left = _LEFT_NAMES.get(knock.outcome)

    def hear(self, said: Mapping[str, int]) -> None:
        for group in GROUPS:
            if said.get(group[0]):
                for name in group:
                    self._stands[name] = said.get(name, 0)
        if "helped_60plus" in said:
            self._stands["helped_60plus"] = max(self._stands.get("helped_60plus", 0), said["helped_60plus"])
        self._newborn(said.get("newborn"))
        self._score(said.get("score"))

    def _newborn(self, waiting: int | None) -> None:
        if waiting:
            self._stands["newborn_flagged"] = 1
            self._stands["newborn_resolved"] = 0
        elif waiting == 0 and self._stands.get("newborn_flagged"):
            self._stands["newborn_resolved"] = 1

    def _score(self, score: int | None) -> None:
        if score is None:
            return
        if self._first_score is None:
            self._first_score = score
            return
        self._stands["progress_households"] = 1
        self._stands["progress_points"] = score - self._first_score
