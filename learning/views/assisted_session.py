"""Whether somebody of a team sits beside whoever learns on this phone."""

from datetime import datetime
from uuid import UUID

from flask import after_this_request, current_app, g, request
from flask.wrappers import Response

from foundation import clock
from foundation.web.database import Session, session
from learning.queries.assisting import OngoingSession, is_assisted, sessions_on_phone
from learning.views.learner import known_learner, known_phone

# Says nothing but that somebody may sit beside: a page kept for everybody then is drawn for this phone, with the
# helper's tips. Whether answers count as helped is known here alone.
COOKIE = "hoc-ngoi-canh"


def is_assisted_here(writing: Session, learner: UUID) -> bool:
    """Whether this answer is given with help. writing: the session it is kept in."""
    phone = known_phone()
    return phone is not None and is_assisted(writing, phone.id, learner, clock.now())


def current_assisted_session() -> OngoingSession | None:
    """Who sits beside whoever learns now, for pages; asks only where the phone says that somebody might."""
    if COOKIE not in request.cookies:
        return None
    if "beside" not in g:
        phone, learner = known_phone(), known_learner()
        found = sessions_on_phone(session(), phone.id, clock.now()) if phone else []
        g.beside = next((each for each in found if each.person.id == learner), None)
    beside: OngoingSession | None = g.beside
    return beside


def set_assisted_cookie(until: datetime | None) -> None:
    """The answer to this request tells the phone until when somebody sits beside; None: no longer."""

    @after_this_request
    def tell(response: Response) -> Response:
        if until is None:
            response.delete_cookie(COOKIE, httponly=True, samesite="Lax")
        else:
            secure = current_app.extensions["settings"].https_only
            response.set_cookie(COOKIE, "1", expires=until, httponly=True, samesite="Lax", secure=secure)
        return response
