"""Phones and who learns on them: they come with the first answer and go when asked to. No account, no name."""

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
    """What is stored of a token. It is 128 random bits, so a fast hash without salt is enough."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def new_token() -> str:
    return secrets.token_urlsafe(TOKEN_BYTES)


def token_for_first_sending(key: str, first: UUID) -> str:
    """The token of a phone whose first sending begins with `first`, an id only that phone knows.

    The same every time, so that a phone whose first answer from us was lost on the way, and which sends again, is the
    same phone. key: the server's secret; without it the id opens nothing.
    """
    mac = hmac.digest(key.encode(), b"first sending " + first.bytes, "sha256")
    return urlsafe_b64encode(mac[:TOKEN_BYTES]).rstrip(b"=").decode()


def get_or_add_phone(session: Session, token: str, *, now: datetime) -> UUID:
    """The phone with this token, made now if there is none; the second time, also at the same moment, the same one."""
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
    """Somebody new on a new phone: their id, and the token for the phone's cookie, which is nowhere else."""
    token = new_token()
    phone = get_or_add_phone(session, token, now=now)
    return add_anonymous_learner(session, phone, now=now), token


def add_anonymous_learner(session: Session, phone: UUID, *, now: datetime) -> UUID:
    """Somebody who has only begun to answer: nothing was asked, nothing is known."""
    learner: UUID = uuid7()
    session.execute(insert(Learner).values(id=learner, nickname="", picture="", created_at=now))
    join_phone(session, phone, learner)
    return learner


def add_person(session: Session, phone: UUID, about: AboutLearner, *, id_: UUID | None = None, now: datetime) -> UUID:
    """Somebody who learns on this phone from now on; returns their id.

    Arguments and refusals as in add_without_phone; and Conflict("phone_full") at MOST_ON_ONE_PHONE.
    """
    learner = add_without_phone(session, about, id_=id_, now=now)
    join_phone(session, phone, learner)
    return learner


def add_without_phone(session: Session, about: AboutLearner, *, id_: UUID | None = None, now: datetime) -> UUID:
    """Somebody who learns, but on no phone yet: a card will bring them to one. Returns their id.

    id_: made on the phone; a new one when None. Raises Invalid with the fields `nickname`, `picture`, `age_band`,
    `guardian_agrees`.
    """
    facts = about.facts
    learner: UUID = id_ or uuid7()
    session.execute(insert(Learner).values(id=learner, created_at=now, **asdict(facts)))
    _keep_agreement(session, learner, about, now)
    return learner


def update_profile(session: Session, learner: UUID, about: AboutLearner, *, now: datetime) -> None:
    """Give a learner another nickname or picture. Refusals as in add_without_phone; the same again: no change.

    A guardian who has agreed once is not asked again for the same words.
    """
    session.execute(update(Learner).where(Learner.id == learner).values(**asdict(about.facts)))
    _keep_agreement(session, learner, about, now)


def set_age_band(session: Session, learner: UUID, about: AboutLearner, *, now: datetime) -> None:
    """Keep how old a learner roughly is, before anything of theirs gets a name. Refusals as in add_without_phone."""
    session.execute(update(Learner).where(Learner.id == learner).values(age_band=about.facts.age_band))
    _keep_agreement(session, learner, about, now)


def join_phone(session: Session, phone: UUID, learner: UUID) -> None:
    """From now on `learner` learns on this phone, too. Again, also at the same moment: no change.

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
            raise NotFound("no_such_learner") from None  # erased a moment ago


def leave_phone(session: Session, phone: UUID, learner: UUID) -> None:
    """`learner` no longer learns on this phone. What they did stays, for their card and letters. Again: no change."""
    session.execute(delete(PhoneLearner).where(PhoneLearner.phone == phone, PhoneLearner.learner == learner))
    forget_empty_phones(session, [phone])


def forget_empty_phones(session: Session, phones: list[UUID]) -> None:
    """Drop those of `phones` on which nobody learns any more: their cookies then open nothing."""
    inhabited = select(PhoneLearner.phone).where(PhoneLearner.phone == Phone.id)
    session.execute(delete(Phone).where(Phone.id.in_(phones), ~inhabited.exists()))


def _keep_agreement(session: Session, learner: UUID, about: AboutLearner, now: datetime) -> None:
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
