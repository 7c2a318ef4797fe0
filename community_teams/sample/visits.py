"""Made-up visits of a made-up household: rows for the tables, and the events from which its state is computed."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from hashlib import sha256
from random import Random
from typing import Any
from uuid import UUID

from community_teams.domain.codes import (
    ConsentHow,
    ConsentLevel,
    InputType,
    IssueLevel,
    IssueStatus,
    IssueType,
    Outcome,
    VisitType,
)
from community_teams.domain.households import VisitEvent
from community_teams.domain.visit_columns import ANSWER_COLUMNS
from community_teams.domain.visits import CONSENT_TEXT_VERSION, FORM_VERSION
from community_teams.sample.answers import made_up_answers
from community_teams.sample.hamlets import SampleHamlet
from community_teams.sample.visit_ids import visit_id
from foundation.clock import VIETNAM

WEEKS = 6
# Visits to one household: at most one a day.
MOST = WEEKS * 7 - 1

_NOT_REACHED = {
    Outcome.NOT_HOME: 48,
    Outcome.RESCHEDULED: 20,
    Outcome.REFUSED: 12,
    Outcome.LANGUAGE: 6,
    Outcome.NOT_FOUND: 5,
    Outcome.MOVED: 4,
    Outcome.VACANT: 3,
    Outcome.UNSAFE: 2,
}
_ENDINGS, _ODDS = list(_NOT_REACHED), list(_NOT_REACHED.values())
_ISSUES = (
    (IssueType.SIGNAL, IssueLevel.CARRIER, "Trong nhà không gọi được, phải ra sân."),
    (IssueType.POWER, IssueLevel.ELECTRICITY, "Điện hay mất khi mưa."),
    (IssueType.DATA_MISMATCH, IssueLevel.COMMUNE_POLICE, "Ngày sinh trên máy khác trên giấy."),
    (IssueType.DEVICE, IssueLevel.HAMLET, "Máy cũ, không cài thêm được."),
    (IssueType.SIM_NOT_OWNED, IssueLevel.CARRIER, "SIM đứng tên người khác."),
)


def visits_each(planned: list[SampleHamlet], visits_per_household: float | None) -> float | None:
    """The mean number of visits to a household that is visited at all, so that all together have so many each.

    Below 1: the share of those households that were visited, once.
    """
    visited = sum(hamlet.reached + hamlet.tried for hamlet in planned)
    if visits_per_household is None or not visited:
        return None
    return min(MOST, visits_per_household * sum(hamlet.size for hamlet in planned) / visited)


@dataclass
class Rows:
    """Rows for the tables, by the columns' names."""

    visits: list[dict[str, Any]] = field(default_factory=list)
    people: list[dict[str, Any]] = field(default_factory=list)
    issues: list[dict[str, Any]] = field(default_factory=list)
    anonymous: list[dict[str, Any]] = field(default_factory=list)


def make_visits(
    rows: Rows,
    household: UUID,
    hamlet: str,
    member: int,
    *,
    reached: bool,
    mean: float | None,
    today: date,
    now: datetime,
    chance: Random,
) -> list[VisitEvent]:
    """Make up visits to a household over the last WEEKS, none of them today. Returns them as events.

    mean: visits on average, 0 to MOST, below 1 also none; None for one to three. A household that is reached is met at
    the third visit at the latest, and at each one after it; with fewer visits at the last of them.
    """
    number = chance.choices((1, 2, 3), (70, 24, 6))[0] if mean is None else int(mean) + (chance.random() < mean % 1)
    days = sorted(chance.sample(range(1, WEEKS * 7), number), reverse=True)
    met_at = min(number, 3) - 1
    events = []
    for place, ago in enumerate(days):
        if reached and place >= met_at:
            outcome = Outcome.MET_DONE if chance.random() < 0.75 else Outcome.MET_PARTIAL
        elif place == number - 1:
            outcome = chance.choices(_ENDINGS, _ODDS)[0]
        else:
            outcome = Outcome.NOT_HOME
        events.append(_visit(rows, household, hamlet, member, outcome, today - timedelta(days=ago), now, chance))
    return events


def _visit(
    rows: Rows, household: UUID, hamlet: str, member: int, outcome: Outcome, day: date, now: datetime, chance: Random
) -> VisitEvent:
    at = datetime.combine(day, time(7 + chance.randrange(11), chance.randrange(60)), VIETNAM)
    again = day + timedelta(days=chance.randint(3, 20)) if _asks_again(outcome, chance) else None
    level = chance.choices((ConsentLevel.CODE, ConsentLevel.COUNT, None), (90, 6, 4))[0] if outcome.reached else None
    named = level is not ConsentLevel.COUNT
    key = visit_id(at, chance.randbytes(10))
    minutes = chance.randint(2, 40) if outcome.reached else 1
    summary_counts = {"timed": 1, "minutes": minutes}
    visit = _EMPTY | {
        "id": key,
        "hamlet_code": hamlet,
        "household_id": household if named else None,
        "member_id": member,
        "started_at": at,
        "ended_at": at + timedelta(minutes=minutes),
        "visited_on": day,
        "received_at": now,
        "outcome": outcome,
        "visit_type": VisitType.FIRST,
        "next_visit_on": again,
        "content_hash": sha256(key.bytes).hexdigest(),
        "summary_counts": summary_counts,
    }
    if level is not None:
        answers = chance.choice(made_up_answers())
        visit |= {
            "consent_level": level,
            "consent_text_version": CONSENT_TEXT_VERSION,
            "consent_how": ConsentHow.SPOKEN,
            **answers.answers,
        }
        summary_counts |= answers.summary_counts
        rows.people += [{"visit_id": key, **person} for person in answers.people]
    if outcome.reached and chance.random() < 0.08:
        summary_counts["issues_opened"] = 1
        type_, issue_level, note = chance.choice(_ISSUES)
        rows.issues.append(
            {
                "visit_id": key,
                "household_id": visit["household_id"],
                "hamlet_code": hamlet,
                "type": type_,
                "level": issue_level,
                "status": IssueStatus.NEW,
                "due": None,
                "beyond_authority": False,
                "note": note,
                "opened_on": day,
                "closed_on": None,
            }
        )
    rows.visits.append(visit)
    if named:
        return VisitEvent(day, outcome, at, again, summary_counts, key)
    rows.anonymous.append({"household_id": household, "day": day, "outcome": outcome, "next_visit_on": again})
    return VisitEvent(day, outcome, None, again)


def _asks_again(outcome: Outcome, chance: Random) -> bool:
    return outcome is Outcome.RESCHEDULED or (outcome is Outcome.MET_PARTIAL and chance.random() < 0.5)


# Every column of a visit, so that all rows go in with one statement.
_EMPTY: dict[str, Any] = {
    **dict.fromkeys(ANSWER_COLUMNS),
    "device": None,
    "clock_offset": None,
    "consent_text_version": None,
    "form_version": FORM_VERSION,
    "app_version": None,
    "input_type": InputType.WEB,
    "note": "",
    "supersedes": None,
}
