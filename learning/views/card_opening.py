"""Opening a card on this phone: first its code, then its four pictures. The code alone gives no access."""

from uuid import UUID

from flask import current_app, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from foundation import clock
from foundation.problems import Conflict, NotFound, Problem, TooMany
from foundation.throttling.services import give_back
from foundation.web.access import public
from foundation.web.database import session, transaction
from learning.domain.cards import tries_left
from learning.domain.codes import InvalidCode, read_code
from learning.domain.learners import LearnerProfile
from learning.queries.cards import CardRecord, card_by_code, cards_of
from learning.services.card_tries import add_card_learner, begin_attempt, learner_of_card
from learning.services.cards import claim_card
from learning.views.blueprint import blueprint
from learning.views.card_choosing import PictureChoice, picture_page, touched
from learning.views.cards import chosen_twice
from learning.views.learner import people_here, phone_buckets, phone_for_writing, set_current_learner


@blueprint.get("/the")
@public
def ask_card() -> str | Response:
    """The form for a card's code. With ?ma=… go to the card, or show the form again with the error."""
    typed = request.args.get("ma", "")
    if not typed.strip():
        return _ask_code(typed="", error="card_missing" if "ma" in request.args else "")
    try:
        return redirect(url_for(".scan_card", code=read_code(typed)), 303)
    except InvalidCode:
        return _ask_code(typed=typed, error="card_mistyped", status=422)


@blueprint.get("/the/<code>")
@public
def scan_card(code: str) -> str | Response:
    """The target of a card's QR code."""
    card = _find(code)
    if isinstance(card, Response):
        return card
    here = _here(card)
    if here is not None:
        return render_template("learning/card_here.html", person=here)
    if card.learner is None:
        return _whose(card)
    if card.rests(clock.now()):
        return _resting(card)
    return _open_page(card)


@blueprint.post("/the/<code>")
@public
def open_card(code: str) -> str | Response:
    """One more picture was tapped. With the fourth the card is checked."""
    card = _find(code)
    if isinstance(card, Response):
        return card
    if card.learner is None:
        return redirect(url_for(".scan_card", code=card.code), 303)
    chosen = touched("pin")
    if not chosen.whole:
        return _open_page(card, chosen)
    tries = phone_buckets("card_tries")
    try:
        with transaction() as writing:
            begin_attempt(writing, card.code, tries, now=clock.now())
    except TooMany as refused:
        return _resting(card, refused)
    learner = learner_of_card(session(), card.code, chosen.order, key=current_app.config["SECRET_KEY"])
    if learner is None:
        now_known = card_by_code(session(), card.code)
        if now_known is None or now_known.rests(clock.now()):
            return _resting(now_known or card)
        return _open_page(now_known, wrong=True, status=422)
    try:
        with transaction() as writing:
            add_card_learner(writing, card.code, learner, phone_for_writing(writing))
            give_back(writing, tries, now=clock.now())
    except Conflict as full:
        return _ask_code(typed=code, error=full.code, status=full.status)
    set_current_learner(learner)
    return redirect(url_for(".show_me", da="the"), 303)


@blueprint.post("/the/<code>/day")
@public
def learn_here(code: str) -> Response:
    """The card's learner is already on this phone: make them the current learner."""
    card = _find(code)
    if isinstance(card, Response):
        return card
    here = _here(card)
    if here is not None:
        set_current_learner(here.id)
    return redirect(url_for(".show_me"), 303)


@blueprint.route("/the/<code>/nhan", methods=["GET", "POST"])
@public
def claim(code: str) -> str | Response:
    """Claim a blank card for ?cho=<learner>, a learner of this phone whose age band is known."""
    card = _find(code)
    if isinstance(card, Response):
        return card
    wished = request.args.get("cho", "")
    person = next((person for person in people_here() if str(person.id) == wished), None)
    if card.learner is not None or person is None or person.age_band is None:
        return redirect(url_for(".scan_card", code=card.code), 303)
    order = chosen_twice(person)
    if isinstance(order, Response):
        return order
    try:
        with transaction() as writing:
            claim_card(writing, card.code, person.id, order, key=current_app.config["SECRET_KEY"], now=clock.now())
    except (Conflict, NotFound) as gone:
        return _ask_code(typed=code, error=gone.code, status=gone.status)
    set_current_learner(person.id)
    return redirect(url_for(".show_card", da="the"), 303)


def _find(code: str) -> CardRecord | Response:
    """The card in use, or a page that explains why there is none."""
    try:
        card = card_by_code(session(), read_code(code))
    except InvalidCode:
        return _ask_code(typed=code, error="card_mistyped", status=404)
    if card is None or card.stopped:
        return _ask_code(typed=code, error="card_stopped" if card else "no_such_card", status=404)
    return card


def _here(card: CardRecord) -> LearnerProfile | None:
    return next((person for person in people_here() if person.id == card.learner), None)


def _ask_code(*, typed: str, error: str, status: int = 200) -> Response:
    return make_response(render_template("learning/card_ask.html", typed=typed, error=error), status)


def _whose(card: CardRecord) -> str:
    """Ask who claims the blank card: a learner of this phone without a card, or a new learner."""
    people = people_here()
    have: set[UUID | None] = {each.learner for each in cards_of(session(), [person.id for person in people])}
    return render_template(
        "learning/card_blank.html",
        card=card,
        ready=[person for person in people if person.id not in have and person.age_band],
        way=url_for(".claim", code=card.code) + "?cho={learner}",
    )


def _open_page(
    card: CardRecord, chosen: PictureChoice | None = None, *, wrong: bool = False, status: int = 200
) -> Response:
    return picture_page(
        "learning/card_open.html",
        status,
        card=card,
        order=chosen.order if chosen else (),
        twice=chosen.twice if chosen else False,
        wrong=wrong,
        left=tries_left(card.wrong_tries),
    )


def _resting(card: CardRecord, refused: Problem | None = None) -> Response:
    until = card.paused_until if card.rests(clock.now()) else None
    page = make_response(render_template("learning/card_rests.html", until=until, code=card.code), 429)
    if isinstance(refused, TooMany):
        page.headers["Retry-After"] = str(refused.retry_after)
    return page
