"""Four pictures touched one after another, each a plain button: what has been touched travels in the page, never in an
address, and no page of it is kept by the phone.
"""

from dataclasses import dataclass

from flask import make_response, render_template, request
from werkzeug.wrappers import Response

from learning.domain.cards import PICTURES, PLACES, chosen_so_far


@dataclass(frozen=True)
class PictureChoice:
    """order: what has been touched so far. twice: the picture touched was touched already."""

    order: tuple[str, ...]
    twice: bool = False

    @property
    def whole(self) -> bool:
        return len(self.order) == PLACES


def touched(field: str) -> PictureChoice:
    """What the form brings under `field`, and the picture touched now, unless all are touched already."""
    before = chosen_so_far(request.form.getlist(field))
    pick = request.form.get("pick", "")
    if len(before) == PLACES or pick not in PICTURES:
        return PictureChoice(before)
    return PictureChoice(chosen_so_far((*before, pick)), twice=pick in before)


def picture_page(template: str, status: int = 200, **told: object) -> Response:
    """A page of the twelve pictures. Templates: learning/parts/pictures.html."""
    page = make_response(render_template(template, pictures=PICTURES, places=PLACES, **told), status)
    page.headers["Cache-Control"] = "no-store"
    return page
