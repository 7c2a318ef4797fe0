"""The current learner of this phone. One cookie identifies the phone and is set with the first answer; another names
the current learner.
"""

from uuid import UUID

from flask import after_this_request, current_app, g, request
from flask.wrappers import Response
from flask_login import current_user

from foundation import clock
from foundation.throttling.services import Bucket, take
from foundation.throttling.visitors import address_buckets, bucket
from foundation.web.database import Session, session
from learning import queries
from learning.domain.learners import LearnerProfile, who_learns
from learning.services.learners import (
    add_anonymous_learner,
    get_or_add_phone,
    hash_of,
    new_token,
    token_for_first_sending,
)
from learning.views.current_path import forget_path

COOKIE = "hoc"
# The id of the current learner. Scripts read it, and write it when another learner takes over without network.
NOW_LEARNING = "hoc-ai"
TWO_YEARS = 2 * 365 * 24 * 3600  # seconds; browsers may delete it earlier, so every answer renews it


def known_phone() -> queries.SharedPhone | None:
    """This phone; None without a cookie or with an unknown one. Queries the database only if there is a cookie."""
    token = request.cookies.get(COOKIE)
    if not token:
        return None
    if "phone" not in g:
        g.phone = queries.phone_by_token(session(), hash_of(token))
    phone: queries.SharedPhone | None = g.phone
    return phone


def people_here() -> tuple[LearnerProfile, ...]:
    """All learners of this phone, in the order they joined."""
    phone = known_phone()
    return phone.people if phone else ()


def current_person() -> LearnerProfile | None:
    """The current learner: the one named by the cookie if they are on this phone, else the first one."""
    return who_learns(people_here(), request.cookies.get(NOW_LEARNING, ""))


def known_learner() -> UUID | None:
    """The id of current_person()."""
    person = current_person()
    return person.id if person else None


def learner_for_answer(writing: Session) -> UUID:
    """The current learner, created if there is none; the response renews the cookies.

    writing: the session of the transaction the answer is saved in.
    """
    phone = phone_for_writing(writing)
    learner = known_learner()
    if learner is None:
        learner = add_anonymous_learner(writing, phone, now=clock.now())
        g.pop("phone", None)
    if request.cookies.get(NOW_LEARNING) != str(learner):
        set_current_learner(learner)
    return learner


def phone_buckets(name: str) -> list[Bucket]:
    """The throttle buckets for this phone: its own once it is known, else those of its address."""
    phone = known_phone()
    return [bucket(name, "phone", str(phone.id))] if phone else address_buckets(name)


def signed_in_name() -> str:
    """The account signed in on this phone, who has asked a guardian for consent; "" for none."""
    return current_user.name if current_user.is_authenticated else ""


def phone_for_writing(writing: Session, first: UUID | None = None) -> UUID:
    """This phone, created if it is not known; the response renews its cookie.

    first: an id only this phone knows and sends again if our response is lost; it is then the same phone. Raises
    TooMany if too many new phones came from one address.
    """
    phone = known_phone()
    if phone is not None:
        _remember_phone(request.cookies[COOKIE])
        return phone.id
    take(writing, address_buckets("new_learners"), now=clock.now())
    token = token_for_first_sending(current_app.config["SECRET_KEY"], first) if first else new_token()
    _remember_phone(token)
    return get_or_add_phone(writing, token, now=clock.now())


def set_current_learner(learner: UUID) -> None:
    """Make `learner` the current learner, by a cookie in the response to this request."""

    @after_this_request
    def set_cookie(response: Response) -> Response:
        response.set_cookie(NOW_LEARNING, str(learner), max_age=TWO_YEARS, samesite="Lax", secure=_https_only())
        return response


def forget_on_this_phone(learner: UUID | None) -> None:
    """Delete the cookies of the current learner and the current path in the response to this request; for the last
    learner also the phone's cookie.
    """
    forget_path()
    last = all(person.id == learner for person in people_here())

    @after_this_request
    def forget(response: Response) -> Response:
        response.delete_cookie(NOW_LEARNING, samesite="Lax")
        if last:
            response.delete_cookie(COOKIE, httponly=True, samesite="Lax")
        return response


def _remember_phone(token: str) -> None:
    @after_this_request
    def remember(response: Response) -> Response:
        response.set_cookie(COOKIE, token, max_age=TWO_YEARS, httponly=True, samesite="Lax", secure=_https_only())
        return response


def _https_only() -> bool:
    https_only: bool = current_app.extensions["settings"].https_only
    return https_only
