"""One's own learning card: making it, choosing its pictures, stopping it."""

from flask import current_app, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from foundation import clock
from foundation.web.access import public
from foundation.web.database import session, transaction
from learning.domain.learners import LearnerProfile
from learning.queries.cards import card_of
from learning.services.cards import change_pictures, make_card, stop_card
from learning.views.blueprint import blueprint
from learning.views.card_choosing import picture_page, touched
from learning.views.learner import current_person, signed_in_name
from learning.views.qr import printable_address, qr_picture


@blueprint.get("/toi/the")
@public
def show_card() -> str:
    """The current learner's card, or what a card is good for."""
    person = current_person()
    card = card_of(session(), person.id) if person else None
    address = printable_address(".scan_card", code=card.code) if card else ""
    return render_template(
        "learning/card.html",
        person=person,
        card=card,
        resting=card is not None and card.rests(clock.now()),
        address=address,
        qr=qr_picture(address) if card else "",
        done=request.args.get("da"),
    )


@blueprint.route("/toi/the/hinh", methods=["GET", "POST"])
@public
def choose_pictures() -> Response:
    """Choose four pictures for a new or an existing card, twice, so that they are remembered."""
    person = current_person()
    if person is None or person.age_band is None:
        # A card shows a nickname, and a child's nickname needs a guardian's consent. So the age band is asked first.
        return redirect(url_for(".ask_description", ve=url_for(".choose_pictures")), 303)
    page = chosen_twice(person)
    if isinstance(page, Response):
        return page
    key = current_app.config["SECRET_KEY"]
    had = card_of(session(), person.id) is not None
    with transaction() as writing:
        if had:
            change_pictures(writing, person.id, page, key=key)
        else:
            make_card(writing, person.id, page, key=key, made_by=signed_in_name(), now=clock.now())
    return redirect(url_for(".show_card", da="hinh" if had else "the"), 303)


@blueprint.get("/toi/the/mat")
@public
def ask_to_stop_card() -> Response | str:
    person = current_person()
    if person is None or card_of(session(), person.id) is None:
        return redirect(url_for(".show_card"), 303)
    return render_template("learning/card_lost.html", person=person)


@blueprint.post("/toi/the/mat")
@public
def give_up_card() -> Response:
    """Stop the card from opening. Again: nothing changes."""
    person = current_person()
    if person is not None:
        with transaction() as writing:
            stop_card(writing, person.id, now=clock.now())
    return redirect(url_for(".show_card", da="mat"), 303)


def chosen_twice(person: LearnerProfile) -> tuple[str, ...] | Response:
    """The order once it has been tapped twice alike; until then the page to continue with."""
    first = touched("pin")
    if not first.whole:
        return picture_page("learning/card_pictures.html", person=person, step="choose", first=first)
    if "pick" in request.form and len(request.form.getlist("pin")) < len(first.order):
        return picture_page("learning/card_pictures.html", person=person, step="remember", first=first)
    again = touched("again")
    if not again.whole:
        return picture_page("learning/card_pictures.html", person=person, step="again", first=first, again=again)
    if again.order != first.order:
        return picture_page("learning/card_pictures.html", 422, person=person, step="differ", first=first)
    return first.order
