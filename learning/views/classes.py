"""Classes: the list, making one, the table of who has done what, and marking lessons done together."""

from collections.abc import Collection, Mapping
from types import MappingProxyType
from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask_login import current_user
from uuid_utils.compat import uuid7
from werkzeug.wrappers import Response

from courses.domain.lesson import Course, Lesson
from foundation import clock
from foundation.accounts.domain.roles import Act
from foundation.accounts.queries import areas_around
from foundation.accounts.views.access import may, scope_for
from foundation.accounts.views.reading import read_day
from foundation.areas.domain.scope import Scope
from foundation.areas.models import Area
from foundation.areas.queries import children
from foundation.problems import Invalid, NotFound
from foundation.web.database import session, transaction
from learning.domain.classes import DONE, Way, read_class
from learning.queries.classes import Attendee, Evening, attendees_of, evening_in, evenings_in, ways_at
from learning.services.class_letters import finished_of
from learning.services.classes import make_class, set_done_together
from learning.views.blueprint import teaching
from learning.views.lookups import catalogue, find_lesson, form_id


@teaching.get("/lop-hoc")
@may(Act.TEACH)
def show_classes() -> str:
    evenings = evenings_in(session(), scope_for(Act.TEACH))
    return render_template(
        "learning/classes.html",
        evenings=evenings,
        titles={course.id: course.title for course in catalogue().courses},
        areas=areas_around(session(), [each.area_path for each in evenings]),
    )


@teaching.get("/lop-hoc/moi")
@may(Act.TEACH)
def ask_new_class() -> str:
    """First the course; with ?khoa=, the other fields with all its lessons ticked."""
    course = catalogue().course(request.args.get("khoa", ""))
    if course is None:
        return render_template("learning/class_course.html", courses=catalogue().courses)
    today = clock.day_in_vietnam(clock.now())
    values = {"course": course.id, "held_on": today.isoformat(), "teacher": current_user.display_name}
    return _new_form(values, [lesson.id for lesson in course.lessons])


@teaching.post("/lop-hoc/moi")
@may(Act.TEACH)
def add_class() -> Response | tuple[str, int]:
    form = request.form
    id_ = form_id()
    now = clock.now()
    faults: dict[str, str] = {}
    held_on = None
    try:
        held_on = read_day(form.get("held_on"), "held_on")
    except Invalid as faulty:
        faults = faulty.fields
    try:
        new = read_class(
            area_path=form.get("area", ""),
            areas=[area.path for area in _hamlets(scope_for(Act.TEACH))],
            course=form.get("course", ""),
            courses={course.id: [lesson.id for lesson in course.lessons] for course in catalogue().courses},
            lessons=form.getlist("lessons"),
            held_on=held_on,
            teacher=form.get("teacher", ""),
            today=clock.day_in_vietnam(now),
        )
    except Invalid as faulty:
        return _new_form(form, form.getlist("lessons"), faulty.fields | faults), faulty.status
    with transaction() as writing:
        make_class(writing, id_, new, made_by=current_user.name, now=now)
    return redirect(url_for(".show_class", class_id=id_), 303)


@teaching.get("/lop-hoc/<uuid:class_id>")
@may(Act.TEACH)
def show_class(class_id: UUID) -> str:
    evening = find_class(class_id)
    course = course_of(evening)
    present = attendees_of(session(), evening)
    lessons, ways = ways_of_lessons(evening, present)
    done = {lesson.id: sum(ways[each.person.id][lesson.id] in DONE for each in present) for lesson in lessons}
    return render_template(
        "learning/class.html",
        evening=evening,
        course=course,
        lessons=lessons,
        present=present,
        ways=ways,
        done=done,
        coming=next((lesson for lesson in lessons if not done[lesson.id]), None),
        finished=finished_of(present, ways),
        areas=areas_around(session(), [evening.area_path]),
        outcome=request.args.get("da", ""),
    )


@teaching.route("/lop-hoc/<uuid:class_id>/bai/<lesson_id>", methods=["GET", "POST"])
@may(Act.TEACH)
def tick(class_id: UUID, lesson_id: str) -> Response | str:
    """The teacher ticks who did this lesson on the big screen."""
    evening = find_class(class_id)
    lesson = lesson_of(evening, lesson_id)
    if request.method == "GET":
        present = attendees_of(session(), evening)
        ways = ways_at(session(), evening, present, {lesson.id: lesson.graded})
        return render_template(
            "learning/class_tick.html", evening=evening, lesson=lesson, present=present, ways=ways, Way=Way
        )
    ticked = {each for each in map(_uuid, request.form.getlist("done")) if each}
    with transaction() as writing:
        set_done_together(writing, evening, lesson.id, ticked, who=current_user.name, now=clock.now())
    return redirect(url_for(".show_class", class_id=evening.id, da="ghi"), 303)


def ways_of_lessons(evening: Evening, present: list[Attendee]) -> tuple[list[Lesson], dict[UUID, dict[str, Way]]]:
    """The lessons shown in the class, and how each attendee has done every lesson of its course."""
    graded = {lesson.id: lesson.graded for lesson in course_of(evening).lessons}
    return lessons_of(evening), ways_at(session(), evening, present, graded)


def find_class(id_: UUID) -> Evening:
    evening = evening_in(session(), scope_for(Act.TEACH), id_)
    if evening is None:
        raise NotFound("no_such_class")
    return evening


def course_of(evening: Evening) -> Course:
    course = catalogue().course(evening.course)
    if course is None:
        raise NotFound("no_such_course")
    return course


def lessons_of(evening: Evening) -> list[Lesson]:
    """The lessons shown in the class that its course still has."""
    own = {lesson.id: lesson for lesson in course_of(evening).lessons}
    return [own[each] for each in evening.lessons if each in own]


def lesson_of(evening: Evening, lesson_id: str) -> Lesson:
    lesson = find_lesson(lesson_id)
    if lesson.id not in evening.lessons:
        raise NotFound("no_such_lesson")
    return lesson


def _hamlets(scope: Scope) -> list[Area]:
    """The hamlets where the teacher may hold a class."""
    around = areas_around(session(), scope.paths)
    found: list[Area] = []
    for path in scope.paths:
        area = around.get(path)
        if area is not None:
            beneath = children(session(), scope, area.code)
            found += beneath or [area]
    return found


def _new_form(
    values: Mapping[str, str], lessons: Collection[str], faults: Mapping[str, str] = MappingProxyType({})
) -> str:
    """values: the fields. lessons: ids of the ticked lessons."""
    return render_template(
        "learning/class_new.html",
        values=values,
        faults=faults,
        courses=catalogue().courses,
        chosen=catalogue().course(values.get("course", "")),
        lessons=lessons,
        hamlets=_hamlets(scope_for(Act.TEACH)),
        form=form_id() if request.method == "POST" else uuid7(),
    )


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
