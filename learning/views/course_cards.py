"""Cards of courses as pages show them, drawn once for each way they can look.

A card says how many lessons are done, not by whom: a few hundred ways, shared by everybody. Drawing ten of them anew
was a third of the page of one's own learning.
"""

from collections.abc import Iterable, Mapping

from flask import get_template_attribute
from markupsafe import Markup

from courses.domain.lesson import Course
from learning.domain.progress import CourseProgress
from learning.views.lookups import catalogue
from translations.web import language

MOST = 2000

_drawn: dict[tuple[object, ...], Markup] = {}


def course_cards(courses: Iterable[Course], through: Mapping[str, CourseProgress]) -> list[Markup]:
    """One card for each course, in order. through: progress by the course's id."""
    version, tag = catalogue().version, language().tag
    if len(_drawn) > MOST:  # a library read anew many times, in development
        _drawn.clear()
    return [_card(course, through[course.id], version, tag) for course in courses]


def _card(course: Course, progress: CourseProgress, version: str, tag: str) -> Markup:
    key = (version, tag, course.id, progress.done, progress.started, progress.complete)
    card = _drawn.get(key)
    if card is None:
        macro = get_template_attribute("learning/parts/course_card.html", "course_card")
        card = _drawn[key] = Markup(macro(course, progress))  # noqa: S704  drawn by our own template
    return card
