"""The home page, the courses, and the pages about the platform."""

from collections.abc import Iterable, Mapping

from flask import current_app, render_template
from werkzeug.wrappers import Response

from courses.domain.lesson import Course, LearningPath, Lesson
from foundation.web.access import public
from foundation.web.database import session
from learning import queries
from learning.domain.progress import StepAnswer, course_progress
from learning.views.blueprint import blueprint
from learning.views.current_path import current_path
from learning.views.learner import current_person, known_learner, people_here
from learning.views.lookups import catalogue, find_course
from learning.views.page_cache import cached_for_new_visitors
from translations.web import language

# Curriculum, course table: "mọi người – học trước tiên"; the suggested path for elders begins with lesson 6.1.
FIRST_LESSON = "at-5-dau-hieu"
# Linked from every page, in the navigation.
CHEATED = "at-da-bi-lua"
# Curriculum, appendix A: recommended before any letter. Not required: docs/decisions/letters-are-not-blocked.md.
SAFETY_FIRST = ("at-5-dau-hieu", "at-gia-cong-an", "at-otp")


@blueprint.get("/")
@public
def home() -> Response | str:
    def draw() -> str:
        answers = _answers()
        paths = catalogue().paths
        return render_template(
            "learning/home.html",
            person=current_person(),
            people=people_here(),
            first=_suggested_first(),
            next_lesson=_under_way(answers) if answers else None,
            paths=paths,
            along={path.id: course_progress(path, answers) for path in paths},
            **_courses(answers),
        )

    return cached_for_new_visitors(draw, "home", catalogue().version, language().tag)


@blueprint.get("/khoa-hoc")
@public
def show_courses() -> Response | str:
    def draw() -> str:
        return render_template("learning/courses.html", **_courses(_answers()))

    return cached_for_new_visitors(draw, "courses", catalogue().version, language().tag)


@blueprint.get("/khoa-hoc/<course_id>")
@public
def show_course(course_id: str) -> Response | str:
    course = find_course(course_id)

    def draw() -> str:
        learner = known_learner()
        progress = course_progress(course, _answers())
        letter = queries.letter_for_course(session(), learner, course.id) if learner and progress.complete else None
        return render_template("learning/course.html", course=course, progress=progress, letter=letter)

    return cached_for_new_visitors(draw, "course", catalogue().version, course.id, language().tag)


@blueprint.get("/huong-dan")
@public
def explain() -> str:
    return render_template("learning/guide.html")


@blueprint.get("/quyen-rieng-tu")
@public
def explain_privacy() -> str:
    return render_template("learning/privacy.html", organisation=current_app.extensions["settings"].organisation)


def _answers() -> Mapping[str, Iterable[StepAnswer]]:
    """The correct answers of the current learner, by lesson; empty, and without a query, for a new phone."""
    learner = known_learner()
    return queries.right_answers(session(), learner) if learner else {}


def _suggested_first() -> Lesson | None:
    """The suggested first lesson; None in a library without lessons."""
    return next(filter(None, (catalogue().lesson(FIRST_LESSON), *catalogue().lessons)), None)


def _under_way(answers: Mapping[str, Iterable[StepAnswer]]) -> Lesson | None:
    """The lesson to continue with: of the phone's current path, else of a course begun, else of the suggested path."""
    path = current_path()
    rows: tuple[LearningPath | Course, ...] = ((path,) if path else ()) + catalogue().courses
    begun = [progress for row in rows if (progress := course_progress(row, answers)).started]
    suggested = [course_progress(path, answers) for path in catalogue().paths[:1]]
    return next((progress.next_lesson for progress in (*begun, *suggested) if progress.next_lesson), None)


def _courses(answers: Mapping[str, Iterable[StepAnswer]]) -> dict[str, object]:
    """For a page: the mandatory courses, the optional ones, and progress by course id.

    The course of the suggested first lesson comes first, although it is the sixth: the curriculum wants everybody to
    learn safety before anything else. The others follow by number, as one builds on the other.
    """
    first = _suggested_first()
    ordered = sorted(catalogue().courses, key=lambda course: first is None or course.id != first.course)
    return {
        "courses": [course for course in ordered if not course.optional],
        "optional": [course for course in ordered if course.optional],
        "through": {course.id: course_progress(course, answers) for course in ordered},
    }
