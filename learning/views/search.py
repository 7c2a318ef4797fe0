"""Search: a text box, and the lessons that answer what was typed."""

import unicodedata

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from courses.domain.numbers import real_numbers
from foundation.web.access import public
from learning.views.blueprint import blueprint
from learning.views.lookups import catalogue

LONGEST = 200  # characters of the input that are used; same as the box's maxlength


@blueprint.get("/tim")
@public
def search() -> Response | str:
    typed = _legible(request.args.get("q", ""))
    if real_numbers(typed):
        # The number must not stay in the address, where the next user of the phone could find it.
        return redirect(url_for(".search", da="xoa"), 303)
    typed = typed[:LONGEST]
    return render_template(
        "learning/search.html",
        typed=typed,
        found=catalogue().index.find(typed),
        paths=catalogue().paths,
        wiped=request.args.get("da") == "xoa",
    )


def _legible(text: str) -> str:
    """`text` on one line without control characters, which pasted text may contain."""
    return " ".join("".join(" " if unicodedata.category(sign)[0] == "C" else sign for sign in text).split())
