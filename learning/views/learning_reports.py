"""The report of learning for teachers and organisers: on the screen, as CSV and as XLSX, with the same cells."""

from flask import Response, render_template, request
from flask_login import current_user

from foundation import clock
from foundation.accounts.domain.roles import Act
from foundation.accounts.services.audit import record
from foundation.accounts.views.access import may, scope_for
from foundation.areas.models import Area
from foundation.areas.queries import area, children
from foundation.problems import NotFound
from foundation.table_files import XLSX_TYPE, Row, write_csv, write_xlsx
from foundation.web.database import session, transaction
from foundation.words import N_
from learning.domain.learning_report import MissedStep, Sums, Table, suppressed_rows
from learning.queries.learning_report import most_missed, sums_of_learning
from learning.views.blueprint import teaching
from learning.views.lookups import catalogue

MOST_MISSED = 20


@teaching.get("/quan-ly/viec-hoc")
@may(Act.SEE_LEARNING)
def show_report() -> str:
    place = _place()
    return render_template(
        "learning/report.html",
        tables=report_tables(place),
        place=place,
        course=request.args.get("khoa", ""),
        courses=catalogue().courses,
        around=_around(place),
    )


@teaching.get("/quan-ly/viec-hoc.csv")
@may(Act.SEE_LEARNING)
def download_csv() -> Response:
    tables = report_tables(_place())
    blocks = [[[table.title], *_file_rows(table), []] for table in tables]
    return _file(write_csv(row for block in blocks for row in block), "viec-hoc.csv", "text/csv")


@teaching.get("/quan-ly/viec-hoc.xlsx")
@may(Act.SEE_LEARNING)
def download_xlsx() -> Response:
    sheets = [(table.title, _file_rows(table)) for table in report_tables(_place())]
    return _file(write_xlsx(sheets), "viec-hoc.xlsx", XLSX_TYPE)


def _file_rows(table: Table) -> list[Row]:
    """The headings and rows of a table, as in both files."""
    return [table.heads, *([FEW if cell is None else cell for cell in row] for row in table.rows)]


FEW = "dưới 10 người"


def report_tables(place: Area | None) -> list[Table]:
    """Courses, lessons and questions of the whole site; areas below `place`, or those of the viewer's scope."""
    scope = scope_for(Act.SEE_LEARNING)
    courses = catalogue().courses
    wished = catalogue().course(request.args.get("khoa", ""))
    areas = children(session(), scope, place.code if place else None)
    sums = sums_of_learning(session(), scope, courses, areas, course=wished.id if wished else None)
    heads = (N_("Đã bắt đầu"), N_("Đã xong"), N_("Tự làm"), N_("Có người giúp"), N_("Làm chung ở lớp"))
    lessons = [lesson for course in courses for lesson in course.lessons]
    return [
        Table(
            "khoa",
            N_("Theo khoá học, cả trang"),
            (N_("Khoá học"), *heads),
            _rows([(course.id, f"{course.number}. {course.title}") for course in courses], sums.courses),
        ),
        Table(
            "dia-ban",
            N_("Theo địa bàn"),
            (N_("Địa bàn"), *heads),
            _rows([(area.code, area.name) for area in areas], sums.areas),
        ),
        Table(
            "bai",
            N_("Theo bài học, cả trang"),
            (N_("Bài học"), *heads),
            _rows([(lesson.id, f"{lesson.number}. {lesson.title}") for lesson in lessons], sums.lessons),
        ),
        Table(
            "hay-sai",
            N_("Hay sai nhất, cả trang"),
            (N_("Bài học"), N_("Câu hỏi hoặc màn tập"), N_("Số lần trả lời"), N_("Số lần sai")),
            tuple(_missed(each) for each in most_missed(session(), most=MOST_MISSED)),
        ),
    ]


def _rows(named: list[tuple[str, str]], sums: dict[str, Sums]) -> tuple[tuple[str | int | None, ...], ...]:
    sums_in_order = [sums.get(id_, Sums(id_, 0, 0, 0, 0, 0)) for id_, _name in named]
    suppressed = suppressed_rows(sums_in_order)
    return tuple(
        (name, None, None, None, None, None)
        if each.id in suppressed
        else (name, each.started, each.finished, each.alone, each.helped, each.together)
        for (_id, name), each in zip(named, sums_in_order, strict=True)
    )


def _missed(each: MissedStep) -> tuple[str | int | None, ...]:
    lesson = catalogue().lesson(each.lesson)
    if lesson is None:
        return (each.lesson, each.step, each.answered, each.wrong)
    question, screen = lesson.question(each.step), lesson.practice.screen(each.step)
    words = question.text if question else screen.task if screen else each.step
    return (f"{lesson.number}. {lesson.title}", words.replace("**", ""), each.answered, each.wrong)


def _place() -> Area | None:
    """The area of ?o=; else the first of the viewer's scope; None for the nation."""
    scope = scope_for(Act.SEE_LEARNING)
    code = requested = request.args.get("o", "").replace("\0", "")
    if not code:
        first = min(scope.paths, default="")
        # A single hamlet is shown in the list of its commune.
        code = first.split("/")[min(first.count("/"), 2) - 1] if first else ""
    if not code:
        return None
    found = area(session(), code)
    if found is None and not requested:
        return None
    near = found is not None and (scope.covers(found.path) or any(path.startswith(found.path) for path in scope.paths))
    if found is None or not near:
        raise NotFound("no_such_area")
    return found


def _around(place: Area | None) -> list[Area]:
    """The areas below that can be opened, because they have areas below them."""
    beneath = children(session(), scope_for(Act.SEE_LEARNING), place.code if place else None)
    return [each for each in beneath if each.path.count("/") < 3]


def _file(content: str | bytes, name: str, kind: str) -> Response:
    details = {"file": name, "area": request.args.get("o", "")[:20]}
    with transaction() as writing:
        area_path = min(scope_for(Act.SEE_LEARNING).paths, default="")
        record(writing, current_user.name, "export_learning", details, now=clock.now(), area_path=area_path)
    answer = Response(content, mimetype=kind)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
