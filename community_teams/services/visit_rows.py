"""The rows a visit is written down in, by the columns' names."""

from datetime import datetime
from typing import Any
from uuid import UUID

from community_teams.domain.codes import IssueStatus
from community_teams.domain.recording import Recorded
from community_teams.domain.visits import Devices, Size

Row = dict[str, Any]


def visit_row(recorded: Recorded, *, member: int, device: UUID | None, clock_offset: int | None, now: datetime) -> Row:
    report, consent = recorded.report, recorded.report.consent
    size, devices = report.size or Size(), report.devices or Devices()
    return {
        "id": report.id,
        "hamlet_code": recorded.hamlet,
        "household_id": _household(recorded),
        "member_id": member,
        "device": device,
        "started_at": report.started_at,
        "ended_at": report.ended_at,
        "clock_offset": clock_offset,
        "visited_on": recorded.day,
        "received_at": now,
        "outcome": report.outcome,
        "reason": report.reason,
        "consent_level": consent and consent.level,
        "consent_text_version": consent and consent.text_version,
        "consent_how": consent and consent.how,
        "language_used": report.language_used,
        "form_version": report.form_version,
        "app_version": report.app_version,
        "input_type": report.input_type,
        "visit_type": report.visit_type,
        "adults": size.adults,
        "aged_60plus": size.aged_60plus,
        "children_under_6": size.children_under_6,
        "children_6_13": size.children_6_13,
        "newborn_pending": report.newborn_pending,
        "needs_support": report.needs_support,
        "phones_smart": devices.smart,
        "phones_basic": devices.basic,
        "phones_shared": devices.shared,
        "phone_problems": devices.problems,
        "network": report.network,
        "fixed_internet": report.fixed_internet,
        "wifi": report.wifi,
        "power": report.power,
        "support_given": report.support_given,
        "trip_saved_km": report.trip_saved_km,
        "satisfaction": report.satisfaction,
        "next_visit_on": report.next_visit_on,
        "next_goal": report.next_goal,
        "note": report.note,
        "said": recorded.said,
        "content_hash": recorded.content_hash,
        "supersedes": report.supersedes,
    }


def people_rows(recorded: Recorded) -> list[Row]:
    return [
        {"visit_id": recorded.report.id, "position": position, **vars(person)}
        for position, person in enumerate(recorded.report.people, 1)
    ]


def issue_rows(recorded: Recorded) -> list[Row]:
    return [
        {
            **vars(issue),
            "visit_id": recorded.report.id,
            "household_id": _household(recorded),
            "hamlet_code": recorded.hamlet,
            "status": IssueStatus.NEW,
            "due": None,
            "opened_on": recorded.day,
        }
        for issue in recorded.report.issues
    ]


def knock_row(recorded: Recorded) -> Row:
    """What is written beside a visit that may not name its household."""
    report = recorded.report
    return {
        "household_id": recorded.household,
        "day": recorded.day,
        "outcome": report.outcome,
        "next_visit_on": report.next_visit_on,
    }


def _household(recorded: Recorded) -> UUID | None:
    return recorded.household if recorded.report.names_household else None
