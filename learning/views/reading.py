"""The lesson page: all steps in one document, so that a lesson once opened is read without network."""

from flask import render_template
from markupsafe import Markup

from courses.domain.lesson import Lesson
from foundation.web.access import public
from learning.views.blueprint import blueprint
from learning.views.finding import catalogue, find_lesson
from translations.web import language

# Lessons as drawn, by version of the library, lesson and language of the interface: a handful of short texts each.
_drawn: dict[tuple[str, str, str], Markup] = {}


@blueprint.get("/bai-hoc/<lesson_id>")
@public
def read_lesson(lesson_id: str) -> str:
    lesson = find_lesson(lesson_id)
    return render_template("learning/lesson.html", lesson=lesson, steps=_steps_of(lesson))


def _steps_of(lesson: Lesson) -> Markup:
    key = (catalogue().version, lesson.id, language().tag)
    if key not in _drawn:
        course = catalogue().course(lesson.course)
        # Autoescaped like any template of ours.
        _drawn[key] = Markup(render_template("learning/lesson_steps.html", lesson=lesson, course=course))  # noqa: S704
    return _drawn[key]
