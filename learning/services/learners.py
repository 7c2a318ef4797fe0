"""A learner comes with the first answer and goes when asked to. No account, no name, only a cookie's token."""

import hashlib
import secrets
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from learning.models import AnswerRow, Certificate, Learner

TOKEN_BYTES = 16


def hash_of(token: str) -> bytes:
    """What is stored of a token. It is 128 random bits, so a fast hash without salt is enough."""
    return hashlib.sha256(token.encode()).digest()


def welcome_learner(session: Session, *, now: datetime) -> tuple[UUID, str]:
    """A new learner: their id, and the token for their cookie, which is nowhere else."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    learner = Learner(id=uuid7(), token_hash=hash_of(token), created_at=now)
    session.add(learner)
    session.flush()
    return learner.id, token


def erase_learner(session: Session, learner: UUID) -> None:
    """Remove a learner with all answers and letters; printed letters can no longer be checked. Again: nothing left."""
    session.execute(delete(Certificate).where(Certificate.learner == learner))
    session.execute(delete(AnswerRow).where(AnswerRow.learner == learner))
    session.execute(delete(Learner).where(Learner.id == learner))
    session.flush()
