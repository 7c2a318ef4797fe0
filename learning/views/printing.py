"""Lessons on paper, for hamlets without power: one card per lesson, a reminder to put beside the phone, whole
courses.
"""

import re

from flask import Response, current_app
from markupsafe import Markup

from courses.domain.lesson import Lesson
from courses.rich_text import render_rich_text
from foundation.problems import NotFound
from foundation.web.access import public
from foundation.web.pdf.render import render_pdf, render_shortest_pdf
from learning.domain.hotlines import hotlines
from learning.views.blueprint import blueprint
from learning.views.home import FIRST_LESSON
from learning.views.lookups import catalogue, find_course, find_lesson
from learning.views.print_cache import cached_print
from learning.views.qr import printable_address, qr_picture

# Steps of lesson 6.1, one per finger.
SIGNS = ("la", "giuc", "doa", "tien", "ma")
REPORT_BY_CALL = "TD_RAC_GOI"
# Font sizes of a card: the largest that fits on one side is used. The smallest is 13 points.
SIZES = ("large", "middle", "small")

_BEFORE_BOLD = re.compile(r"\s<strong>")


@blueprint.app_template_filter("on_paper")
def on_paper(text: str) -> Markup:
    """Like the filter rich, with the space before bold words moved inside them.

    WeasyPrint 70 finds no line break where a text ends in a space just at the edge and bold words follow: it then
    breaks after the first word of the line, or before the last possible word.
    """
    return Markup(_BEFORE_BOLD.sub("<strong> ", str(render_rich_text(text))))  # noqa: S704  rich has escaped it


@blueprint.get("/bai-hoc/<lesson_id>/in.pdf")
@public
def print_lesson(lesson_id: str) -> Response:
    lesson = find_lesson(lesson_id)

    def draw() -> bytes:
        address = _lesson_address(lesson)
        return render_shortest_pdf(
            "learning/print_lesson.html",
            [{"size": size} for size in SIZES],
            styles=["learning/paper.css", "learning/paper_lesson.css"],
            lesson=lesson,
            course=find_course(lesson.course),
            hotlines=hotlines([lesson], catalogue().facts),
            organisation=_organisation(),
            address=address,
            qr=qr_picture(address),
        )

    return cached_print(draw, f"bai-{lesson.number}-{lesson.id}.pdf")


@blueprint.get("/in/dung-tat-hoi.pdf")
@public
def print_reminder() -> Response:
    """Two A5 cards on one A4 sheet. 404 if lesson 6.1, whose words they contain, is not served."""
    lesson = find_lesson(FIRST_LESSON)
    steps = {step.id: step for step in lesson.steps}
    if not steps.keys() >= set(SIGNS):
        raise NotFound("no_such_lesson")

    def draw() -> bytes:
        address = _lesson_address(lesson)
        return render_pdf(
            "learning/print_reminder.html",
            styles=["learning/paper_reminder.css"],
            signs=[steps[sign].text for sign in SIGNS],
            names=[_first_bold(steps[sign].text).rstrip(":") for sign in SIGNS],
            report=catalogue().facts.get(REPORT_BY_CALL),
            lesson=lesson,
            organisation=_organisation(),
            address=address,
            qr=qr_picture(address),
        )

    return cached_print(draw, "dung-tat-hoi.pdf")


@blueprint.get("/khoa-hoc/<course_id>/in.pdf")
@public
def print_course(course_id: str) -> Response:
    course = find_course(course_id)

    def draw() -> bytes:
        addresses = {lesson.id: _lesson_address(lesson) for lesson in course.lessons}
        whole = printable_address(".show_course", course_id=course.id)
        return render_pdf(
            "learning/print_course.html",
            styles=["learning/paper.css", "learning/paper_course.css"],
            course=course,
            hotlines=hotlines(course.lessons, catalogue().facts),
            organisation=_organisation(),
            checked_on=min(lesson.checked_on for lesson in course.lessons),
            address=whole,
            qr=qr_picture(whole),
            addresses=addresses,
            qrs={lesson_id: qr_picture(address) for lesson_id, address in addresses.items()},
        )

    return cached_print(draw, f"khoa-{course.number}-{course.id}.pdf")


def _lesson_address(lesson: Lesson) -> str:
    return printable_address(".read_lesson", lesson_id=lesson.id)


def _organisation() -> str:
    name: str = current_app.extensions["settings"].organisation
    return name


def _first_bold(text: str) -> str:
    """The first bold part, such as "Lạ:" of "**Lạ:** số lạ"; "" if there is none."""
    return text.partition("**")[2].partition("**")[0]
