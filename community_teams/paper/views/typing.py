"""Pages to type in paper sheets: the numbers as on the sheet, then the next household."""

import re
from typing import Any
from uuid import UUID

from flask import current_app, redirect, render_template, request, url_for
from uuid_utils.compat import uuid7
from werkzeug import Response

from community_teams.blueprints import teams_blueprint
from community_teams.domain.codes import InputType
from community_teams.domain.visits import CONSENT_TEXT_VERSION, MOST_ISSUES, MOST_PEOPLE
from community_teams.paper import domain as paper
from community_teams.queries import households, visits
from community_teams.queries.household_codes import following
from community_teams.services.desk import household_named
from community_teams.views.recording import LARGEST_FORM, MOST_FIELDS, become_correction, save_visit
from community_teams.views.visit_answers import as_day, as_record
from community_teams.views.visit_form_data import VisitForm, rows_filled
from foundation import clock
from foundation.accounts.domain.roles import Act
from foundation.accounts.views.access import may, scope_for
from foundation.areas.models import Area
from foundation.problems import Conflict, Invalid, NotFound
from foundation.web.body_limits import takes
from foundation.web.database import session

PEOPLE_AT_ONCE = 4
ISSUES_AT_ONCE = 2
# A sheet that only tells the day: noon is in the middle of it.
NOON = 12
_OWN = {"household_code", "started_on", "started_time"}
_TIME = re.compile(r"(\d{1,2})(?:\s*(?:h|g|:|\.)\s*(\d{2})?|(\d{2}))?", re.ASCII | re.IGNORECASE)
# The names on this page of the record's faulty fields.
_ON_PAGE = {"started_at": "started_on", "household": "household_code", "consent": "consent.level"}


@teams_blueprint.get("/doi-so/<hamlet_code>/nhap-phieu")
@may(Act.RECORD_VISIT)
def ask_paper(hamlet_code: str) -> str:
    """An empty sheet for the household after ?sau (an id) on the list, on the day of the last sheet (?ngay)."""
    hamlet = hamlet_to_record(hamlet_code)
    scope = scope_for(Act.RECORD_VISIT)
    after = _uuid(request.args.get("sau", ""))
    following_one = following(session(), scope, hamlet.code, after)
    day = request.args.get("ngay", "")[:10]
    form = VisitForm(
        {
            "household_code": following_one.short_code if following_one else "",
            "started_on": day or f"{clock.day_in_vietnam(clock.now()):%d/%m/%Y}",
        }.items()
    )
    return _page(hamlet, form, {})


@teams_blueprint.post("/doi-so/<hamlet_code>/nhap-phieu")
@takes(LARGEST_FORM, fields=MOST_FIELDS)
@may(Act.RECORD_VISIT)
def keep_paper(hamlet_code: str) -> Response | tuple[str, int]:
    hamlet = hamlet_to_record(hamlet_code)
    form = VisitForm(request.form.items(multi=True))
    try:
        report = save_visit(_record(hamlet, form))
    except Invalid as problem:
        return _page(hamlet, form, problem.fields), problem.status
    except Conflict as problem:
        become_correction(form, problem)
        return _page(hamlet, form, {}, conflict=problem.code), problem.status
    parameters: dict[str, Any] = {
        "sau": report.household,
        "ngay": form.get("started_on", "")[:10],
        "da-ghi": report.id,
    }
    return redirect(url_for(".ask_paper", hamlet_code=hamlet.code, **parameters), 303)


def hamlet_to_record(code: str) -> Area:
    """The hamlet, where the signed-in person may record visits there; else NotFound."""
    hamlet = households.hamlet(session(), scope_for(Act.RECORD_VISIT), code) if "\0" not in code else None
    if hamlet is None:
        raise NotFound("no_such_hamlet")
    return hamlet


def _record(hamlet: Area, form: VisitForm) -> dict[str, object]:
    """The visit of a sheet. Raises Invalid naming every faulty number by its box, and the household besides."""
    pairs, faults = paper.read_numbers(
        (name, value) for name, value in form.items(multi=True) if name not in _OWN and not name.endswith(".lessons")
    )
    pairs += [
        (name, lesson)
        for name, value in form.items(multi=True)
        if name.endswith(".lessons")
        for lesson in value.replace(",", " ").split()
    ]
    answers = VisitForm([*pairs, ("started_at", _moment(form, faults))])
    if answers.get("consent.level"):
        answers.setdefault("consent.text_version", CONSENT_TEXT_VERSION)
    household_id = UUID(int=0)
    try:
        household_id = household_named(
            session(),
            hamlet,
            form.get("household_code", ""),
            scope=scope_for(Act.RECORD_VISIT),
            now=clock.now(),
        ).id
    except Invalid as problem:
        faults |= problem.fields
    if faults:
        raise Invalid(faults)
    return as_record(answers, household_id, InputType.PAPER)


def _moment(form: VisitForm, faults: dict[str, str]) -> str:
    day, typed = as_day(form.get("started_on", "")), form.get("started_time", "").strip()
    if not typed:
        now = clock.in_vietnam(clock.now())
        # On the day of the visit noon may still be in the future.
        return f"{day}T{min(NOON, now.hour) if day == str(now.date()) else NOON:02}:00"
    time = _TIME.fullmatch(typed)
    if time is None or int(time[1]) > 23 or int(time[2] or time[3] or 0) > 59:
        faults["started_time"] = "not_a_time"
        return ""
    return f"{day}T{int(time[1]):02}:{int(time[2] or time[3] or 0):02}"


def _page(hamlet: Area, form: VisitForm, faults: dict[str, str], *, conflict: str = "") -> str:
    boxes = {_ON_PAGE.get(name, paper.on_the_sheet(name)): code for name, code in faults.items()}
    saved_id = _uuid(request.args.get("da-ghi", "")) if request.method == "GET" else None
    return render_template(
        "paper/paper_typing.html",
        hamlet=hamlet,
        told=form,
        faults=boxes,
        conflict=conflict,
        visit_id=form.get("id") if form.get("id") and "id" not in faults else uuid7(),
        paper=paper,
        people=min(max(PEOPLE_AT_ONCE, rows_filled(form, "people")), MOST_PEOPLE),
        most_people=MOST_PEOPLE,
        issues=min(max(ISSUES_AT_ONCE, rows_filled(form, "issues")), MOST_ISSUES),
        most_issues=MOST_ISSUES,
        lessons=current_app.extensions["catalogue"].lessons,
        kept=visits.visit(session(), scope_for(Act.RECORD_VISIT), saved_id) if saved_id else None,
    )


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
