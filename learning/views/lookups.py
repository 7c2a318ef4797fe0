"""Finds the objects an address names; raises NotFound with a code for a friendly page."""

from uuid import UUID

from flask import current_app, request, url_for
from uuid_utils.compat import uuid7

from courses.catalogue import Catalogue
from courses.domain.lesson import Course, LearningPath, Lesson, Question
from courses.domain.practice import Screen
from foundation.problems import NotFound


def catalogue() -> Catalogue:
    found: Catalogue = current_app.extensions["catalogue"]
    return found


def find_course(course_id: str) -> Course:
    course = catalogue().course(course_id)
    if course is None:
        raise NotFound("no_such_course")
    return course


def find_path(path_id: str) -> LearningPath:
    path = catalogue().path(path_id)
    if path is None:
        raise NotFound("no_such_path")
    return path


def find_lesson(lesson_id: str) -> Lesson:
    lesson = catalogue().lesson(lesson_id)
    if lesson is None:
        raise NotFound("no_such_lesson")
    return lesson


def find_screen(lesson: Lesson, screen_id: str) -> Screen:
    screen = lesson.practice.screen(screen_id)
    if screen is None:
        raise _changed(lesson)
    return screen


def find_question(lesson: Lesson, question_id: str) -> Question:
    question = lesson.question(question_id)
    if question is None:
        raise _changed(lesson)
    return question


def _changed(lesson: Lesson) -> NotFound:
    """A lesson may be edited while people use it; a request for a removed part leads back to the lesson."""
    return NotFound("lesson_changed", back=url_for("learning.read_lesson", lesson_id=lesson.id))


def form_id() -> UUID:
    """The id in the form; a new one if it is missing or invalid."""
    try:
        return UUID(request.form.get("form", ""))
    except ValueError:
        return uuid7()
