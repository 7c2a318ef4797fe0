"""Made-up visits of a made-up household: rows for the tables, and the knocks they add up to."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from hashlib import sha256
from random import Random
from typing import Any
from uuid import UUID

from community_teams.domain.codes import (
    AgeBand,
    Carrier,
    ConsentHow,
    ConsentLevel,
    Document,
    Help,
    InputType,
    IssueLevel,
    IssueStatus,
    IssueType,
    Outcome,
    PhoneProblem,
    Power,
    Sex,
    Signal,
    Skill,
    Support,
    VisitType,
    VneidLevel,
)
from community_teams.domain.household_counts import boiled_down
from community_teams.domain.households import Knocked
from community_teams.domain.visits import (
    CONSENT_TEXT_VERSION,
    FORM_VERSION,
    Devices,
    IssueTold,
    PersonTold,
    Size,
    VisitReport,
)
from community_teams.sample.visit_ids import visit_id
from foundation.clock import VIETNAM

WEEKS = 6

# The columns of a visit and of a person that layers are counted from, named as in the report.
_TOLD = (
    *("started_at", "ended_at", "newborn_pending", "language_used", "network", "power"),
    *("support_given", "trip_saved_km", "satisfaction"),
)
_OF_PERSON = ("age_band", "vneid_level", "skills", "helped_with", "lessons")

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
_NOTES = (
    "",
    "",
    "",
    "Bác muốn học gọi video cho cháu.",
    "Hẹn dạy cách xem thẻ BHYT trên máy.",
    "Nhà đi nương, nên đến sau 17 giờ.",
    "Máy của con để ở nhà, bác dùng chung.",
)
_ISSUES = (
    (IssueType.SIGNAL, IssueLevel.CARRIER, "Trong nhà không gọi được, phải ra sân."),
    (IssueType.POWER, IssueLevel.ELECTRICITY, "Điện hay mất khi mưa."),
    (IssueType.DATA_MISMATCH, IssueLevel.COMMUNE_POLICE, "Ngày sinh trên máy khác trên giấy."),
    (IssueType.DEVICE, IssueLevel.HAMLET, "Máy cũ, không cài thêm được."),
    (IssueType.SIM_NOT_OWNED, IssueLevel.CARRIER, "SIM đứng tên người khác."),
)


@dataclass
class Rows:
    """Rows for the tables, by the columns' names."""

    visits: list[dict[str, Any]] = field(default_factory=list)
    people: list[dict[str, Any]] = field(default_factory=list)
    issues: list[dict[str, Any]] = field(default_factory=list)
    knocks: list[dict[str, Any]] = field(default_factory=list)


def knock_on(
    rows: Rows, household: UUID, hamlet: str, member: int, *, reached: bool, today: date, now: datetime, chance: Random
) -> list[Knocked]:
    """Make up one to three visits to a household over the last WEEKS, none of them today. Returns its knocks."""
    days = sorted(chance.sample(range(1, WEEKS * 7), chance.choices((1, 2, 3), (70, 24, 6))[0]), reverse=True)
    knocks = []
    for ago in days:
        last = ago == days[-1]
        if reached and last:
            outcome = chance.choices((Outcome.MET_DONE, Outcome.MET_PARTIAL), (3, 1))[0]
        elif last:
            outcome = chance.choices(list(_NOT_REACHED), list(_NOT_REACHED.values()))[0]
        else:
            outcome = Outcome.NOT_HOME
        knocks.append(_visit(rows, household, hamlet, member, outcome, today - timedelta(days=ago), now, chance))
    return knocks


def _visit(
    rows: Rows, household: UUID, hamlet: str, member: int, outcome: Outcome, day: date, now: datetime, chance: Random
) -> Knocked:
    at = datetime.combine(day, time(7 + chance.randrange(11), chance.randrange(60)), VIETNAM)
    again = day + timedelta(days=chance.randint(3, 20)) if _asks_again(outcome, chance) else None
    level = chance.choices((ConsentLevel.CODE, ConsentLevel.COUNT, None), (90, 6, 4))[0] if outcome.reached else None
    named = level is not ConsentLevel.COUNT
    key = visit_id(at, chance.randbytes(10))
    visit = _EMPTY | {
        "id": key,
        "hamlet_code": hamlet,
        "household_id": household if named else None,
        "member_id": member,
        "started_at": at,
        "ended_at": at + timedelta(minutes=chance.randint(2, 40) if outcome.reached else 1),
        "visited_on": day,
        "received_at": now,
        "outcome": outcome,
        "visit_type": VisitType.FIRST,
        "next_visit_on": again,
        "content_hash": sha256(key.bytes).hexdigest(),
    }
    people: list[dict[str, Any]] = []
    if level is not None:
        visit |= {
            "consent_level": level,
            "consent_text_version": CONSENT_TEXT_VERSION,
            "consent_how": ConsentHow.SPOKEN,
            **_answers(chance),
        }
        people = [_person(key, position, chance) for position in range(1, chance.randint(1, 2) + 1)]
        rows.people += people
    found_issue = outcome.reached and chance.random() < 0.08
    visit["said"] = _boiled_down(visit, people, issues=int(found_issue))
    if found_issue:
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
        return Knocked(day, outcome, at, again, visit["said"])
    rows.knocks.append({"household_id": household, "day": day, "outcome": outcome, "next_visit_on": again})
    return Knocked(day, outcome, None, again)


