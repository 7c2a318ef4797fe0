"""The lesson page: all steps in one document, so that an opened lesson can be read without network."""

from flask import render_template
from werkzeug.wrappers import Response

from courses.domain.lesson import Lesson
from foundation.web.access import public
from learning.views.blueprint import blueprint
from learning.views.lookups import catalogue, find_course, find_lesson
from learning.views.page_cache import cached_page
from translations.web import language


@blueprint.get("/bai-hoc/<lesson_id>")
@public
def read_lesson(lesson_id: str) -> Response | str:
    lesson = find_lesson(lesson_id)

    return cached_page(lambda: draw_lesson(lesson), *lesson_key(lesson))


def draw_lesson(lesson: Lesson) -> str:
    return render_template("learning/lesson.html", lesson=lesson, course=find_course(lesson.course))


def lesson_key(lesson: Lesson) -> tuple[str, ...]:
    """Everything the page depends on."""
    return catalogue().version, lesson.id, language().tag
