""" "My learning": progress, letters, and leaving or erasing."""

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from foundation.web.access import public
from foundation.web.database import session, transaction
from learning import queries
from learning.domain.progress import course_progress
from learning.queries.cards import card_of
from learning.services.erasing import erase_learner
from learning.services.learners import leave_phone
from learning.views.blueprint import blueprint
from learning.views.course_cards import course_cards
from learning.views.learner import current_person, forget_on_this_phone, known_learner, known_phone, people_here
from learning.views.lookups import catalogue


@blueprint.get("/toi")
@public
def show_me() -> str:
    person = current_person()
    answers = queries.right_answers(session(), person.id) if person else {}
    courses = catalogue().courses
    return render_template(
        "learning/me.html",
        person=person,
        people=people_here(),
        cards=course_cards(courses, {course.id: course_progress(course, answers) for course in courses}),
        letters=queries.letters_of(session(), person.id) if person else [],
        done=request.args.get("da"),
    )


@blueprint.get("/toi/quen")
@public
def ask_to_forget() -> str:
    person = current_person()
    return render_template(
        "learning/forget.html",
        person=person,
        shared=len(people_here()) > 1,
        letters=queries.letters_of(session(), person.id) if person else [],
        card=card_of(session(), person.id) if person else None,
    )


@blueprint.post("/toi/quen")
@public
def forget() -> Response:
    """Remove the learner the page was made for from this phone; with erase=1 delete all their data everywhere.

    Again: nothing changes. A learner who is not on this phone: nothing changes.
    """
    erase = request.form.get("erase") == "1"
    phone, learner = known_phone(), known_learner()
    if "learner" in request.form:
        meant = request.form["learner"]
        learner = next((person.id for person in people_here() if str(person.id) == meant), None)
    if phone is not None and learner is not None:
        with transaction() as writing:
            if erase:
                erase_learner(writing, learner)
            else:
                leave_phone(writing, phone.id, learner)
    forget_on_this_phone(learner)
    return redirect(url_for(".show_me", da="xoa" if erase else "quen"), 303)
