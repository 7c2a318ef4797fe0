"""Questions: one per page, answered with one tap; the reason is shown after any answer. Then the lesson's last page."""

from flask import redirect, render_template, request, url_for
from uuid_utils.compat import uuid7
from werkzeug.wrappers import Response

from courses.domain.lesson import Lesson, Question
from foundation.web.access import public
from foundation.web.database import session
from learning import queries
from learning.domain.answers import stored_option
from learning.domain.progress import Progress, course_progress, lesson_progress, next_on
from learning.views.blueprint import blueprint
from learning.views.current_path import current_path
from learning.views.learner import current_person, known_learner, people_here
from learning.views.lookups import find_course, find_lesson, find_question
from learning.views.save_answer import save_answer


@blueprint.get("/bai-hoc/<lesson_id>/cau-hoi")
@public
def ask(lesson_id: str) -> str | Response:
    """The first question not yet answered correctly; the last page if there is none."""
    lesson = find_lesson(lesson_id)
    learner = known_learner()
    answers = queries.right_answers(session(), learner, lesson.id).get(lesson.id, []) if learner else []
    passed = {answer.step for answer in answers}
    waiting = [question for question in lesson.questions if question.id not in passed]
    if not waiting:
        return redirect(url_for(".finish", lesson_id=lesson.id), 303)
    return _page(lesson, waiting[0])


@blueprint.get("/bai-hoc/<lesson_id>/cau-hoi/<question_id>")
@public
def show_question(lesson_id: str, question_id: str) -> str:
    lesson = find_lesson(lesson_id)
    return _page(lesson, find_question(lesson, question_id))


@blueprint.post("/bai-hoc/<lesson_id>/cau-hoi/<question_id>")
@public
def answer_question(lesson_id: str, question_id: str) -> Response:
    lesson = find_lesson(lesson_id)
    question = find_question(lesson, question_id)
    chosen = stored_option(question, request.form.get("given", ""))
    if not chosen:
        return redirect(url_for(".show_question", lesson_id=lesson.id, question_id=question.id), 303)
    save_answer(lesson, question.id, chosen, right=chosen == question.right.id)
    return redirect(
        url_for(".show_question", lesson_id=lesson.id, question_id=question.id, chon=chosen, _anchor="main"), 303
    )


@blueprint.get("/bai-hoc/<lesson_id>/xong")
@public
def finish(lesson_id: str) -> str:
    """The last page of a lesson: thanks and the next lesson, or what is still missing.

    The next lesson is that of the phone's current learning path if the lesson belongs to it, else that of the course.
    """
    lesson = find_lesson(lesson_id)
    course = find_course(lesson.course)
    learner = known_learner()
    answers = queries.right_answers(session(), learner) if learner else {}
    progress = lesson_progress(lesson, answers.get(lesson.id, ()))
    through_course = course_progress(course, answers)
    path = current_path()
    if path is not None and lesson not in path.lessons:
        path = None
    along = course_progress(path, answers) if path else None
    return render_template(
        "learning/finished.html",
        lesson=lesson,
        course=course,
        person=current_person(),
        people=people_here(),
        progress=progress,
        missing=_missing_address(lesson, progress),
        through_course=through_course,
        path=path,
        along=along,
        next_on_path=next_on(path, lesson, along) if path and along else None,
        letter=queries.letter_for_course(session(), learner, course.id) if learner else None,
    )


def _missing_address(lesson: Lesson, progress: Progress) -> str | None:
    if progress.next_step is None:
        return None
    if lesson.question(progress.next_step):
        return url_for(".show_question", lesson_id=lesson.id, question_id=progress.next_step)
    return url_for(".begin_practice", lesson_id=lesson.id)


def _page(lesson: Lesson, question: Question) -> str:
    return draw_question(lesson, question, stored_option(question, request.args.get("chon", "")), form=uuid7())


def draw_question(lesson: Lesson, question: Question, chosen: str, *, form: object) -> str:
    """The page of a question. chosen: the id of the tapped option, "" for none. form: the id in its form."""
    place = lesson.questions.index(question)
    following = lesson.questions[place + 1] if place + 1 < len(lesson.questions) else None
    return render_template(
        "learning/question.html",
        lesson=lesson,
        question=question,
        chosen=chosen,
        right=chosen == question.right.id,
        place=place + 1,
        following=following,
        form=form,
    )
