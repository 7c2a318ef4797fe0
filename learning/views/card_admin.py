"""For team members: ending the rest of a card while its learner is present."""

from flask import make_response, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from foundation import clock
from foundation.accounts.domain.roles import Act
from foundation.accounts.views.access import may, scope_for
from foundation.problems import Conflict, NotFound, TooMany
from foundation.web.database import transaction
from learning.domain.codes import InvalidCode, read_code
from learning.services.card_tries import wake_card
from learning.views.blueprint import blueprint


@blueprint.get("/the/mo-lai")
@may(Act.HELP_LEARNERS)
def ask_card_to_wake() -> Response:
    return _page(typed=request.args.get("ma", ""), done=request.args.get("da", ""))


@blueprint.post("/the/mo-lai")
@may(Act.HELP_LEARNERS)
def wake() -> Response:
    """The response is the same for a card that did not rest, so that nobody learns what others tried."""
    typed = request.form.get("ma", "")
    if not typed.strip():
        return _page(typed="", error="card_missing", status=422)
    try:
        code = read_code(typed)
        with transaction() as writing:
            area = next(iter(scope_for(Act.HELP_LEARNERS).paths), "")
            wake_card(writing, code, who=current_user.name, area_path=area, now=clock.now())
    except InvalidCode:
        return _page(typed=typed, error="card_mistyped", status=422)
    except (NotFound, Conflict, TooMany) as refused:
        return _page(typed=typed, error=refused.code, status=refused.status)
    return redirect(url_for(".ask_card_to_wake", da="mo"), 303)


def _page(*, typed: str, error: str = "", done: str = "", status: int = 200) -> Response:
    return make_response(render_template("learning/card_wake.html", typed=typed, error=error, done=done), status)
