"""Course cards, rendered once for each way they can look.

A card shows how many lessons are done, not by whom: a few hundred variants, shared by everybody. Rendering ten of them
took a third of the time of the page "my learning".
"""

from collections.abc import Iterable, Mapping

from flask import get_template_attribute
from markupsafe import Markup

from courses.domain.lesson import Course
from learning.domain.progress import CourseProgress
from learning.views.lookups import catalogue
from translations.web import language

MOST = 2000

_rendered: dict[tuple[object, ...], Markup] = {}


def course_cards(courses: Iterable[Course], through: Mapping[str, CourseProgress]) -> list[Markup]:
    """One card for each course, in order. through: progress by course id."""
    version, tag = catalogue().version, language().tag
    if len(_rendered) > MOST:  # the library may be reloaded many times in development
        _rendered.clear()
    return [_card(course, through[course.id], version, tag) for course in courses]


def _card(course: Course, progress: CourseProgress, version: str, tag: str) -> Markup:
    key = (version, tag, course.id, progress.done, progress.started, progress.complete)
    card = _rendered.get(key)
    if card is None:
        macro = get_template_attribute("learning/parts/course_card.html", "course_card")
        card = _rendered[key] = Markup(macro(course, progress))  # noqa: S704  our own template
    return card
