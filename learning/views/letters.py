"""Letters of completion: asking for one, printing it, and checking one without sign-in."""

from flask import Response, current_app, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from foundation import clock
from foundation.problems import Conflict, Invalid, NotFound
from foundation.web.access import public
from foundation.web.database import session, transaction
from foundation.web.print import render_pdf
from learning import queries
from learning.domain.codes import Mistyped, in_groups, read_code
from learning.domain.letters import Letter
from learning.domain.names import LONGEST
from learning.domain.progress import course_progress, lesson_progress
from learning.services.letters import issue_letter
from learning.views.blueprint import blueprint
from learning.views.finding import catalogue, find_course
from learning.views.home import SAFETY_FIRST
from learning.views.learner import known_learner
from learning.views.qr import lasting_address, qr_picture
from translations.languages import LANGUAGES, SOURCE


@blueprint.get("/khoa-hoc/<course_id>/giay-xac-nhan")
@public
def ask_for_letter(course_id: str) -> str:
    return _asking(course_id)


@blueprint.post("/khoa-hoc/<course_id>/giay-xac-nhan")
@public
def give_letter(course_id: str) -> BaseResponse | tuple[str, int]:
    course = find_course(course_id)
    learner = known_learner()
    if learner is None:
        return redirect(url_for(".ask_for_letter", course_id=course.id), 303)
    name = request.form.get("name", "")
    try:
        with transaction() as writing:
            letter = issue_letter(
                writing,
                learner=learner,
                course=course,
                name=name,
                organisation=current_app.extensions["settings"].organisation,
                language=SOURCE.tag,  # lessons are in Vietnamese alone so far
                now=clock.now(),
            )
    except Conflict as unfinished:
        return _asking(course_id), unfinished.status
    except Invalid as faulty:
        return _asking(course_id, typed=name, error=faulty.fields["name"]), faulty.status
    return redirect(url_for(".check_letter", code=letter.code), 303)


def _asking(course_id: str, *, typed: str | None = None, error: str = "") -> str:
    course = find_course(course_id)
    learner = known_learner()
    answers = queries.right_answers(session(), learner) if learner else {}
    letter = queries.letter_for_course(session(), learner, course.id) if learner else None
    safety = [lesson for lesson in map(catalogue().lesson, SAFETY_FIRST) if lesson is not None]
    return render_template(
        "learning/ask_letter.html",
        course=course,
        progress=course_progress(course, answers),
        letter=letter,
        typed=typed if typed is not None else letter.facts.name if letter else "",
        error=error,
        longest=LONGEST,
        recommended=[each for each in safety if not lesson_progress(each, answers.get(each.id, ())).complete],
    )


@blueprint.get("/xac-nhan")
@public
def check_form() -> str | BaseResponse | tuple[str, int]:
    """The box for a code; with ?ma=… on to its letter, or back here with what was typed and why not."""
    typed = request.args.get("ma", "")
    if not typed.strip():
        return render_template("learning/check_form.html", typed="", error="missing" if "ma" in request.args else "")
    try:
        code = read_code(typed)
    except Mistyped:
        return render_template("learning/check_form.html", typed=typed, error="code_mistyped"), 422
    return redirect(url_for(".check_letter", code=code), 303)


@blueprint.get("/xac-nhan/<code>")
@public
def check_letter(code: str) -> str | tuple[str, int]:
    """All that a letter says and whether it still stands, for whoever holds its code."""
    try:
        letter = queries.letter_by_code(session(), read_code(code))
    except Mistyped:
        return render_template("learning/check_form.html", typed=code, error="code_mistyped"), 404
    if letter is None:
        return render_template("learning/check_form.html", typed=code, error="no_such_letter"), 404
    return render_template(
        "learning/letter_checked.html",
        letter=letter,
        language_name=LANGUAGES[letter.facts.language].vietnamese_name,
        own=letter.learner == known_learner(),
    )


@blueprint.get("/xac-nhan/<code>.pdf")
@public
def print_letter(code: str) -> Response | tuple[str, int]:
    """The letter to print, for the phone that learned; any other is told, with 403, where it can be had."""
    try:
        letter = queries.letter_by_code(session(), read_code(code))
    except Mistyped:
        letter = None
    if letter is None:
        raise NotFound("no_such_letter")
    if letter.learner != known_learner():
        return render_template("learning/letter_of_another.html", code=letter.code), 403
    answer = Response(letter_as_pdf(letter), mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="giay-xac-nhan-{in_groups(letter.code)}.pdf"'
    return answer


def letter_as_pdf(letter: Letter) -> bytes:
    """The letter as PDF bytes. Needs a request, or a public address in the settings, for the code's address."""
    address = lasting_address(".check_letter", code=letter.code)
    return render_pdf(
        "learning/letter.html",
        styles=["learning/letter.css"],
        facts=letter.facts,
        code=letter.code,
        status=letter.status.value,
        address=address,
        qr=qr_picture(address, light="#fffdf7"),
    )
