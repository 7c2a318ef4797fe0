"""Choosing four pictures one after another, each a plain button. The pictures tapped so far are in the page's form,
never in an address, and the phone stores none of these pages.
"""

from dataclasses import dataclass

from flask import make_response, render_template, request
from werkzeug.wrappers import Response

from learning.domain.cards import PICTURES, PLACES, chosen_so_far


@dataclass(frozen=True)
class PictureChoice:
    """order: the pictures tapped so far. twice: whether the last picture had been tapped before."""

    order: tuple[str, ...]
    twice: bool = False

    @property
    def whole(self) -> bool:
        return len(self.order) == PLACES


def touched(field: str) -> PictureChoice:
    """The pictures in the form field `field`, plus the picture tapped now unless all four are chosen."""
    before = chosen_so_far(request.form.getlist(field))
    pick = request.form.get("pick", "")
    if len(before) == PLACES or pick not in PICTURES:
        return PictureChoice(before)
    return PictureChoice(chosen_so_far((*before, pick)), twice=pick in before)


def picture_page(template: str, status: int = 200, **values: object) -> Response:
    """A page with the twelve pictures. Templates: learning/parts/pictures.html."""
    page = make_response(render_template(template, pictures=PICTURES, places=PLACES, **values), status)
    page.headers["Cache-Control"] = "no-store"
    return page
