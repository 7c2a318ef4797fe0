"""The attendees of a class: added by card or by nickname, and cards given to them."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from flask import Response as File
from flask import current_app, redirect, render_template, request, url_for
from flask_login import current_user
from uuid_utils.compat import uuid7
from werkzeug.wrappers import Response

from foundation import clock
from foundation.accounts.domain.roles import Act
from foundation.accounts.services.audit import record
from foundation.accounts.views.access import may, scope_for
from foundation.problems import Conflict, Invalid, NotFound, TooMany
from foundation.throttling.services import give_back
from foundation.throttling.visitors import bucket
from foundation.web.database import session, transaction
from learning.domain.cards import tries_left
from learning.domain.codes import InvalidCode, read_code
from learning.domain.learners import FACES, LONGEST_NICKNAME, unused_picture
from learning.queries.cards import CardRecord, card_by_code
from learning.queries.classes import Attendee, Evening, attendees_of
from learning.queries.ties import tied_within
from learning.services import class_cards as services
from learning.services.card_tries import begin_attempt, learner_of_card, reset_attempts
from learning.services.cards import prepare_blank_cards
from learning.services.classes import admit, admit_newcomer, remove_from_class
from learning.views.blueprint import teaching
from learning.views.card_choosing import PictureChoice, picture_page, touched
from learning.views.card_prints import cards_as_pdf, paper_card
from learning.views.cards import chosen_twice
from learning.views.classes import find_class, ways_of_lessons
from learning.views.lookups import form_id
from learning.views.people import read_learner_form

BLANK_ON_A_SHEET = 10


@teaching.get("/lop-hoc/<uuid:class_id>/the")
@may(Act.TEACH)
def show_entry(class_id: UUID) -> str:
    """The page where people are added one after another. ?da=: the person just added; ?roi: they were already in the
    class; ?may: by camera.
    """
    return _entry_page(find_class(class_id))


@teaching.post("/lop-hoc/<uuid:class_id>/the")
@may(Act.TEACH)
def admit_by_card(class_id: UUID) -> Response | tuple[str, int]:
    """Add the owner of a card by its code. If no team of the teacher's area knows the owner yet, they have to tap their
    four pictures: a code alone gives a teacher no access to somebody's learning.
    """
    evening = find_class(class_id)
    typed = request.form.get("ma", "")
    error, card = _card(typed)
    if card is None or card.learner is None:
        # A camera makes no typing errors: it scanned another QR code.
        other = error == "card_mistyped" and "may" in request.form
        return _entry_page(evening, typed=typed, error="not_a_card" if other else error), 422
    if not tied_within(session(), card.learner, scope_for(Act.TEACH)):
        camera = 1 if "may" in request.form else None
        return redirect(url_for(".open_card_in_class", class_id=evening.id, code=card.code, may=camera), 303)
    return _admit(evening, card.learner, typed=typed)


@teaching.route("/lop-hoc/<uuid:class_id>/the/<code>", methods=["GET", "POST"])
@may(Act.TEACH)
def open_card_in_class(class_id: UUID, code: str) -> Response | tuple[str, int]:
    """The owner of a card taps their four pictures on the teacher's screen and is added to the class."""
    evening = find_class(class_id)
    error, card = _card(code)
    if card is None or card.learner is None:
        return _entry_page(evening, typed=code, error=error), 422
    if card.rests(clock.now()):
        return _resting(evening, card.paused_until)
    chosen = touched("pin")
    if not chosen.whole:
        return _pictures(evening, card, chosen=chosen)
    tries = [bucket("card_tries", "teacher", current_user.name)]
    try:
        with transaction() as writing:
            begin_attempt(writing, card.code, tries, now=clock.now())
    except TooMany:
        return _resting(evening, None)
    learner = learner_of_card(session(), card.code, chosen.order, key=current_app.config["SECRET_KEY"])
    if learner is None:
        now_known = card_by_code(session(), card.code)
        if now_known is None or now_known.rests(clock.now()):
            return _resting(evening, now_known.paused_until if now_known else None)
        return _pictures(evening, now_known, wrong=True)
    with transaction() as writing:
        reset_attempts(writing, card.code, learner)
        give_back(writing, tries, now=clock.now())
    return _admit(evening, learner, typed=code)


