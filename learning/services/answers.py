"""Keeping answers."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from learning.models import AnswerRow


def record_answer(
    session: Session, *, form: UUID, learner: UUID, lesson: str, step: str, given: str, right: bool, now: datetime
) -> None:
    """Keep one answer. The same form sent again with the same answer, even at the same moment, counts once.

    form: the id the page was drawn with. A page the browser kept may send it with another answer: that is a new
    answer under a new id, never lost. given: as kept_of_screen or kept_of_question return it.
    """
    kept = {"learner": learner, "lesson": lesson, "step": step, "given": given, "right": right}
    try:
        with session.begin_nested():
            session.execute(insert(AnswerRow).values(id=form, at=now, **kept))
    except IntegrityError:
        already_kept = select(AnswerRow.id).filter_by(id=form, **kept)
        if session.scalar(already_kept) is None:
            session.execute(insert(AnswerRow).values(id=uuid7(), at=now, **kept))
