"""Keeping answers: whatever is sent twice is kept once."""

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
    """id: made where it was answered. right: None when it cannot be judged. at: when it was answered."""

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
        """What makes it the same answer; not the moment, which a phone may tell differently the second time."""
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
    """Keep one answer. The same form sent again with the same answer, even at the same moment, counts once.

    form: the id the page was drawn with. A page the browser kept may send it with another answer: that is a new
    answer under a new id, never lost. given: as stored_choices or stored_option return it.
    """
    save_answers(session, [NewAnswer(form, learner, lesson, step, given, right, now, assisted)])


def save_answers(session: Session, answers: Sequence[NewAnswer]) -> list[AnswerOutcome]:
    """Keep these answers; tells of each, in order, whether it was new. Sent again, also at the same moment: no change.

    An id that already stands for another answer is no reason to lose this one: it is kept under an id reckoned from
    both, the same at every sending.
    """
    for _ in range(3):
        new, outcomes = _sorted_out(session, answers)
        try:
            with session.begin_nested():
                if new:
                    session.execute(insert(AnswerRow), [asdict(answer) for answer in new])
                    tally(session, {(answer.lesson, answer.learner) for answer in new})
            return outcomes
        except IntegrityError:
            continue  # the same answers arrived by another request a moment ago
    raise AssertionError("the same answers kept arriving")


def _sorted_out(session: Session, answers: Sequence[NewAnswer]) -> tuple[list[NewAnswer], list[AnswerOutcome]]:
    """The answers that are not kept yet, by id, each once; and the outcome of each one sent."""
    known = _kept(session, {id_ for answer in answers for id_ in (answer.id, _other_id(answer))})
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
    # In one order everywhere, or two sendings could wait for each other for ever.
    return sorted(new, key=lambda answer: answer.id), outcomes


def _kept(session: Session, ids: Iterable[UUID]) -> dict[UUID, tuple[UUID, str, str, str]]:
    wanted = list(ids)
    kept: dict[UUID, tuple[UUID, str, str, str]] = {}
    for start in range(0, len(wanted), MOST_IN_A_QUERY):
        some = wanted[start : start + MOST_IN_A_QUERY]
        columns = select(AnswerRow.id, AnswerRow.learner, AnswerRow.lesson, AnswerRow.step, AnswerRow.given)
        for id_, learner, lesson, step, given in session.execute(columns.where(AnswerRow.id.in_(some))):
            kept[id_] = (learner, lesson, step, given)
    return kept


def _other_id(answer: NewAnswer) -> UUID:
    return uuid5(answer.id, "\n".join(map(str, answer.content)))
