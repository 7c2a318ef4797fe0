"""The visit's questions as the phone reads them, inside the app's page: static/teams/phone/visit_form.js."""

import json
from collections.abc import Iterable

from community_teams.domain.questions import VisitQuestion
from community_teams.domain.visits import (
    FURTHEST_APPOINTMENT,
    MOST_ISSUES,
    MOST_PEOPLE,
    OF_ISSUE,
    OF_PERSON,
    QUESTIONS,
)


def questions_as_json() -> str:
    """{"visit", "person", "issue": questions, "most_people", "most_issues", "furthest_days"}.

    A question: {"path", "kind", "step", "most", "longest", "codes", "consent", "carried", "number"}.
    """
    return json.dumps(
        {
            "visit": _as_rows(QUESTIONS),
            "person": _as_rows(OF_PERSON),
            "issue": _as_rows(OF_ISSUE),
            "most_people": MOST_PEOPLE,
            "most_issues": MOST_ISSUES,
            "furthest_days": FURTHEST_APPOINTMENT.days,
        },
        separators=(",", ":"),
    )


def _as_rows(questions: Iterable[VisitQuestion]) -> list[dict[str, object]]:
    return [
        {
            "path": each.path,
            "kind": each.kind.value,
            "step": each.placement.step,
            "most": each.most,
            "longest": each.longest,
            "codes": each.codes,
            "consent": each.placement.consent,
            "carried": each.placement.carried,
            "number": each.is_number,
        }
        for each in questions
    ]
