"""For editors: lessons that need attention, every lesson with all its screens, and fault reports."""

from collections import defaultdict
from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from courses.domain.preview import preview_screens
from courses.reviewing import Freshness, review_library
from foundation import clock
from foundation.accounts.domain.roles import Act
from foundation.accounts.views.access import may, scope_for
from foundation.problems import Conflict, Invalid, NotAllowed, NotFound
from foundation.web.database import session, transaction
from learning import queries
from learning.domain.fault_reports import LONGEST_REPLY, FaultReport, ReportState, read_reply
from learning.services.fault_reports import settle_report
from learning.views.blueprint import admin
from learning.views.lookups import catalogue

# More than an editor reads at once. The oldest come first, so none is forgotten.
MOST_REPORTS = 100


@admin.get("/quan-ly/bai-hoc")
@may(Act.EDIT_CONTENT)
def show_lessons() -> str:
    return _list()


@admin.get("/quan-ly/bai-hoc/<lesson_id>")
@may(Act.EDIT_CONTENT)
def show_lesson(lesson_id: str) -> str:
    return _lesson(lesson_id)


@admin.post("/quan-ly/bai-hoc/<lesson_id>/bao-sai/<uuid:report_id>")
@may(Act.EDIT_CONTENT)
def settle(lesson_id: str, report_id: UUID) -> Response | tuple[str, int]:
    """Set the state of a report. On an error, show the page again with the reply as typed."""
    reply = request.form.get("reply", "")
    report = queries.fault_report(session(), report_id)
    if report is None or report.lesson != lesson_id:
        raise NotFound("no_such_report")
    try:
        state = ReportState(request.form.get("state", ""))
    except ValueError:
        return _lesson(lesson_id, typed={report_id: reply}, faults={report_id: "not_a_choice"}), 422
    try:
        read = read_reply(reply)
        with transaction() as writing:
            settle_report(
                writing,
                report_id,
                state,
                reply=read,
                who=current_user.name,
                scope=scope_for(Act.EDIT_CONTENT),
                now=clock.now(),
            )
    except Invalid as faulty:
        return _lesson(lesson_id, typed={report_id: reply}, faults={report_id: faulty.fields["reply"]}), faulty.status
    except (Conflict, NotAllowed) as refused:
        return _lesson(lesson_id, typed={report_id: reply}, faults={report_id: refused.code}), refused.status
    return redirect(url_for(".show_lesson", lesson_id=lesson_id, _anchor=f"bao-{report_id}"), 303)


def _list() -> str:
    now = clock.now()
    review = review_library(catalogue(), clock.day_in_vietnam(now))
    reports = queries.open_fault_reports(session(), most=MOST_REPORTS)
    by_lesson: dict[str, list[FaultReport]] = defaultdict(list)
    for report in reports:
        by_lesson[report.lesson].append(report)
    return render_template(
        "learning/admin_lessons.html",
        review=review,
        titles={lesson.id: lesson for lesson in catalogue().lessons},
        courses=catalogue().courses,
        faulty=[care for care in review.lessons if care.faults],
        aged=sorted(
            (care for care in review.lessons if care.due_on and care.freshness is not Freshness.FRESH),
            key=lambda care: (care.due_on, care.id),
        ),
        drafts=[care for care in review.lessons if care.lesson and care.lesson.draft],
        aged_facts=[care for care in review.facts if care.freshness is not Freshness.FRESH],
        reports=by_lesson,
        overdue=sum(report.overdue(now) for report in reports),
        more=len(reports) == MOST_REPORTS,
        now=now,
    )


def _lesson(lesson_id: str, *, typed: dict[UUID, str] | None = None, faults: dict[UUID, str] | None = None) -> str:
    now = clock.now()
    care = review_library(catalogue(), clock.day_in_vietnam(now)).lesson(lesson_id)
    reports = queries.fault_reports_of(session(), lesson_id, most=MOST_REPORTS)
    if care is None and not reports:
        raise NotFound("no_such_lesson")
    lesson = care.lesson if care else None
    return render_template(
        "learning/admin_lesson.html",
        lesson_id=lesson_id,
        care=care,
        lesson=lesson,
        screens=preview_screens(lesson.practice) if lesson else (),
        reports=reports,
        typed=typed or {},
        faults=faults or {},
        settles=scope_for(Act.EDIT_CONTENT).is_nation,
        longest=LONGEST_REPLY,
        now=now,
    )
