"""The visit form: the part of each field, and conversion between form, record and stored visit."""

import re
from collections import defaultdict
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from werkzeug.datastructures import MultiDict

from community_teams.domain import visit_groups
from community_teams.domain.codes import InputType
from community_teams.domain.form_fields import flat, nested
from community_teams.domain.visit_columns import answers_in, issue_answers, person_answers
from community_teams.domain.visits import FORM_VERSION, MOST_ISSUES, MOST_PEOPLE, QUESTIONS
from community_teams.models import Visit
from foundation.clock import in_vietnam

# The part of the form by the first part of a field's name. Faults of other fields are shown above the form.
_PART_OF_FIELD = {"started_at": "outcome"} | {question.name: question.placement.part for question in QUESTIONS}
# Languages the form offers, as BCP 47 tags. Their Vietnamese is in labels.html.
LANGUAGES = tuple(visit_groups.LANGUAGES.values())
# Answers a phone may have sent for which this form has no visible field.
_NO_BOX = {"ended_at"}
_ROWS = {"people": ("person", MOST_PEOPLE), "issues": ("issue", MOST_ISSUES)}
_NOT_TYPED = {"id", "household", "form_version", "input_type"}
_LOCAL_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?", re.ASCII)
_DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", re.ASCII)


def as_record(form: MultiDict[str, str], household: UUID, input_type: InputType = InputType.WEB) -> dict[str, object]:
    """The form in the shape of the phone's JSON. Times without a zone are Vietnamese time."""
    pairs = [(name, _clean(name, value)) for name, value in form.items(multi=True) if name not in _NOT_TYPED]
    record = nested(pairs)
    consent = record.get("consent")
    # Every form sends the version of the consent sentence, whether or not the question was asked.
    if isinstance(consent, dict) and "level" not in consent:
        del record["consent"]
    return record | {
        "id": form.get("id", ""),
        "household": household,
        "form_version": FORM_VERSION,
        "input_type": input_type,
    }


def faulty_parts(faults: Mapping[str, str]) -> dict[str, list[str]]:
    """Codes of faults by the part of the form that contains the field; those of no part under ""."""
    parts: defaultdict[str, list[str]] = defaultdict(list)
    for name, code in faults.items():
        parts[_part(name)].append(code)
    return dict(parts)


def hidden_fields(form: MultiDict[str, str]) -> list[tuple[str, str]]:
    """Answers without a visible field, which must not be lost when a visit from a phone is corrected here."""
    return [
        (name, value)
        for name, value in form.items(multi=True)
        if name in _NO_BOX or (name == "language_used" and value not in LANGUAGES)
    ]


def local_time(moment: Any) -> str:
    """A moment as a browser's datetime-local field writes it, in Vietnamese time."""
    return f"{in_vietnam(moment):%Y-%m-%dT%H:%M}"


def form_from_visit(visit: Visit) -> MultiDict[str, str]:
    """The answers of a stored visit as the form would have sent them, so that it can be corrected."""
    answers = answers_in(visit)
    if "consent" in answers:
        answers["consent"]["text_version"] = visit.consent_text_version
    answers |= {
        "started_at": local_time(visit.started_at),
        "ended_at": visit.ended_at and visit.ended_at.isoformat(),
        "people": [person_answers(person) for person in visit.people],
        "issues": [
            issue_answers(issue) | {"beyond_authority": issue.beyond_authority or None} for issue in visit.issues
        ],
    }
    return MultiDict(flat(answers))


def _part(name: str) -> str:
    first, _, rest = name.partition(".")
    if first in _ROWS:
        part, most = _ROWS[first]
        row = rest.partition(".")[0]
        return f"{part}-{row}" if row.isdecimal() and int(row) < most else ""
    return _PART_OF_FIELD.get(first, "")


def as_day(text: str) -> str:
    """A day as people write it, 1/12/2026, in ISO format; any other text unchanged."""
    day = _DAY.fullmatch(text.strip())
    return f"{day[3]}-{int(day[2]):02}-{int(day[1]):02}" if day else text


def _clean(name: str, value: str) -> str:
    text = value.strip()
    if name in {"started_at", "ended_at"} and _LOCAL_TIME.fullmatch(text):
        return f"{text}+07:00"
    return as_day(value) if name == "next_visit_on" else value