def _boiled_down(visit: dict[str, Any], people: list[dict[str, Any]], *, issues: int) -> dict[str, int]:
    # Made without validation, which would take longer than all the rest: what is made up here is sound.
    report = VisitReport.model_construct(
        **{name: visit[name] for name in _TOLD},
        size=Size.model_construct(adults=visit["adults"], aged_60plus=visit["aged_60plus"]),
        devices=Devices.model_construct(smart=visit["phones_smart"]),
        people=[PersonTold.model_construct(**{name: person[name] for name in _OF_PERSON}) for person in people],
        issues=[IssueTold.model_construct()] * issues,
    )
    return boiled_down(report)


def _asks_again(outcome: Outcome, chance: Random) -> bool:
    return outcome is Outcome.RESCHEDULED or (outcome is Outcome.MET_PARTIAL and chance.random() < 0.5)


# Every column of a visit, so that all rows go in with one statement.
_EMPTY: dict[str, Any] = {
    "device": None,
    "clock_offset": None,
    "reason": None,
    "consent_level": None,
    "consent_text_version": None,
    "consent_how": None,
    "language_used": None,
    "form_version": FORM_VERSION,
    "app_version": None,
    "input_type": InputType.WEB,
    "adults": None,
    "aged_60plus": None,
    "children_under_6": None,
    "children_6_13": None,
    "newborn_pending": None,
    "needs_support": None,
    "phones_smart": None,
    "phones_basic": None,
    "phones_shared": None,
    "phone_problems": None,
    "network": None,
    "fixed_internet": None,
    "wifi": None,
    "power": None,
    "support_given": None,
    "trip_saved_km": None,
    "satisfaction": None,
    "next_goal": None,
    "note": "",
    "supersedes": None,
}


def _answers(chance: Random) -> dict[str, Any]:
    adults = chance.randint(1, 5)
    return {
        "language_used": chance.choices((["vi"], ["mtq"], ["vi", "mtq"], ["tai"]), (5, 2, 2, 1))[0],
        "adults": adults,
        "aged_60plus": chance.randint(0, min(2, adults)),
        "children_under_6": chance.choice((0, 0, 1, None)),
        "children_6_13": chance.choice((0, 1, 2, None)),
        "newborn_pending": chance.choice((False, False, False, True, None)),
        "needs_support": {Support.SEEING: 1} if chance.random() < 0.1 else None,
        "phones_smart": chance.randint(0, adults),
        "phones_basic": chance.randint(0, 2),
        "phones_shared": chance.choice((True, False, None)),
        "phone_problems": [chance.choice(list(PhoneProblem))] if chance.random() < 0.2 else None,
        "network": {Carrier.VIETTEL: chance.choice(list(Signal))} if chance.random() < 0.8 else None,
        "fixed_internet": chance.choice((True, False, None)),
        "power": chance.choices((Power.GRID, Power.UNSTABLE), (9, 1))[0],
        "support_given": chance.sample(list(Help), chance.randint(1, 3)),
        "trip_saved_km": chance.choice((None, None, 4, 9, 18)),
        "satisfaction": chance.choices((3, 2, 1, None), (6, 2, 1, 1))[0],
        "note": chance.choice(_NOTES),
    }


def _person(visit: UUID, position: int, chance: Random) -> dict[str, Any]:
    # Only some skills are asked about at a door; those not asked stay away.
    asked = chance.sample(list(Skill), chance.randint(0, 8))
    return {
        "visit_id": visit,
        "position": position,
        "age_band": chance.choice(list(AgeBand)[1:]),
        "sex": chance.choice((*Sex, None)),
        "vneid_level": chance.choice(list(VneidLevel)),
        "documents": [Document.BHYT] if chance.random() < 0.4 else None,
        "skills": {skill.value: chance.randint(0, 2) for skill in asked} or None,
        "helped_with": None,
        "lessons": None,
    }
