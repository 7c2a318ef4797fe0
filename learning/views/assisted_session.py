"""Whether the current learner on this phone is in an assisted session."""

from datetime import datetime
from uuid import UUID

from flask import after_this_request, current_app, g, request
from flask.wrappers import Response

from foundation import clock
from foundation.web.database import Session, session
from learning.queries.assisting import OngoingSession, is_assisted, sessions_on_phone
from learning.views.learner import known_learner, known_phone

# Only says that there may be a session: then pages are rendered for this phone, with the helper's tips, not taken from
# the cache. Whether answers count as helped is decided by the database.
COOKIE = "hoc-ngoi-canh"


def is_assisted_here(writing: Session, learner: UUID) -> bool:
    """Whether this answer is given with help. writing: the session the answer is saved in."""
    phone = known_phone()
    return phone is not None and is_assisted(writing, phone.id, learner, clock.now())


def current_assisted_session() -> OngoingSession | None:
    """The current learner's assisted session, for pages; None if there is none. Queries only if the cookie is set."""
    if COOKIE not in request.cookies:
        return None
    if "beside" not in g:
        phone, learner = known_phone(), known_learner()
        found = sessions_on_phone(session(), phone.id, clock.now()) if phone else []
        g.beside = next((each for each in found if each.person.id == learner), None)
    beside: OngoingSession | None = g.beside
    return beside


def set_assisted_cookie(until: datetime | None) -> None:
    """Set the cookie in the response to this request, until the end of the session; None deletes it."""

    @after_this_request
    def set_cookie(response: Response) -> Response:
        if until is None:
            response.delete_cookie(COOKIE, httponly=True, samesite="Lax")
        else:
            secure = current_app.extensions["settings"].https_only
            response.set_cookie(COOKIE, "1", expires=until, httponly=True, samesite="Lax", secure=secure)
        return response
