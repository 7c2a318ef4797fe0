"""Storing what a phone sends: the phone sends at least once, the database has it exactly once."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from courses.domain.lesson import Lesson
from foundation.problems import Conflict, Invalid
from learning.domain.learners import FACES, AboutLearner, who_learns
from learning.domain.sent_answers import (
    Judged,
    SentAnswer,
    SentBatch,
    answer_time,
    judge,
    read_sent_answer,
    read_sent_learner,
)
from learning.models import AnswerRow, Learner, Phone
from learning.queries import people_on
from learning.queries.assisting import assisted_periods
from learning.services.answers import AnswerOutcome, NewAnswer, save_answers
from learning.services.learners import add_anonymous_learner, add_person, join_phone

# For all learners of one phone. A lesson has about ten graded steps, and lessons are rarely removed.
MOST_UNJUDGED = 500


@dataclass(frozen=True)
class ItemResult:
    """id: as sent, "" if it could not be read. problems: a code for each faulty field."""

    id: str
    outcome: AnswerOutcome
    problems: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class BatchResults:
    """One result for each learner and each answer, in the order sent."""

    learners: list[ItemResult]
    answers: list[ItemResult]


@dataclass(frozen=True)
class ReadAnswer:
    """A valid answer, judged by its lesson. at: when it was given."""

    sent: SentAnswer
    judged: Judged
    at: datetime


@dataclass(frozen=True)
class ReadLearner:
    """about: validated. faults: a code for each faulty field."""

    id: UUID
    about: AboutLearner
    faults: dict[str, str]


@dataclass(frozen=True)
class ReadBatch:
    """learners, answers: each one read, or a result that says why it could not be; in the order sent."""

    learners: list[ReadLearner | ItemResult]
    answers: list[ReadAnswer | ItemResult]


def read_all(batch: SentBatch, *, find_lesson: Callable[[str], Lesson | None], now: datetime) -> ReadBatch:
    """Read and judge a batch before anything is written. A faulty learner or answer does not block the others."""
    return ReadBatch(
        [_read_learner(sent) for sent in batch.learners],
        [_read_answer(sent, find_lesson, now) for sent in batch.answers],
    )


def take_batch(session: Session, phone: UUID, batch: ReadBatch, *, now: datetime) -> BatchResults:
    """Save a batch. Sending any of it again, also concurrently, changes nothing.

    An answer without a learner belongs to the first learner of the phone, who is created if there is none. An answer to
    a lesson or step that does not exist any more is stored without judgement; one for a learner who is not on this
    phone is rejected. A faulty learner or answer does not block the others.
    """
    # Requests of one phone wait for each other here, or two could each create its first learner.
    session.execute(select(Phone.id).where(Phone.id == phone).with_for_update())
    read = batch.answers
    if not people_on(session, phone) and any(
        isinstance(each, ReadAnswer) and each.sent.learner is None for each in read
    ):
        add_anonymous_learner(session, phone, now=now)
    learners = [
        each if isinstance(each, ItemResult) else _take_learner(session, phone, each, now) for each in batch.learners
    ]
    helped = assisted_periods(session, phone)
    people = people_on(session, phone)
    here = {person.id for person in people}
    first = who_learns(people, "")

    # Limits the answers stored without judgement: their lesson is gone, or this machine does not have it yet.
    room = MOST_UNJUDGED - _unjudged(session, here) if any(_is_unjudged(each) for each in read) else 0
    results: list[ItemResult] = []
    taken: list[NewAnswer] = []
    for each in read:
        if isinstance(each, ItemResult):
            results.append(each)
            continue
        sent, at = each.sent, each.at
        learner = sent.learner or (first.id if first else None)
        if learner is None or learner not in here:
            results.append(ItemResult(str(sent.id), AnswerOutcome.REJECTED, {"learner": "not_on_this_phone"}))
            continue
        if _is_unjudged(each):
            room -= 1
            if room < 0:
                results.append(ItemResult(str(sent.id), AnswerOutcome.REJECTED, {"lesson": "too_many_unknown"}))
                continue
        taken.append(
            NewAnswer(
                id=sent.id,
                learner=learner,
                lesson=sent.lesson,
                step=sent.step,
                given=each.judged.given,
                right=each.judged.right,
                at=at,
                # Also if the phone did not send it.
                assisted=sent.assisted or any(who == learner and start <= at < end for who, start, end in helped),
            )
        )
        results.append(ItemResult(str(sent.id), AnswerOutcome.STORED))
    outcomes = iter(save_answers(session, taken))
    final = [
        result if result.outcome is AnswerOutcome.REJECTED else ItemResult(result.id, next(outcomes), result.problems)
        for result in results
    ]
    return BatchResults(learners, final)


def _is_unjudged(read: ReadAnswer | ItemResult) -> bool:
    return isinstance(read, ReadAnswer) and read.judged.right is None


def _unjudged(session: Session, learners: Collection[UUID]) -> int:
    counted = select(func.count()).where(AnswerRow.learner.in_(learners), AnswerRow.right.is_(None))
    return session.scalar(counted) or 0


def _read_answer(raw: object, find_lesson: Callable[[str], Lesson | None], now: datetime) -> ReadAnswer | ItemResult:
    try:
        sent = read_sent_answer(raw)
    except Invalid as faulty:
        return ItemResult(_id_as_sent(raw), AnswerOutcome.REJECTED, faulty.fields)
    return ReadAnswer(sent, judge(find_lesson(sent.lesson), sent.step, sent.given), answer_time(sent.at, now))


def _read_learner(raw: object) -> ReadLearner | ItemResult:
    try:
        new = read_sent_learner(raw)
    except Invalid as faulty:
        return ItemResult(_id_as_sent(raw), AnswerOutcome.REJECTED, faulty.fields)
    about = AboutLearner(new.age_band, new.guardian_agrees, new.nickname, new.picture)
    try:
        assert about.facts
    except Invalid as faulty:
        return ReadLearner(new.id, about, faulty.fields)
    return ReadLearner(new.id, about, {})


def _take_learner(session: Session, phone: UUID, new: ReadLearner, now: datetime) -> ItemResult:
    if session.get(Learner, new.id) is not None:
        if any(person.id == new.id for person in people_on(session, phone)):
            return ItemResult(str(new.id), AnswerOutcome.ALREADY_STORED)
        return ItemResult(str(new.id), AnswerOutcome.REJECTED, {"id": "not_on_this_phone"})
    try:
        with session.begin_nested():
            _add(session, phone, new, now)
    except Conflict as full:
        return ItemResult(str(new.id), AnswerOutcome.REJECTED, {"id": full.code})
    except IntegrityError:  # another phone has just sent the same id
        return ItemResult(str(new.id), AnswerOutcome.REJECTED, {"id": "not_on_this_phone"})
    return ItemResult(str(new.id), AnswerOutcome.STORED, new.faults)


def _add(session: Session, phone: UUID, new: ReadLearner, now: datetime) -> None:
    """Add a learner as sent. If the data is faulty, add them without nickname, so that their answers can be stored."""
    if not new.faults:
        add_person(session, phone, new.about, id_=new.id, now=now)
        return
    picture = new.about.picture if new.about.picture in FACES else ""
    session.execute(insert(Learner).values(id=new.id, nickname="", picture=picture, created_at=now))
    join_phone(session, phone, new.id)


def _id_as_sent(sent: object) -> str:
    id_ = sent.get("id") if isinstance(sent, dict) else None
    return id_[:64] if isinstance(id_, str) else ""
