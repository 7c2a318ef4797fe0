"""My learning: what this phone has done, its letters, and being forgotten."""

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from foundation.web.access import public
from foundation.web.database import session, transaction
from learning import queries
from learning.domain.progress import course_progress
from learning.services.erasing import erase_learner
from learning.services.learners import leave_phone
from learning.views.blueprint import blueprint
from learning.views.finding import catalogue
from learning.views.learner import forget_on_this_phone, known_learner, known_phone


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
    """Whoever learns now is no longer known here; with erase=1 all of theirs goes, everywhere. Again: nothing left."""
    erase = request.form.get("erase") == "1"
    phone, learner = known_phone(), known_learner()
    if phone is not None and learner is not None:
        with transaction() as writing:
            if erase:
                erase_learner(writing, learner)
            else:
                leave_phone(writing, phone.id, learner)
    forget_on_this_phone(learner)
    return redirect(url_for(".show_me", da="xoa" if erase else "quen"), 303)