@teaching.get("/lop-hoc/<uuid:class_id>/nguoi-moi")
@may(Act.TEACH)
def ask_newcomer(class_id: UUID) -> str:
    evening = find_class(class_id)
    return _newcomer_form(evening, {}, {})


@teaching.post("/lop-hoc/<uuid:class_id>/nguoi-moi")
@may(Act.TEACH)
def add_newcomer(class_id: UUID) -> Response | tuple[str, int]:
    evening = find_class(class_id)
    try:
        about, form = read_learner_form(), form_id()
        with transaction() as writing:
            learner = admit_newcomer(writing, evening, about, form=form, who=current_user.name, now=clock.now())
    except Invalid as faulty:
        return _newcomer_form(evening, request.form, faulty.fields), faulty.status
    except Conflict as full:
        return _newcomer_form(evening, request.form, {"nickname": full.code}), full.status
    return redirect(url_for(".show_entry", class_id=evening.id, da=learner), 303)


@teaching.get("/lop-hoc/<uuid:class_id>/nguoi/<uuid:learner_id>")
@may(Act.TEACH)
def show_present(class_id: UUID, learner_id: UUID) -> str:
    evening = find_class(class_id)
    return _person_page(evening, _present(evening, learner_id))


@teaching.post("/lop-hoc/<uuid:class_id>/nguoi/<uuid:learner_id>/bo")
@may(Act.TEACH)
def take_off(class_id: UUID, learner_id: UUID) -> Response:
    evening = find_class(class_id)
    with transaction() as writing:
        remove_from_class(writing, evening, learner_id, who=current_user.name, now=clock.now())
    return redirect(url_for(".show_class", class_id=evening.id, da="bo"), 303)


@teaching.route("/lop-hoc/<uuid:class_id>/nguoi/<uuid:learner_id>/the", methods=["GET", "POST"])
@may(Act.TEACH)
def give_card(class_id: UUID, learner_id: UUID) -> Response | tuple[str, int]:
    """The learner chooses four pictures on the teacher's screen. ?ma=: code of a blank card given to them."""
    evening = find_class(class_id)
    present = _present(evening, learner_id)
    if not present.may_have_card:
        return _person_page(evening, present, error="card_is_theirs"), 403
    code = ""
    typed = request.args.get("ma", "").strip()
    if typed:
        error, code = _blank(typed)
        if error:
            return _person_page(evening, present, typed=typed, error=error), 422
    order = chosen_twice(present.person)
    if isinstance(order, Response):
        return order
    key, who = current_app.config["SECRET_KEY"], current_user.name
    with transaction() as writing:
        services.give_card(writing, evening, learner_id, order, code=code, key=key, who=who, now=clock.now())
    return redirect(url_for(".show_class", class_id=evening.id, da="the"), 303)


@teaching.get("/lop-hoc/<uuid:class_id>/the.pdf")
@may(Act.TEACH)
def print_cards(class_id: UUID) -> File:
    """The cards of all attendees who have one, on sheets to cut."""
    evening = find_class(class_id)
    cards = [paper_card(each.card, each.person) for each in attendees_of(session(), evening) if each.card]
    if not cards:
        raise NotFound("no_such_card")
    return _pdf(cards_as_pdf(cards, sheet=True), f"the-hoc-lop-{evening.held_on:%Y%m%d}.pdf")


