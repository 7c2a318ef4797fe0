"""The front door, the courses, and the two pages that explain the house."""

from flask import current_app, render_template

from foundation.web.access import public
from foundation.web.database import session
from learning import queries
from learning.domain.progress import course_progress
from learning.views.blueprint import blueprint
from learning.views.finding import catalogue, find_course
from learning.views.learner import known_learner

# Curriculum, course table: "mọi người – học trước tiên"; the suggested way for elders begins with lesson 6.1.
FIRST_LESSON = "at-5-dau-hieu"
CHEATED = "at-da-bi-lua"
# Curriculum, appendix A: recommended before any letter. Not required: docs/decisions/letters-are-not-blocked.md.
SAFETY_FIRST = ("at-5-dau-hieu", "at-gia-cong-an", "at-otp")


@blueprint.get("/")
@public
def home() -> str:
    learner = known_learner()
    answers = queries.right_answers(session(), learner) if learner else {}
    courses = catalogue().courses
    through = {course.id: course_progress(course, answers) for course in courses}
    under_way = next((each for each in through.values() if each.started and not each.complete), None)
    return render_template(
        "learning/home.html",
        courses=courses,
        through=through,
        first=catalogue().lesson(FIRST_LESSON) or courses[0].lessons[0],
        cheated=catalogue().lesson(CHEATED),
        next_lesson=under_way.next_lesson if under_way else None,
    )


@blueprint.get("/khoa-hoc")
@public
def show_courses() -> str:
    learner = known_learner()
    answers = queries.right_answers(session(), learner) if learner else {}
    courses = catalogue().courses
    return render_template(
        "learning/courses.html",
        courses=courses,
        through={course.id: course_progress(course, answers) for course in courses},
    )


@blueprint.get("/khoa-hoc/<course_id>")
@public
def show_course(course_id: str) -> str:
    course = find_course(course_id)
    learner = known_learner()
    answers = queries.right_answers(session(), learner) if learner else {}
    progress = course_progress(course, answers)
    letter = queries.letter_for_course(session(), learner, course.id) if learner and progress.complete else None
    return render_template("learning/course.html", course=course, progress=progress, letter=letter)


@blueprint.get("/huong-dan")
@public
def explain() -> str:
    return render_template("learning/guide.html")


@blueprint.get("/quyen-rieng-tu")
@public
def explain_privacy() -> str:
    return render_template("learning/privacy.html", organisation=current_app.extensions["settings"].organisation)
