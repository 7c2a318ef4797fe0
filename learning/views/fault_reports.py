""" "Báo chỗ sai": learners report what is wrong in a lesson, without a name, and see here what became of the report."""

from collections.abc import Mapping
from uuid import UUID

from flask import redirect, render_template, request, url_for
from uuid_utils.compat import uuid7
from werkzeug.wrappers import Response

from courses.domain.lesson import Lesson
from foundation import clock
from foundation.problems import Invalid, NotFound, TooMany
from foundation.throttling.visitors import address_buckets
from foundation.web.access import public
from foundation.web.database import session, transaction
from learning import queries
from learning.domain.fault_reports import LONGEST_NOTE, ReportKind, place_in, read_report
from learning.services.fault_reports import send_report
from learning.views.blueprint import admin
from learning.views.lookups import catalogue, find_lesson, form_id


@admin.get("/bai-hoc/<lesson_id>/bao-sai")
@public
def ask_what_is_wrong(lesson_id: str) -> str:
    lesson = find_lesson(lesson_id)
    return _form(lesson, place=request.args.get("cho", ""))


@admin.post("/bai-hoc/<lesson_id>/bao-sai")
@public
def take_report(lesson_id: str) -> Response | tuple[str, int] | tuple[str, int, dict[str, str]]:
    lesson = find_lesson(lesson_id)
    place, kind, note = (request.form.get(name, "") for name in ("place", "kind", "note"))
    try:
        form = form_id()
        read_kind, read_note = read_report(kind, note)
        with transaction() as writing:
            report = send_report(
                writing,
                form=form,
                lesson=lesson,
                place=place,
                kind=read_kind,
                note=read_note,
                library=catalogue().version,
                buckets=address_buckets("fault_reports"),
                now=clock.now(),
            )
    except Invalid as faulty:
        return _form(lesson, place=place, kind=kind, note=note, faults=faulty.fields), faulty.status
    except TooMany as flood:
        page = _form(lesson, place=place, kind=kind, note=note, too_many=True)
        return page, flood.status, {"Retry-After": str(flood.retry_after)}
    return redirect(url_for(".show_report", lesson_id=lesson.id, report_id=report), 303)


@admin.get("/bai-hoc/<lesson_id>/bao-sai/<uuid:report_id>")
@public
def show_report(lesson_id: str, report_id: UUID) -> str:
    """Thanks, and the state of the report. The note is not shown, because the address may be shared."""
    report = queries.fault_report(session(), report_id)
    if report is None or report.lesson != lesson_id:
        raise NotFound("no_such_report")
    return render_template(
        "learning/fault_report_sent.html",
        report=report,
        lesson=catalogue().lesson(lesson_id),
        overdue=report.overdue(clock.now()),
    )


def _form(
    lesson: Lesson,
    *,
    place: str = "",
    kind: str = "",
    note: str = "",
    faults: Mapping[str, str] | None = None,
    too_many: bool = False,
) -> str:
    return render_template(
        "learning/report_fault.html",
        lesson=lesson,
        place=place_in(lesson, place),
        kinds=list(ReportKind),
        kind=kind,
        note=note,
        faults=faults or {},
        too_many=too_many,
        longest=LONGEST_NOTE,
        # A refused form keeps its id: if the same form was stored meanwhile, it still counts once.
        form=form_id() if request.method == "POST" else uuid7(),
    )
