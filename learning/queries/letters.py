"""Letters by learner and by code."""

from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from learning.domain.letters import CertificateStatus, Letter
from learning.models import Certificate

# Built once: it runs for every page of one's own learning.
_VALID = (
    select(Certificate)
    .where(Certificate.learner == bindparam("learner"), Certificate.status == CertificateStatus.VALID)
    .order_by(Certificate.issued_at.desc(), Certificate.code)
)


def letters_of(session: Session, learner: UUID) -> list[Letter]:
    """The valid letters of one learner, newest first."""
    return [row.as_letter() for row in session.scalars(_VALID, {"learner": learner})]


def letter_for_course(session: Session, learner: UUID, course: str) -> Letter | None:
    """The learner's valid letter for one course; None if there is none."""
    return next((letter for letter in letters_of(session, learner) if letter.course == course), None)


def letter_by_code(session: Session, code: str) -> Letter | None:
    """A letter of any status by its code; None if there is none."""
    row = session.get(Certificate, code)
    return row.as_letter() if row else None
