"""The visit form: which part a field stands in, what the browser sent, and what a kept visit would have sent."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from werkzeug.datastructures import MultiDict

from community_teams.domain.codes import InputType
from community_teams.domain.form_fields import nested
from community_teams.domain.visits import FORM_VERSION, MOST_ISSUES, MOST_PEOPLE
from community_teams.models import Visit
from foundation.clock import in_vietnam

# Parts of the form, by the first part of a field's name; anything else is told above the form.
_PARTS = {
    "outcome": "outcome",
    "started_at": "outcome",
    "visit_type": "outcome",
    "reason": "outcome",
    "consent": "consent",
    "language_used": "family",
    "size": "family",
    "newborn_pending": "family",
    "needs_support": "family",
    "devices": "phones",
    "network": "phones",
    "fixed_internet": "phones",
    "wifi": "phones",
    "power": "phones",
    "support_given": "help",
    "trip_saved_km": "help",
    "next_visit_on": "again",
    "next_goal": "again",
    "satisfaction": "last",
    "note": "last",
}
# Languages the form offers, as BCP 47 tags: those of Thanh Hoá (facts 5.1), Thái by its family's tag because its
# branches are not told apart at a door. Their Vietnamese is in labels.html.
LANGUAGES = ("vi", "mtq", "tai", "hmn", "tou", "ium", "kjg")
# Answers a phone may have sent that this form has no box for.
_NO_BOX = {"ended_at"}
_ROWS = {"people": ("person", MOST_PEOPLE), "issues": ("issue", MOST_ISSUES)}
_NOT_TYPED = {"id", "household", "form_version", "input_type"}
_LOCAL_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?", re.ASCII)
_DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", re.ASCII)


def as_record(form: MultiDict[str, str], household: UUID, input_type: InputType = InputType.WEB) -> dict[str, object]:
    """What the form says, in the shape of the phone's JSON. Times without a zone are Việt Nam's."""
    pairs = [(name, _clean(name, value)) for name, value in form.items(multi=True) if name not in _NOT_TYPED]
    record = nested(pairs)
    consent = record.get("consent")
    # The version of the sentence travels with every form, whether or not the question was asked.
    if isinstance(consent, dict) and "level" not in consent:
        del record["consent"]
    return record | {
        "id": form.get("id", ""),
        "household": household,
        "form_version": FORM_VERSION,
        "input_type": input_type,
    }


def faulty_parts(faults: Mapping[str, str]) -> dict[str, list[str]]:
    """Codes of faults by the part of the form they stand in; those of no part under ""."""
    parts: defaultdict[str, list[str]] = defaultdict(list)
    for name, code in faults.items():
        parts[_part(name)].append(code)
    return dict(parts)


def carried(told: MultiDict[str, str]) -> list[tuple[str, str]]:
    """Answers the form has no box for and must not lose, when a visit from a phone is corrected here."""
    return [
        (name, value)
        for name, value in told.items(multi=True)
        if name in _NO_BOX or (name == "language_used" and value not in LANGUAGES)
    ]


def local_time(moment: Any) -> str:
    """A moment as a browser's box for day and time writes it, on a Vietnamese clock."""
    return f"{in_vietnam(moment):%Y-%m-%dT%H:%M}"


def as_form(visit: Visit) -> MultiDict[str, str]:
    """The answers of a kept visit as the form would have sent them, so that it can be corrected."""
    told: list[tuple[str, Any]] = [
        ("outcome", visit.outcome),
        ("started_at", local_time(visit.started_at)),
        ("ended_at", visit.ended_at and visit.ended_at.isoformat()),
        ("reason", visit.reason),
        ("consent.level", visit.consent_level),
        ("consent.how", visit.consent_how),
        ("consent.text_version", visit.consent_text_version),
        ("visit_type", visit.visit_type),
        ("size.adults", visit.adults),
        ("size.aged_60plus", visit.aged_60plus),
        ("size.children_under_6", visit.children_under_6),
        ("size.children_6_13", visit.children_6_13),
        ("newborn_pending", visit.newborn_pending),
        ("devices.smart", visit.phones_smart),
        ("devices.basic", visit.phones_basic),
        ("devices.shared", visit.phones_shared),
        ("fixed_internet", visit.fixed_internet),
        ("wifi", visit.wifi),
        ("power", visit.power),
        ("trip_saved_km", visit.trip_saved_km),
        ("satisfaction", visit.satisfaction),
        ("next_visit_on", visit.next_visit_on),
        ("next_goal", visit.next_goal),
        ("note", visit.note),
        *_each("language_used", visit.language_used),
        *_each("support_given", visit.support_given),
        *_each("devices.problems", visit.phone_problems),
        *((f"needs_support.{code}", count) for code, count in (visit.needs_support or {}).items()),
        *((f"network.{carrier}", signal) for carrier, signal in (visit.network or {}).items()),
    ]
    for row, person in enumerate(visit.people):
        told += [
            (f"people.{row}.age_band", person.age_band),
            (f"people.{row}.sex", person.sex),
            (f"people.{row}.vneid_level", person.vneid_level),
            *_each(f"people.{row}.documents", person.documents),
            *_each(f"people.{row}.helped_with", person.helped_with),
            *_each(f"people.{row}.lessons", person.lessons),
            *((f"people.{row}.skills.{skill}", level) for skill, level in (person.skills or {}).items()),
        ]
    for row, issue in enumerate(visit.issues):
        told += [
            (f"issues.{row}.type", issue.type),
            (f"issues.{row}.level", issue.level),
            (f"issues.{row}.beyond_authority", issue.beyond_authority or None),
            (f"issues.{row}.note", issue.note),
        ]
    return MultiDict((name, _written(value)) for name, value in told if value is not None)


def _each(name: str, values: Iterable[str] | None) -> list[tuple[str, str]]:
    return [(name, value) for value in values or ()]


def _written(value: Any) -> str:
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)


def _part(name: str) -> str:
    first, _, rest = name.partition(".")
    if first in _ROWS:
        part, most = _ROWS[first]
        row = rest.partition(".")[0]
        return f"{part}-{row}" if row.isdecimal() and int(row) < most else ""
    return _PARTS.get(first, "")


def as_day(text: str) -> str:
    """A day as people write it, 1/12/2026, as machines do; anything else as it is."""
    day = _DAY.fullmatch(text.strip())
    return f"{day[3]}-{int(day[2]):02}-{int(day[1]):02}" if day else text


def _clean(name: str, value: str) -> str:
    text = value.strip()
    if name in {"started_at", "ended_at"} and _LOCAL_TIME.fullmatch(text):
        return f"{text}+07:00"
    return as_day(value) if name == "next_visit_on" else value
