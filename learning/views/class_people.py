"""Who comes to a class: by card, by nickname, with a card made there."""

from uuid import UUID

from flask import Response as File
from flask import current_app, redirect, render_template, request, url_for
from flask_login import current_user
from uuid_utils.compat import uuid7
from werkzeug.wrappers import Response

from foundation import clock
from foundation.accounts.domain.roles import Act
from foundation.accounts.services.audit import record
from foundation.accounts.views.access import may
from foundation.problems import Conflict, Invalid, NotFound
from foundation.web.database import session, transaction
from learning.domain.codes import Mistyped, read_code
from learning.domain.learners import FACES, LONGEST_NICKNAME, free_face
from learning.queries.cards import card_by_code, card_of
from learning.queries.classes import Evening, Present, present_at
from learning.services.cards import change_pictures, claim_card, make_card, prepare_blank_cards
from learning.services.classes import let_in, let_in_new, let_out
from learning.views.card_prints import cards_as_pdf, paper_card
from learning.views.cards import chosen_twice
from learning.views.classes import find_class, ways_of_lessons
from learning.views.finding import form_id
from learning.views.people import told_about_learner
from learning.views.teaching_blueprint import blueprint

BLANK_ON_A_SHEET = 10


@blueprint.get("/lop-hoc/<uuid:class_id>/the")
@may(Act.TEACH)
def show_door(class_id: UUID) -> str:
    """Where people come in one after another. ?da=: who just did; ?roi: they were on the list; ?may: by camera."""
    return _door(find_class(class_id))


@blueprint.post("/lop-hoc/<uuid:class_id>/the")
@may(Act.TEACH)
def let_in_by_card(class_id: UUID) -> Response | tuple[str, int]:
    """By the code on a card somebody hands over. It opens nothing: who comes, not what they did elsewhere."""
    evening = find_class(class_id)
    typed = request.form.get("ma", "")
    error, learner = _whose(typed)
    if learner is None:
        # A camera mistypes nothing: it was held over some other square code.
        other = error == "card_mistyped" and "may" in request.form
        return _door(evening, typed=typed, error="not_a_card" if other else error), 422
    try:
        with transaction() as writing:
            new = let_in(writing, evening, learner, now=clock.now())
    except Conflict as full:
        return _door(evening, typed=typed, error=full.code), full.status
    return redirect(
        url_for(
            ".show_door",
            class_id=evening.id,
            da=learner,
            roi=None if new else 1,
            may=1 if "may" in request.form else None,
        ),
        303,
    )


@blueprint.get("/lop-hoc/<uuid:class_id>/nguoi-moi")
@may(Act.TEACH)
def ask_newcomer(class_id: UUID) -> str:
    evening = find_class(class_id)
    return _newcomer_form(evening, {}, {})


@blueprint.post("/lop-hoc/<uuid:class_id>/nguoi-moi")
@may(Act.TEACH)
def add_newcomer(class_id: UUID) -> Response | tuple[str, int]:
    evening = find_class(class_id)
    try:
        with transaction() as writing:
            learner = let_in_new(writing, evening, told_about_learner(), form=form_id(), now=clock.now())
    except Invalid as faulty:
        return _newcomer_form(evening, request.form, faulty.fields), faulty.status
    except Conflict as full:
        return _newcomer_form(evening, request.form, {"nickname": full.code}), full.status
    return redirect(url_for(".show_door", class_id=evening.id, da=learner), 303)


@blueprint.get("/lop-hoc/<uuid:class_id>/nguoi/<uuid:learner_id>")
@may(Act.TEACH)
def show_present(class_id: UUID, learner_id: UUID) -> str:
    evening = find_class(class_id)
    return _person_page(evening, _present(evening, learner_id))


@blueprint.post("/lop-hoc/<uuid:class_id>/nguoi/<uuid:learner_id>/bo")
@may(Act.TEACH)
def take_off(class_id: UUID, learner_id: UUID) -> Response:
    evening = find_class(class_id)
    with transaction() as writing:
        let_out(writing, evening, learner_id)
    return redirect(url_for(".show_class", class_id=evening.id, da="bo"), 303)


