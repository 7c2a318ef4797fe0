"""Audit entries about learners."""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from foundation.accounts.services.audit import record
from learning.queries.classes import Evening


def learner_pseudonym(learner: UUID) -> str:
    """A pseudonym for a learner in the audit log: ten hexadecimal digits derived from the id.

    With the id the entries can be found. After the learner is erased the id is gone, and the pseudonym leads nowhere.
    Ids contain 74 random bits, so they cannot be guessed from pseudonyms.
    """
    return hashlib.sha256(b"learner in the audit log " + learner.bytes).hexdigest()[:10]


def record_in_class(
    session: Session, who: str, act: str, evening: Evening, learners: Iterable[UUID], *, now: datetime, **what: object
) -> None:
    """Record what was done to learners of a class; without learners, record nothing."""
    marks = sorted(map(learner_pseudonym, learners))
    if marks:
        details = {"class": str(evening.id), **what, "learner": " ".join(marks)}
        record(session, who, act, details, now=now, area_path=evening.area_path)
