"""Phones and their learners, created with the first answer and deleted on request. No account, no real name."""

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode
from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from foundation.accounts.services.consents import give_consent
from foundation.problems import Conflict, NotFound
from learning.domain.learners import (
    GUARDIAN_PURPOSE,
    GUARDIAN_WORDING,
    MOST_ON_ONE_PHONE,
    AboutLearner,
    LearnerAgeBand,
    consent_subject,
)
from learning.models import Learner, Phone, PhoneLearner
from learning.queries import people_on

TOKEN_BYTES = 16


def hash_of(token: str) -> bytes:
    """The stored hash of a token. A token has 128 random bits, so a fast hash without salt is enough."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def new_token() -> str:
    return secrets.token_urlsafe(TOKEN_BYTES)


def token_for_first_sending(key: str, first: UUID) -> str:
    """The token of a phone whose first request contains `first`, an id only that phone knows.

    The same every time: if our first response was lost and the phone sends again, it is the same phone. key: the
    server's secret; without it the id gives no access.
    """
    mac = hmac.digest(key.encode(), b"first sending " + first.bytes, "sha256")
    return urlsafe_b64encode(mac[:TOKEN_BYTES]).rstrip(b"=").decode()


def get_or_add_phone(session: Session, token: str, *, now: datetime) -> UUID:
    """The phone with this token, made if there is none. Again, also concurrently: the same phone."""
    known = select(Phone.id).where(Phone.token_hash == hash_of(token))
    phone = session.scalar(known)
    if phone is None:
        phone = uuid7()
        try:
            with session.begin_nested():
                session.execute(insert(Phone).values(id=phone, token_hash=hash_of(token), created_at=now))
        except IntegrityError:
            phone = session.scalars(known).one()
    return phone


def add_learner_and_phone(session: Session, *, now: datetime) -> tuple[UUID, str]:
    """Add a new learner on a new phone; returns the learner's id and the token for the phone's cookie, which is not
    stored.
    """
    token = new_token()
    phone = get_or_add_phone(session, token, now=now)
    return add_anonymous_learner(session, phone, now=now), token


def add_anonymous_learner(session: Session, phone: UUID, *, now: datetime) -> UUID:
    """Add a learner who has only begun to answer: no nickname, no picture, no age band."""
    learner: UUID = uuid7()
    session.execute(insert(Learner).values(id=learner, nickname="", picture="", created_at=now))
    join_phone(session, phone, learner)
    return learner


def add_person(session: Session, phone: UUID, about: AboutLearner, *, id_: UUID | None = None, now: datetime) -> UUID:
    """Add a learner to this phone; returns their id.

    Arguments and errors as in add_without_phone; also Conflict("phone_full") at MOST_ON_ONE_PHONE.
    """
    learner = add_without_phone(session, about, id_=id_, now=now)
    join_phone(session, phone, learner)
    return learner


def add_without_phone(session: Session, about: AboutLearner, *, id_: UUID | None = None, now: datetime) -> UUID:
    """Add a learner who is on no phone yet; a card will bring them to one. Returns their id.

    id_: made on the phone; None for a new one. Raises Invalid with the fields `nickname`, `picture`, `age_band`,
    `guardian_agrees`.
    """
    facts = about.facts
    learner: UUID = id_ or uuid7()
    session.execute(insert(Learner).values(id=learner, created_at=now, **asdict(facts)))
    _save_consent(session, learner, about, now)
    return learner


def update_profile(session: Session, learner: UUID, about: AboutLearner, *, now: datetime) -> None:
    """Change a learner's nickname, picture and age band. Errors as in add_without_phone; the same again: nothing
    changes.

    A guardian who has agreed once is not asked again for the same text.
    """
    session.execute(update(Learner).where(Learner.id == learner).values(**asdict(about.facts)))
    _save_consent(session, learner, about, now)


def set_age_band(session: Session, learner: UUID, about: AboutLearner, *, now: datetime) -> None:
    """Store a learner's age band, before anything of theirs gets a name. Errors as in add_without_phone."""
    session.execute(update(Learner).where(Learner.id == learner).values(age_band=about.facts.age_band))
    _save_consent(session, learner, about, now)


def join_phone(session: Session, phone: UUID, learner: UUID) -> None:
    """Add `learner` to this phone. Again, also concurrently: nothing changes.

    Raises Conflict("phone_full") at MOST_ON_ONE_PHONE.
    """
    people = people_on(session, phone)
    if any(person.id == learner for person in people):
        return
    if len(people) >= MOST_ON_ONE_PHONE:
        raise Conflict("phone_full", most=MOST_ON_ONE_PHONE)
    last = session.scalar(select(func.max(PhoneLearner.position)).where(PhoneLearner.phone == phone)) or 0
    try:
        with session.begin_nested():
            session.execute(insert(PhoneLearner).values(phone=phone, learner=learner, position=last + 1))
    except IntegrityError:
        if not any(person.id == learner for person in people_on(session, phone)):
            raise NotFound("no_such_learner") from None  # erased by a concurrent request


def leave_phone(session: Session, phone: UUID, learner: UUID) -> None:
    """Remove `learner` from this phone. Their answers stay, for their card and letters. Again: nothing changes."""
    session.execute(delete(PhoneLearner).where(PhoneLearner.phone == phone, PhoneLearner.learner == learner))
    forget_empty_phones(session, [phone])


def forget_empty_phones(session: Session, phones: list[UUID]) -> None:
    """Delete those of `phones` that have no learners; their cookies become invalid."""
    inhabited = select(PhoneLearner.phone).where(PhoneLearner.phone == Phone.id)
    session.execute(delete(Phone).where(Phone.id.in_(phones), ~inhabited.exists()))


def _save_consent(session: Session, learner: UUID, about: AboutLearner, now: datetime) -> None:
    if about.age_band == LearnerAgeBand.UNDER_14:
        give_consent(
            session,
            subject=consent_subject(learner),
            purpose=GUARDIAN_PURPOSE,
            text_version=GUARDIAN_WORDING,
            how="witnessed" if about.recorded_by else "ticked",
            recorded_by=about.recorded_by,
            now=now,
        )
