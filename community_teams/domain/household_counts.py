"""What the visits to one household add to the counters behind the map's layers and the indicators.

A visit is boiled down once, when it is kept, to a few counts (`boiled_down`). Two kinds of counters follow from them:
STATES say how things stand in a household by the latest visit that asked, EVENTS what each single visit did.
Every state that is a share of those asked has the number asked beside it: not asked is missing, never 0.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Protocol

from community_teams.domain.codes import AgeBand, Help, Outcome, Power, Signal, SkillLevel, VneidLevel
from community_teams.domain.visits import PersonTold, VisitReport

# Able alone: this many of the twelve skills, without help. Source: indicator K06 (facts 7.3).
ABLE_FROM = 6

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
# Families of languages, as the layer tells them: tag -> counter. Source of the tags: facts 5.2.
_LANGUAGES = {
    "mtq": "language_muong",
    **dict.fromkeys(("tai", "blt", "twh", "tyr", "tmm", "tyj"), "language_thai"),
    **dict.fromkeys(("hmn", "hmv", "mww", "hnj"), "language_mong"),
    **dict.fromkeys(("ium", "mji"), "language_dao"),
    "tou": "language_tho",
    "kjg": "language_khomu",
}
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
_OVER_60 = frozenset({AgeBand.FROM_60, AgeBand.FROM_70})
_LONGEST_MINUTES = 24 * 60


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


def boiled_down(report: VisitReport) -> dict[str, int]:
    """The counts of one visit: names of STATES and EVENTS, "newborn" (1 waiting, 0 settled) and "score".

    score: what the people asked can do, in percent of being able alone in all they were asked. What was not asked is
    left out. Young people of 14 to 17 are not adults and are not among the assessed.
    """
    said: dict[str, int] = {}
    _household(report, said)
    _people(report.people, said)
    _surroundings(report, said)
    _events(report, said)
    return said


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


def _household(report: VisitReport, said: dict[str, int]) -> None:
    size, devices = report.size, report.devices
    if size is not None and size.adults is not None:
        said |= {"households_sized": 1, "adults": size.adults}
    if size is not None and size.aged_60plus is not None:
        said |= {"households_aged_known": 1, "aged_60plus": size.aged_60plus}
    if devices is not None and devices.smart is not None:
        said |= {"phone_asked": 1, "no_smartphone": int(devices.smart == 0)}
    if report.newborn_pending is not None:
        said["newborn"] = int(report.newborn_pending)
    if report.language_used:
        said |= {"language_asked": 1, "language_vi_only": int(set(report.language_used) == {"vi"})}
        for tag in report.language_used:
            family = tag.partition("-")[0]
            if family != "vi":
                said[_LANGUAGES.get(family, "language_other")] = 1


def _people(people: Iterable[PersonTold], said: dict[str, int]) -> None:
    counts: Counter[str] = Counter()
    points = asked = 0
    for person in people:
        if person.age_band is AgeBand.FROM_14:
            continue
        skills = person.skills or {}
        if person.vneid_level is not None or skills:
            counts["assessed"] += 1
        if person.vneid_level is not None:
            counts["vneid_asked"] += 1
            counts["level2"] += person.vneid_level is VneidLevel.LEVEL2
        if skills:
            counts["skills_asked"] += 1
            counts["able"] += sum(level is SkillLevel.ALONE for level in skills.values()) >= ABLE_FROM
            points += sum(skills.values())
            asked += len(skills)
        if person.age_band in _OVER_60 and (person.helped_with or person.lessons):
            counts["helped_60plus"] += 1
    said |= {name: count for name, count in counts.items() if count}
    if asked:
        said["score"] = round(100 * points / (asked * SkillLevel.ALONE))


def _surroundings(report: VisitReport, said: dict[str, int]) -> None:
    if report.network:
        best = set(report.network.values())
        said["signal_asked"] = 1
        if best == {Signal.NONE}:
            said["signal_none"] = 1
        elif not best & {Signal.CALLS, Signal.DATA}:
            said["signal_weak"] = 1
    if report.power is not None:
        said |= {"power_asked": 1, "power_gap": int(report.power is not Power.GRID)}


def _events(report: VisitReport, said: dict[str, int]) -> None:
    if report.ended_at is not None:
        minutes = round((report.ended_at - report.started_at).total_seconds() / 60)
        said |= {"timed": 1, "minutes": min(minutes, _LONGEST_MINUTES)}
    help_given = [
        *(report.support_given or ()),
        *(help for person in report.people for help in person.helped_with or ()),
    ]
    said |= {
        name: count
        for name, count in {
            "lessons": sum(len(person.lessons or ()) for person in report.people),
            "dossiers": help_given.count(Help.SUBMIT_DOSSIER),
            "scam_warnings": int(Help.SCAM_WARNING in help_given),
            "issues_opened": len(report.issues),
        }.items()
        if count
    }
    if report.trip_saved_km is not None:
        said |= {"trips": 1, "trip_km": report.trip_saved_km}
    if report.satisfaction is not None:
        said |= {"feelings": 1, "happy": int(report.satisfaction == 3)}
