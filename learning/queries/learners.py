"""Who learns on a phone."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from learning.models import Learner


def learner_by_token(session: Session, token_hash: bytes) -> UUID | None:
    """The learner whose cookie hashes to `token_hash` (SHA-256), or None for an unknown or erased one."""
    return session.scalar(select(Learner.id).where(Learner.token_hash == token_hash))
