"""The learners of this phone: switching, adding, and changing nickname and picture."""

from collections.abc import Mapping
from uuid import UUID

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from foundation import clock
from foundation.problems import Conflict, Invalid
from foundation.throttling.services import take
from foundation.throttling.visitors import address_buckets
from foundation.web.access import public
from foundation.web.addresses import local_path
from foundation.web.database import transaction
from learning.domain.learners import FACES, LONGEST_NICKNAME, AboutLearner, LearnerProfile, unused_picture
from learning.services.learners import add_person, update_profile
from learning.views.blueprint import blueprint
from learning.views.learner import current_person, people_here, phone_for_writing, set_current_learner, signed_in_name


@blueprint.post("/toi/doi")
@public
def take_over() -> Response:
    """Make another learner of this phone the current one. A learner who is not on this phone: nothing changes."""
    wished = request.form.get("learner", "")
    person = next((person for person in people_here() if str(person.id) == wished), None)
    if person is not None:
        set_current_learner(person.id)
    return redirect(local_path(request.form.get("ve"), url_for(".show_me")), 303)


@blueprint.get("/toi/them")
@public
def ask_new_person() -> str:
    taken = [person.picture for person in people_here()]
    return _form(None, {"picture": unused_picture(taken)}, {})


@blueprint.post("/toi/them")
@public
def add_new_person() -> Response | tuple[str, int]:
    try:
        about = read_learner_form()
        with transaction() as writing:
            take(writing, address_buckets("new_learners"), now=clock.now())
            phone = phone_for_writing(writing)
            learner = add_person(writing, phone, about, now=clock.now())
    except Invalid as faulty:
        return _form(None, request.form, faulty.fields), faulty.status
    except Conflict as full:
        return _form(None, request.form, {"nickname": full.code}), full.status
    return _continue(learner, "them")


@blueprint.get("/toi/ten")
@public
def ask_description() -> Response | str:
    person = current_person()
    if person is None:
        return redirect(url_for(".ask_new_person", ve=request.args.get("ve")), 303)
    others = [other.picture for other in people_here() if other.id != person.id]
    known = {
        "nickname": person.nickname,
        "picture": person.picture or unused_picture(others),
        "age_band": person.age_band.value if person.age_band else "",
    }
    return _form(person, known, {})


@blueprint.post("/toi/ten")
@public
def describe() -> Response | tuple[str, int]:
    person = current_person()
    if person is None:
        return redirect(url_for(".ask_new_person"), 303)
    try:
        about = read_learner_form()
        with transaction() as writing:
            update_profile(writing, person.id, about, now=clock.now())
    except Invalid as faulty:
        return _form(person, request.form, faulty.fields), faulty.status
    return _continue(person.id, "ten")


def read_learner_form() -> AboutLearner:
    """The values of learning/parts/age.html, and nickname and picture if the form has them.

    Raises Invalid as AboutLearner.facts does: the form is validated here, before anything is written.
    """
    form = request.form
    about = AboutLearner(
        age_band=form.get("age_band", ""),
        guardian_agrees=form.get("guardian_agrees") == "1",
        nickname=form.get("nickname", ""),
        picture=form.get("picture", ""),
        recorded_by=signed_in_name(),
    )
    assert about.facts
    return about


def _continue(learner: UUID, done: str) -> Response:
    set_current_learner(learner)
    way = local_path(request.values.get("ve"), "")
    # The page of a blank card needs the learner's id in its address.
    return redirect(way.replace("{learner}", str(learner)) or url_for(".show_me", da=done), 303)


def _form(person: LearnerProfile | None, values: Mapping[str, object] | AboutLearner, faults: Mapping[str, str]) -> str:
    return render_template(
        "learning/person.html",
        person=person,
        values=values,
        faults=faults,
        faces=FACES,
        longest=LONGEST_NICKNAME,
        way=local_path(request.values.get("ve"), ""),
    )
