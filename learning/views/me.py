"""My learning: what this phone has done, its letters, and being forgotten."""

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from foundation.web.access import public
from foundation.web.database import session, transaction
from learning import queries
from learning.domain.progress import course_progress
from learning.services.learners import erase_learner
from learning.views.blueprint import blueprint
from learning.views.finding import catalogue
from learning.views.learner import forget_learner_on_this_phone, known_learner


@blueprint.get("/toi")
@public
def show_me() -> str:
    learner = known_learner()
    answers = queries.right_answers(session(), learner) if learner else {}
    courses = catalogue().courses
    return render_template(
        "learning/me.html",
        known=learner is not None,
        courses=courses,
        through={course.id: course_progress(course, answers) for course in courses},
        letters=queries.letters_of(session(), learner) if learner else [],
        forgotten=request.args.get("da"),
    )


@blueprint.get("/toi/quen")
@public
def ask_to_forget() -> str:
    learner = known_learner()
    letters = queries.letters_of(session(), learner) if learner else []
    return render_template("learning/forget.html", known=learner is not None, letters=letters)


@blueprint.post("/toi/quen")
@public
def forget() -> Response:
    """Take the cookie off this phone; with erase=1 the learner's answers and letters go too. Again: nothing left."""
    erase = request.form.get("erase") == "1"
    learner = known_learner()
    if erase and learner is not None:
        with transaction() as writing:
            erase_learner(writing, learner)
    forget_learner_on_this_phone()
    return redirect(url_for(".show_me", da="xoa" if erase else "quen"), 303)
