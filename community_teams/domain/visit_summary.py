"""Summarises one visit as a few counts, once, when it is stored: counting then does not have to read its people."""

from collections import Counter
from collections.abc import Iterable

from community_teams.domain.codes import AgeBand, Help, Power, Signal, SkillLevel, VneidLevel
from community_teams.domain.visit_columns import answer_at
from community_teams.domain.visit_groups import PersonAnswers
from community_teams.domain.visits import YES_NO_COUNTERS, VisitReport

# Able alone: this many of the twelve skills, without help. Source: indicator K06 (facts 7.3).
ABLE_FROM = 6

# Families of languages, as the layer tells them: tag -> counter. Source of the tags: facts 5.2.
_LANGUAGES = {
    "mtq": "language_muong",
    **dict.fromkeys(("tai", "blt", "twh", "tyr", "tmm", "tyj"), "language_thai"),
    **dict.fromkeys(("hmn", "hmv", "mww", "hnj"), "language_mong"),
    **dict.fromkeys(("ium", "mji"), "language_dao"),
    "tou": "language_tho",
    "kjg": "language_khomu",
}
_OVER_60 = frozenset({AgeBand.FROM_60, AgeBand.FROM_70})
_LONGEST_MINUTES = 24 * 60


def summarise(report: VisitReport) -> dict[str, int]:
    """The counts of one visit: names of household_counts.STATES and EVENTS, "newborn" (1 waits, 0 settled), "score".

    score: what the people asked can do, in percent of being able alone in all they were asked. What was not asked is
    left out. Young people of 14 to 17 are not adults and are not among the assessed.
    """
    summary: dict[str, int] = {}
    _household(report, summary)
    _people(report.people, summary)
    _surroundings(report, summary)
    _events(report, summary)
    for counter, path in YES_NO_COUNTERS.items():
        answer = answer_at(report, path)
        if answer is not None:
            summary |= {f"{counter}_asked": 1, counter: int(answer)}
    return summary


def _household(report: VisitReport, summary: dict[str, int]) -> None:
    size, devices = report.size, report.devices
    if size is not None and size.adults is not None:
        summary |= {"households_sized": 1, "adults": size.adults}
    if size is not None and size.aged_60plus is not None:
        summary |= {"households_aged_known": 1, "aged_60plus": size.aged_60plus}
    if devices is not None and devices.smart is not None:
        summary |= {"phone_asked": 1, "no_smartphone": int(devices.smart == 0)}
    if report.newborn_pending is not None:
        summary["newborn"] = int(report.newborn_pending)
    if report.language_used:
        summary |= {"language_asked": 1, "language_vi_only": int(set(report.language_used) == {"vi"})}
        for tag in report.language_used:
            family = tag.partition("-")[0]
            if family != "vi":
                summary[_LANGUAGES.get(family, "language_other")] = 1


def _people(people: Iterable[PersonAnswers], summary: dict[str, int]) -> None:
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
    summary |= {name: count for name, count in counts.items() if count}
    if asked:
        summary["score"] = round(100 * points / (asked * SkillLevel.ALONE))


def _surroundings(report: VisitReport, summary: dict[str, int]) -> None:
    if report.network:
        best = set(report.network.values())
        summary["signal_asked"] = 1
        if best == {Signal.NONE}:
            summary["signal_none"] = 1
        elif not best & {Signal.CALLS, Signal.DATA}:
            summary["signal_weak"] = 1
    if report.power is not None:
        summary |= {"power_asked": 1, "power_gap": int(report.power is not Power.GRID)}


def _events(report: VisitReport, summary: dict[str, int]) -> None:
    if report.ended_at is not None:
        minutes = round((report.ended_at - report.started_at).total_seconds() / 60)
        summary |= {"timed": 1, "minutes": min(minutes, _LONGEST_MINUTES)}
    help_given = [
        *(report.support_given or ()),
        *(help for person in report.people for help in person.helped_with or ()),
    ]
    summary |= {
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
        summary |= {"trips": 1, "trip_km": report.trip_saved_km}
    if report.satisfaction is not None:
        summary |= {"feelings": 1, "happy": int(report.satisfaction == 3)}
