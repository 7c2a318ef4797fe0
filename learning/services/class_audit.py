"""What a member of a team does to a learner, in the audit log."""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from foundation.accounts.services.audit import record
from learning.queries.classes import Evening


def learner_pseudonym(learner: UUID) -> str:
    """What stands for a learner in the log: ten hexadecimal digits made of their id.

    Whoever has the id finds what was done; once the learner is erased nobody has it, and the mark leads nowhere. An id
    holds 74 random bits, so no mark is tried through.
    """
    return hashlib.sha256(b"learner in the audit log " + learner.bytes).hexdigest()[:10]


def record_in_class(
    session: Session, who: str, act: str, evening: Evening, learners: Iterable[UUID], *, now: datetime, **what: object
) -> None:
    """Note what was done to learners of a class; without learners, nothing."""
    marks = sorted(map(learner_pseudonym, learners))
    if marks:
        told = {"class": str(evening.id), **what, "learner": " ".join(marks)}
        record(session, who, act, told, now=now, area_path=evening.area_path)
