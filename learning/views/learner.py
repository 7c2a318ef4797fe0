"""Who is learning on this phone: one cookie for the phone, given with the first answer and not before, and one that
says who of its people is learning now.
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
# The id of whoever learns now. Scripts read it, and write it when somebody else takes over without network.
NOW_LEARNING = "hoc-ai"
TWO_YEARS = 2 * 365 * 24 * 3600  # seconds; browsers may keep it for less, so every answer renews it


def known_phone() -> queries.SharedPhone | None:
    """The phone that asks. Asks the database only when it brings a cookie; one from elsewhere is no phone of ours."""
    token = request.cookies.get(COOKIE)
    if not token:
        return None
    if "phone" not in g:
        g.phone = queries.phone_by_token(session(), hash_of(token))
    phone: queries.SharedPhone | None = g.phone
    return phone


def people_here() -> tuple[LearnerProfile, ...]:
    """Everybody who learns on this phone, in the order they came."""
    phone = known_phone()
    return phone.people if phone else ()


def current_person() -> LearnerProfile | None:
    """Who is learning now: whom the phone says, as long as they learn on it; else who came first."""
    return who_learns(people_here(), request.cookies.get(NOW_LEARNING, ""))


def known_learner() -> UUID | None:
    """The id of current_person()."""
    person = current_person()
    return person.id if person else None


def learner_for_answer(writing: Session) -> UUID:
    """Who is learning now, made if nobody is yet; the answer to this request renews the cookies.

    writing: the session of the transaction the answer is kept in.
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
    """Where tries on this phone are counted: by itself once we know it, else by its address."""
    phone = known_phone()
    return [bucket(name, "phone", str(phone.id))] if phone else address_buckets(name)


def signed_in_name() -> str:
    """The member of a team who has signed in on this phone, and so has heard a guardian agree; "" for nobody."""
    return current_user.name if current_user.is_authenticated else ""


def phone_for_writing(writing: Session, first: UUID | None = None) -> UUID:
    """This phone, made if it is not known yet; the answer to this request renews its cookie.

    first: an id only this phone knows and sends again when our answer is lost on the way; it then is the same phone.
    Raises TooMany where very many new phones came from one address.
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
    """The answer to this request tells the phone that `learner` learns on it from now on."""

    @after_this_request
    def tell(response: Response) -> Response:
        response.set_cookie(NOW_LEARNING, str(learner), max_age=TWO_YEARS, samesite="Lax", secure=_https_only())
        return response


def forget_on_this_phone(learner: UUID | None) -> None:
    """The answer to this request takes away who is learning and the path they were on; with the last one the phone's
    own cookie, too.
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
    told: bool = current_app.extensions["settings"].https_only
    return told
