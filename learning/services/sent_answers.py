"""Taking in what a phone sends: at least once from the phone, exactly once in the record."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from courses.domain.lesson import Lesson
from foundation.problems import Conflict, Invalid
from learning.domain.learners import FACES, AboutLearner, who_learns
from learning.domain.sent_answers import (
    Batch,
    SentAnswer,
    SentLearner,
    judge,
    moment_of,
    read_sent_answer,
    read_sent_learner,
)
from learning.models import Learner, Phone
from learning.queries import people_on
from learning.queries.assisting import helped_spans
from learning.services.answers import NewAnswer, Outcome, keep_answers
from learning.services.learners import add_nameless, add_person, join_phone


@dataclass(frozen=True)
class Result:
    """id: as sent, "" when it cannot be told. problems: a code for each faulty field."""

    id: str
    outcome: Outcome
    problems: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Taken:
    """One result for each learner and each answer, in the order sent."""

    learners: list[Result]
    answers: list[Result]


def take_batch(
    session: Session, phone: UUID, batch: Batch, *, find_lesson: Callable[[str], Lesson | None], now: datetime
) -> Taken:
    """Keep what a phone sends. Sending any of it again, also several times at once, changes nothing.

    An answer without a learner is that of whoever came first on the phone, made now when nobody did. One to a lesson or
    step that is no more is kept unjudged; one for somebody who does not learn on this phone is rejected. A faulty
    learner or answer holds nobody back.
    """
    # Sendings of one phone queue up here, or two could each make its first learner.
    session.execute(select(Phone.id).where(Phone.id == phone).with_for_update())
    read = [_read(sent) for sent in batch.answers]
    if not people_on(session, phone) and any(isinstance(each, SentAnswer) and each.learner is None for each in read):
        add_nameless(session, phone, now=now)
    learners = [_take_learner(session, phone, sent, now) for sent in batch.learners]
    helped = helped_spans(session, phone)
    people = people_on(session, phone)
    here = {person.id for person in people}
    first = who_learns(people, "")

    results: list[Result] = []
    taken: list[NewAnswer] = []
    for each in read:
        if isinstance(each, Result):
            results.append(each)
            continue
        learner = each.learner or (first.id if first else None)
        if learner is None or learner not in here:
            results.append(Result(str(each.id), Outcome.REJECTED, {"learner": "not_on_this_phone"}))
            continue
        at = moment_of(each.at, now)
        judged = judge(find_lesson(each.lesson), each.step, each.given)
        taken.append(
            NewAnswer(
                id=each.id,
                learner=learner,
                lesson=each.lesson,
                step=each.step,
                given=judged.given,
                right=judged.right,
                at=at,
                # Also when the phone did not know, or would not say.
                assisted=each.assisted or any(who == learner and start <= at < end for who, start, end in helped),
            )
        )
        results.append(Result(str(each.id), Outcome.STORED))
    outcomes = iter(keep_answers(session, taken))
    kept = [
        result if result.outcome is Outcome.REJECTED else Result(result.id, next(outcomes), result.problems)
        for result in results
    ]
    return Taken(learners, kept)


def _read(sent: object) -> SentAnswer | Result:
    try:
        return read_sent_answer(sent)
    except Invalid as faulty:
        return Result(_id_as_sent(sent), Outcome.REJECTED, faulty.fields)


def _take_learner(session: Session, phone: UUID, sent: object, now: datetime) -> Result:
    try:
        new = read_sent_learner(sent)
    except Invalid as faulty:
        return Result(_id_as_sent(sent), Outcome.REJECTED, faulty.fields)
    if session.get(Learner, new.id) is not None:
        if any(person.id == new.id for person in people_on(session, phone)):
            return Result(str(new.id), Outcome.ALREADY_STORED)
        return Result(str(new.id), Outcome.REJECTED, {"id": "not_on_this_phone"})
    try:
        problems = _add(session, phone, new, now)
    except Conflict as full:
        return Result(str(new.id), Outcome.REJECTED, {"id": full.code})
    except IntegrityError:  # another phone brought the same id a moment ago
        return Result(str(new.id), Outcome.REJECTED, {"id": "not_on_this_phone"})
    return Result(str(new.id), Outcome.STORED, problems)


def _add(session: Session, phone: UUID, new: SentLearner, now: datetime) -> dict[str, str]:
    """Add somebody as told; when what was told is faulty, without a nickname, so that their answers have a home."""
    try:
        with session.begin_nested():
            about = AboutLearner(new.age_band, new.guardian_agrees, new.nickname, new.picture)
            add_person(session, phone, about, id_=new.id, now=now)
    except Invalid as faulty:
        with session.begin_nested():
            picture = new.picture if new.picture in FACES else ""
            session.execute(insert(Learner).values(id=new.id, nickname="", picture=picture, created_at=now))
            join_phone(session, phone, new.id)
        return faulty.fields
    return {}


def _id_as_sent(sent: object) -> str:
    id_ = sent.get("id") if isinstance(sent, dict) else None
    return id_[:64] if isinstance(id_, str) else ""
