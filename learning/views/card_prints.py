"""Learning cards as PDF: one card, or ten on a sheet to cut."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Response, current_app

from foundation.problems import NotFound
from foundation.web.access import public
from foundation.web.database import session
from foundation.web.pdf.render import render_pdf
from learning.domain.learners import LearnerProfile
from learning.queries.cards import card_of, cards_of
from learning.views.blueprint import blueprint
from learning.views.learner import current_person, people_here
from learning.views.qr import printable_address, qr_picture


@dataclass(frozen=True)
class PaperCard:
    """address: the content of the QR code. person: None for a blank card, which has a line to write on."""

    code: str
    address: str
    qr: str
    person: LearnerProfile | None = None


@blueprint.get("/toi/the.pdf")
@public
def print_card() -> Response:
    """The current learner's card, 85.6 × 54 mm like a bank card."""
    person = current_person()
    card = card_of(session(), person.id) if person else None
    if card is None:
        raise NotFound("no_such_card")
    return _file(cards_as_pdf([paper_card(card.code, person)], sheet=False), "the-hoc.pdf")


@blueprint.get("/toi/the-a4.pdf")
@public
def print_cards() -> Response:
    """The cards of all learners on this phone, on a sheet to cut."""
    people = {person.id: person for person in people_here()}
    cards = [paper_card(card.code, people[card.learner]) for card in cards_of(session(), list(people)) if card.learner]
    if not cards:
        raise NotFound("no_such_card")
    return _file(cards_as_pdf(cards, sheet=True), "the-hoc-a4.pdf")


def paper_card(code: str, person: LearnerProfile | None = None) -> PaperCard:
    """Needs a request, or a public address in the settings."""
    address = printable_address("learning.scan_card", code=code)
    return PaperCard(code, address, qr_picture(address), person)


def cards_as_pdf(cards: Sequence[PaperCard], *, sheet: bool) -> bytes:
    """At least one card as PDF: each on a page of its own size, or ten on an A4 sheet with lines to cut along."""
    return render_pdf(
        "learning/print_cards.html",
        styles=["learning/paper_cards.css", f"learning/paper_cards_{'sheet' if sheet else 'single'}.css"],
        cards=cards,
        organisation=current_app.extensions["settings"].organisation,
    )


def _file(pdf: bytes, name: str) -> Response:
    answer = Response(pdf, mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer
