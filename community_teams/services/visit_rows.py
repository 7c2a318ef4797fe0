"""The rows that store a visit, by the names of the columns, in values that a database driver takes as they are."""

from datetime import datetime
from typing import Any
from uuid import UUID

from community_teams.domain.codes import IssueStatus
from community_teams.domain.visit_batch import NewVisit
from community_teams.domain.visit_columns import plain_column_values, plain_issue, plain_person

Row = dict[str, Any]


def visit_row(recorded: NewVisit, *, member: int, device: UUID | None, clock_offset: int | None, now: datetime) -> Row:
    report, consent = recorded.report, recorded.report.consent
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
        "consent_text_version": consent and consent.text_version,
        "form_version": report.form_version,
        "app_version": report.app_version,
        "input_type": report.input_type,
        "summary_counts": recorded.summary_counts,
        "content_hash": recorded.content_hash,
        "supersedes": report.supersedes,
        **plain_column_values(report, recorded.answers),
    }


def people_rows(recorded: NewVisit) -> list[Row]:
    return [
        {"visit_id": recorded.report.id, "position": position, **plain_person(person)}
        for position, person in enumerate(recorded.answers.get("people", ()), 1)
    ]


def issue_rows(recorded: NewVisit) -> list[Row]:
    place = {"visit_id": recorded.report.id, "household_id": _household(recorded), "hamlet_code": recorded.hamlet}
    return [
        {**plain_issue(issue), **place, "status": IssueStatus.NEW, "due": None, "opened_on": recorded.day}
        for issue in recorded.answers.get("issues", ())
    ]


def anonymous_visit_row(recorded: NewVisit) -> Row:
    """The row written together with a visit that may not name its household."""
    report = recorded.report
    return {
        "household_id": recorded.household,
        "day": recorded.day,
        "outcome": report.outcome,
        "next_visit_on": report.next_visit_on,
    }


def _household(recorded: NewVisit) -> UUID | None:
    return recorded.household if recorded.report.names_household else None