@blueprint.route("/lop-hoc/<uuid:class_id>/nguoi/<uuid:learner_id>/the", methods=["GET", "POST"])
@may(Act.TEACH)
def give_card(class_id: UUID, learner_id: UUID) -> Response | tuple[str, int]:
    """The learner chooses four pictures on the teacher's screen. ?ma=: of a blank card handed to them."""
    evening = find_class(class_id)
    present = _present(evening, learner_id)
    code = ""
    typed = request.args.get("ma", "").strip()
    if typed:
        error, code = _blank(typed)
        if error:
            return _person_page(evening, present, typed=typed, error=error), 422
    order = chosen_twice(present.person)
    if isinstance(order, Response):
        return order
    key = current_app.config["SECRET_KEY"]
    now = clock.now()
    with transaction() as writing:
        if code:
            claim_card(writing, code, learner_id, order, key=key, now=now)
        elif card_of(writing, learner_id):
            change_pictures(writing, learner_id, order, key=key)
        else:
            area = evening.area_path
            make_card(writing, learner_id, order, key=key, made_by=current_user.name, area_path=area, now=now)
    return redirect(url_for(".show_class", class_id=evening.id, da="the"), 303)


@blueprint.get("/lop-hoc/<uuid:class_id>/the.pdf")
@may(Act.TEACH)
def print_cards(class_id: UUID) -> File:
    """The cards of everybody in the class who has one, to cut out."""
    evening = find_class(class_id)
    cards = [paper_card(each.card, each.person) for each in present_at(session(), evening) if each.card]
    if not cards:
        raise NotFound("no_such_card")
    return _pdf(cards_as_pdf(cards, sheet=True), f"the-hoc-lop-{evening.held_on:%Y%m%d}.pdf")


@blueprint.post("/lop-hoc/<uuid:class_id>/the-trang.pdf")
@may(Act.TEACH)
def print_blank_cards(class_id: UUID) -> File:
    """A sheet of new blank cards each time: whoever gets one makes it theirs."""
    evening = find_class(class_id)
    now = clock.now()
    with transaction() as writing:
        told = {"made_by": current_user.name, "area_path": evening.area_path}
        codes = prepare_blank_cards(writing, BLANK_ON_A_SHEET, **told, now=now)
        record(
            writing, current_user.name, "hand_out_cards", {"cards": len(codes)}, now=now, area_path=evening.area_path
        )
    return _pdf(cards_as_pdf([paper_card(code) for code in codes], sheet=True), "the-hoc-trang.pdf")


def _whose(typed: str) -> tuple[str, UUID | None]:
    """Why not, or whose card it is."""
    if not typed.strip():
        return "card_missing", None
    try:
        # What a scanner reads is an address that ends in the code.
        card = card_by_code(session(), read_code(typed.rstrip("/").rsplit("/", 1)[-1]))
    except Mistyped:
        return "card_mistyped", None
    if card is None:
        return "no_such_card", None
    if card.stopped:
        return "card_stopped", None
    return ("", card.learner) if card.learner else ("card_blank", None)


def _blank(typed: str) -> tuple[str, str]:
    """Why not, and the code of a blank card."""
    try:
        code = read_code(typed.rstrip("/").rsplit("/", 1)[-1])
    except Mistyped:
        return "card_mistyped", ""
    card = card_by_code(session(), code)
    if card is None:
        return "no_such_card", ""
    return ("card_taken", "") if card.learner or card.stopped else ("", code)


def _present(evening: Evening, learner: UUID) -> Present:
    found = next((each for each in present_at(session(), evening) if each.person.id == learner), None)
    if found is None:
        raise NotFound("no_such_learner")
    return found


def _door(evening: Evening, *, typed: str = "", error: str = "") -> str:
    """typed, error: a card's code that could not be read, and why."""
    present = present_at(session(), evening)
    just = request.args.get("da", "")
    return render_template(
        "learning/class_door.html",
        evening=evening,
        present=present,
        just=next((each.person for each in present if str(each.person.id) == just), None),
        typed=typed,
        error=error,
    )


def _person_page(evening: Evening, present: Present, *, typed: str = "", error: str = "") -> str:
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


def _newcomer_form(evening: Evening, told, faults) -> str:
    present = present_at(session(), evening)
    return render_template(
        "learning/class_newcomer.html",
        evening=evening,
        told=told or {"picture": free_face([each.person.picture for each in present])},
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