@teaching.post("/lop-hoc/<uuid:class_id>/the-trang.pdf")
@may(Act.TEACH)
def print_blank_cards(class_id: UUID) -> File:
    """A sheet of new blank cards each time. The first person to scan one claims it."""
    evening = find_class(class_id)
    now = clock.now()
    with transaction() as writing:
        origin = {"made_by": current_user.name, "area_path": evening.area_path}
        codes = prepare_blank_cards(writing, BLANK_ON_A_SHEET, **origin, now=now)
        record(
            writing, current_user.name, "hand_out_cards", {"cards": len(codes)}, now=now, area_path=evening.area_path
        )
    return _pdf(cards_as_pdf([paper_card(code) for code in codes], sheet=True), "the-hoc-trang.pdf")


def _admit(evening: Evening, learner: UUID, *, typed: str) -> Response | tuple[str, int]:
    try:
        with transaction() as writing:
            new = admit(writing, evening, learner, who=current_user.name, now=clock.now())
    except Conflict as full:
        return _entry_page(evening, typed=typed, error=full.code), full.status
    camera = 1 if "may" in request.values else None
    roi = None if new else 1
    return redirect(url_for(".show_entry", class_id=evening.id, da=learner, roi=roi, may=camera), 303)


def _pictures(
    evening: Evening, card: CardRecord, *, chosen: PictureChoice | None = None, wrong: bool = False
) -> Response:
    return picture_page(
        "learning/class_pictures.html",
        422 if wrong else 200,
        evening=evening,
        card=card,
        order=chosen.order if chosen else (),
        twice=chosen.twice if chosen else False,
        wrong=wrong,
        left=tries_left(card.wrong_tries),
    )


def _resting(evening: Evening, until: datetime | None) -> tuple[str, int]:
    return render_template("learning/class_card_rests.html", evening=evening, until=until), 429


def _card(typed: str) -> tuple[str, CardRecord | None]:
    """An error code, or "" and the card in use."""
    if not typed.strip():
        return "card_missing", None
    try:
        # A scanner reads an address that ends in the code.
        card = card_by_code(session(), read_code(typed.rstrip("/").rsplit("/", 1)[-1]))
    except InvalidCode:
        return "card_mistyped", None
    if card is None:
        return "no_such_card", None
    if card.stopped:
        return "card_stopped", None
    return ("", card) if card.learner else ("card_blank", None)


def _blank(typed: str) -> tuple[str, str]:
    """An error code, or "" and the code of a blank card."""
    try:
        code = read_code(typed.rstrip("/").rsplit("/", 1)[-1])
    except InvalidCode:
        return "card_mistyped", ""
    card = card_by_code(session(), code)
    if card is None:
        return "no_such_card", ""
    return ("card_taken", "") if card.learner or card.stopped else ("", code)


def _present(evening: Evening, learner: UUID) -> Attendee:
    found = next((each for each in attendees_of(session(), evening) if each.person.id == learner), None)
    if found is None:
        raise NotFound("no_such_learner")
    return found


def _entry_page(evening: Evening, *, typed: str = "", error: str = "") -> str:
    """typed, error: a card code that could not be used, and why."""
    present = attendees_of(session(), evening)
    just = request.args.get("da", "")
    return render_template(
        "learning/class_entry.html",
        evening=evening,
        present=present,
        just=next((each.person for each in present if str(each.person.id) == just), None),
        typed=typed,
        error=error,
    )


def _person_page(evening: Evening, present: Attendee, *, typed: str = "", error: str = "") -> str:
    lessons, ways = ways_of_lessons(evening, [present])
    return render_template(
        "learning/class_person.html",
        evening=evening,
        present=present,
        lessons=lessons,
        ways=ways[present.person.id],
        typed=typed,
        error=error,
    )


def _newcomer_form(evening: Evening, values: Mapping[str, object], faults: Mapping[str, str]) -> str:
    present = attendees_of(session(), evening)
    return render_template(
        "learning/class_newcomer.html",
        evening=evening,
        values=values or {"picture": unused_picture([each.person.picture for each in present])},
        faults=faults,
        faces=FACES,
        longest=LONGEST_NICKNAME,
        form=form_id() if request.method == "POST" else uuid7(),
    )


def _pdf(pdf: bytes, name: str) -> File:
    answer = File(pdf, mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer
