"""Who is learning on this phone: a cookie, given with the first answer and not before."""

from uuid import UUID

from flask import after_this_request, current_app, g, request
from flask.wrappers import Response

from foundation import clock
from foundation.web.database import session
from learning import queries
from learning.services.learners import hash_of, welcome_learner
from learning.views.walked_path import forget_path

COOKIE = "hoc"
TWO_YEARS = 2 * 365 * 24 * 3600  # seconds; browsers may keep it for less, so every answer renews it


def known_learner() -> UUID | None:
    """The learner of this phone. Asks the database only when the phone brings a cookie."""
    token = request.cookies.get(COOKIE)
    if not token:
        return None
    if "learner" not in g:
        g.learner = queries.learner_by_token(session(), hash_of(token))
    learner: UUID | None = g.learner
    return learner


def learner_for_answer(writing) -> UUID:
    """The learner of this phone, made now if there is none yet; the answer to this request renews the cookie.

    writing: the session of the transaction the answer is kept in.
    """
    learner = known_learner()
    token = request.cookies.get(COOKIE, "")
    if learner is None:
        learner, token = welcome_learner(writing, now=clock.now())
        g.learner = learner

    @after_this_request
    def remember(response: Response) -> Response:
        response.set_cookie(
            COOKIE,
            token,
            max_age=TWO_YEARS,
            httponly=True,
            samesite="Lax",
            secure=current_app.extensions["settings"].https_only,
        )
        return response

    return learner


def forget_learner_on_this_phone() -> None:
    """The answer to this request takes the cookie away, and that of the path this learner was on."""
    forget_path()

    @after_this_request
    def forget(response: Response) -> Response:
        response.delete_cookie(COOKIE, httponly=True, samesite="Lax")
        return response
