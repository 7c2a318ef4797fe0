"""What the visits to one household add to the counters behind the map's layers and the indicators.

A visit is summarised once, when it is stored (visit_summary.py). Two kinds of counters follow from its summary counts:
STATES describe a household by the latest visit that asked, EVENTS what each single visit did.
Every state that is a share of those asked has the number asked beside it: not asked is missing, never 0.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import date

from community_teams.domain.codes import Outcome
from community_teams.domain.visits import YES_NO_COUNTERS

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
    *((f"{name}_asked", name) for name in YES_NO_COUNTERS),
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
_LEFT_SET = frozenset(_LEFT_NAMES.values())

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


def states_alone(day: date, summary_counts: Mapping[str, int]) -> dict[date, Counter[str]]:
    """What an anonymous visit adds to STATES: it counts by itself, whatever visits follow it."""
    counts, _ = answered({}, None, summary_counts)
    return {day: Counter(counts)} if counts else {}


def events_of(summary_counts: Mapping[str, int]) -> dict[str, int]:
    """What a visit adds to EVENTS."""
    return {name: summary_counts[name] for name in EVENTS if summary_counts.get(name)}


def answered(
    counts: Mapping[str, int], first_score: int | None, summary_counts: Mapping[str, int]
) -> tuple[dict[str, int], int | None]:
    """A household's counts and first score after a visit with these answers. counts: of STATES, without zeros."""
    new = dict(counts)
    if not summary_counts:
        return new, first_score
    for group in GROUPS:
        if summary_counts.get(group[0]):
            new |= {name: summary_counts.get(name, 0) for name in group}
    if "helped_60plus" in summary_counts:
        new["helped_60plus"] = max(new.get("helped_60plus", 0), summary_counts["helped_60plus"])
    if summary_counts.get("newborn"):
        new |= {"newborn_flagged": 1, "newborn_resolved": 0}
    elif "newborn" in summary_counts and new.get("newborn_flagged"):
        new["newborn_resolved"] = 1
    score = summary_counts.get("score")
    if score is not None and first_score is not None:
        new |= {"progress_households": 1, "progress_points": score - first_score}
    return {name: count for name, count in new.items() if count}, score if first_score is None else first_score


def counts_of_outcome(
    counts: Mapping[str, int], outcome: Outcome, *, missed_before: bool, met_before: bool
) -> dict[str, int]:
    """A household's counts after a visit with this outcome.

    missed_before: whether anybody went there before. met_before: whether anybody was met there before.
    """
    new = dict(counts)
    if met_before:
        # Nobody who was met is left to be visited for the first time.
        return new
    for name in _LEFT_SET:
        new.pop(name, None)
    if outcome.reached:
        if missed_before:
            new["recovered"] = 1
    elif outcome in _LEFT_NAMES:
        new[_LEFT_NAMES[outcome]] = 1
    return new
