"""Saving answers: an answer sent several times is stored once."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid5

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from learning.models import AnswerRow
from learning.services.tallies import tally

MOST_IN_A_QUERY = 500


class AnswerOutcome(StrEnum):
    STORED = "stored"
    ALREADY_STORED = "already_stored"
    REJECTED = "rejected"


@dataclass(frozen=True)
class NewAnswer:
    """id: made where the answer was given. right: None if it cannot be judged. at: when it was given."""

    id: UUID
    learner: UUID
    lesson: str
    step: str
    given: str
    right: bool | None
    at: datetime
    assisted: bool = False

    @property
    def content(self) -> tuple[UUID, str, str, str]:
        """The fields that make two answers the same. Not the time, which a phone may report differently the second
        time.
        """
        return self.learner, self.lesson, self.step, self.given


def record_answer(
    session: Session,
    *,
    form: UUID,
    learner: UUID,
    lesson: str,
    step: str,
    given: str,
    right: bool,
    now: datetime,
    assisted: bool = False,
) -> None:
    """Save one answer. The same form sent again with the same answer, also concurrently, is stored once.

    form: the id in the page's form. A page from the browser's history may send it with another answer: that is stored
    as a new answer with a new id. given: as stored_choices or stored_option return it.
    """
    save_answers(session, [NewAnswer(form, learner, lesson, step, given, right, now, assisted)])


def save_answers(session: Session, answers: Sequence[NewAnswer]) -> list[AnswerOutcome]:
    """Save these answers and return the outcome of each, in order. Sent again, also concurrently: nothing changes.

    If an id is already used by another answer, this answer is stored under an id derived from both, the same each time.
    """
    for _ in range(3):
        new, outcomes = _split_new(session, answers)
        try:
            with session.begin_nested():
                if new:
                    session.execute(insert(AnswerRow), [asdict(answer) for answer in new])
                    tally(session, {(answer.lesson, answer.learner) for answer in new})
            return outcomes
        except IntegrityError:
            continue  # another request has just stored the same answers
    raise AssertionError("the same answers kept arriving")


def _split_new(session: Session, answers: Sequence[NewAnswer]) -> tuple[list[NewAnswer], list[AnswerOutcome]]:
    """The answers that are not stored yet, sorted by id, each once; and the outcome of each answer sent."""
    known = _stored_contents(session, {id_ for answer in answers for id_ in (answer.id, _other_id(answer))})
    new: list[NewAnswer] = []
    outcomes = []
    for answer in answers:
        id_ = answer.id if known.get(answer.id, answer.content) == answer.content else _other_id(answer)
        if id_ in known:
            outcomes.append(AnswerOutcome.ALREADY_STORED)
            continue
        known[id_] = answer.content
        new.append(NewAnswer(**{**asdict(answer), "id": id_}))
        outcomes.append(AnswerOutcome.STORED)
    # The same order everywhere, or two requests could deadlock.
    return sorted(new, key=lambda answer: answer.id), outcomes


def _stored_contents(session: Session, ids: Iterable[UUID]) -> dict[UUID, tuple[UUID, str, str, str]]:
    wanted = list(ids)
    contents: dict[UUID, tuple[UUID, str, str, str]] = {}
    for start in range(0, len(wanted), MOST_IN_A_QUERY):
        some = wanted[start : start + MOST_IN_A_QUERY]
        columns = select(AnswerRow.id, AnswerRow.learner, AnswerRow.lesson, AnswerRow.step, AnswerRow.given)
        for id_, learner, lesson, step, given in session.execute(columns.where(AnswerRow.id.in_(some))):
            contents[id_] = (learner, lesson, step, given)
    return contents


def _other_id(answer: NewAnswer) -> UUID:
    return uuid5(answer.id, "\n".join(map(str, answer.content)))
