"""The lesson page: all steps in one document, so that a lesson once opened is read without network."""

from flask import render_template
from werkzeug.wrappers import Response

from foundation.web.access import public
from learning.views.blueprint import blueprint
from learning.views.finding import catalogue, find_course, find_lesson
from learning.views.kept_pages import kept_page
from translations.web import language


@blueprint.get("/bai-hoc/<lesson_id>")
@public
def read_lesson(lesson_id: str) -> Response | str:
    lesson = find_lesson(lesson_id)

    def draw() -> str:
        return render_template("learning/lesson.html", lesson=lesson, course=find_course(lesson.course))

    return kept_page(draw, catalogue().version, lesson.id, language().tag)
