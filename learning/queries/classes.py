"""Classes, their attendees, and which lessons the attendees have done."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from foundation.areas.domain.scope import Scope
from foundation.areas.queries import inside
from learning.domain.classes import LessonEvidence, Way, way_of
from learning.domain.learners import LearnerProfile
from learning.domain.letters import CertificateStatus
from learning.models import (
    AnswerRow,
    Card,
    Certificate,
    ClassEvening,
    ClassLearner,
    DoneTogether,
    Learner,
    PhoneLearner,
)

MOST = 200


@dataclass(frozen=True)
class Evening:
    """lessons: ids, in the order they are shown. learners: number of attendees; None if it was not counted."""

    id: UUID
    area_path: str
    course: str
    lessons: tuple[str, ...]
    held_on: date
    teacher: str
    made_by: str
    learners: int | None = None


@dataclass(frozen=True)
class Attendee:
    """A learner in a class. name: for the letter, "" until typed. card: the code in use, or "". letter: its code, or
    "".

    together: ids of lessons marked as done by the teacher of this or another class. may_have_card: as the function
    may_have_card.
    """

    person: LearnerProfile
    name: str
    card: str = ""
    letter: str = ""
    together: frozenset[str] = field(default_factory=frozenset)
    may_have_card: bool = False


def evenings_in(session: Session, scope: Scope, *, most: int | None = MOST) -> list[Evening]:
    """Classes within `scope`, latest day first; at most `most`, None for all."""
    count = select(func.count()).where(ClassLearner.evening == ClassEvening.id).scalar_subquery()
    rows = session.execute(
        select(ClassEvening, count)
        .where(inside(ClassEvening.area_path, scope))
        .order_by(ClassEvening.held_on.desc(), ClassEvening.id.desc())
        .limit(most)
    )
    return [_evening(row, learners) for row, learners in rows]


def evening_in(session: Session, scope: Scope, id_: UUID) -> Evening | None:
    """One class; None if it does not exist or lies outside `scope`."""
    row = session.get(ClassEvening, id_)
    return _evening(row) if row is not None and scope.covers(row.area_path) else None


def attendees_of(session: Session, evening: Evening) -> list[Attendee]:
    """All attendees of a class, in the order they joined."""
    rows = session.execute(
        select(Learner, ClassLearner.name, ClassLearner.made_here)
        .join(ClassLearner, ClassLearner.learner == Learner.id)
        .where(ClassLearner.evening == evening.id)
        .order_by(ClassLearner.joined_at, Learner.id)
    ).all()
    ids = select(ClassLearner.learner).where(ClassLearner.evening == evening.id)
    cards: dict[UUID | None, str] = {}
    had_card: set[UUID | None] = set()
    for card in session.scalars(select(Card).where(Card.learner.in_(ids))):
        had_card.add(card.learner)
        if card.stopped_at is None:
            cards[card.learner] = card.code
    on_a_phone = set(session.scalars(select(PhoneLearner.learner).where(PhoneLearner.learner.in_(ids))))
    valid = select(Certificate).where(
        Certificate.learner.in_(ids),
        Certificate.course == evening.course,
        Certificate.status == CertificateStatus.VALID,
    )
    letters = {letter.learner: letter.code for letter in session.scalars(valid)}
    together: dict[UUID, set[str]] = defaultdict(set)
    for learner, lesson in session.execute(
        select(DoneTogether.learner, DoneTogether.lesson).where(DoneTogether.learner.in_(ids))
    ):
        together[learner].add(lesson)
    return [
        Attendee(
            row.as_person(),
            name,
            cards.get(row.id, ""),
            letters.get(row.id, ""),
            frozenset(together.get(row.id, ())),
            may_have_card=row.id not in had_card or (made_here and row.id not in on_a_phone),
        )
        for row, name, made_here in rows
    ]


def may_have_card(session: Session, evening: Evening, learner: UUID) -> bool:
    """Whether a teacher of this class may give this learner a card. Allowed if they never had one, or if they were
    added in this class and do not learn on a phone yet.
    """
    of = (ClassLearner.evening == evening.id, ClassLearner.learner == learner)
    made_here = session.scalar(select(ClassLearner.made_here).where(*of))
    if made_here is None:
        return False
    if session.scalar(select(Card.code).where(Card.learner == learner).limit(1)) is None:
        return True
    phone = select(PhoneLearner.phone).where(PhoneLearner.learner == learner)
    return made_here and session.scalar(phone.limit(1)) is None


def ways_at(
    session: Session, evening: Evening, present: list[Attendee], graded: Mapping[str, tuple[str, ...]]
) -> dict[UUID, dict[str, Way]]:
    """How each attendee has done each of these lessons, by learner and lesson.

    graded: ids of the graded steps, by lesson.
    """
    ids = select(ClassLearner.learner).where(ClassLearner.evening == evening.id)
    rows = session.execute(
        select(AnswerRow.learner, AnswerRow.lesson, AnswerRow.step, AnswerRow.assisted)
        .distinct()
        .where(AnswerRow.learner.in_(ids), AnswerRow.lesson.in_(list(graded)), AnswerRow.right.is_(True))
    )
    alone: dict[tuple[UUID, str], set[str]] = defaultdict(set)
    any_: dict[tuple[UUID, str], set[str]] = defaultdict(set)
    for learner, lesson, step, assisted in rows:
        any_[learner, lesson].add(step)
        if not assisted:
            alone[learner, lesson].add(step)
    return {
        each.person.id: {
            lesson: way_of(
                LessonEvidence(
                    frozenset(steps),
                    frozenset(any_.get((each.person.id, lesson), ())),
                    frozenset(alone.get((each.person.id, lesson), ())),
                    lesson in each.together,
                )
            )
            for lesson, steps in graded.items()
        }
        for each in present
    }


def done_together_by(session: Session, learner: UUID) -> frozenset[str]:
    """Ids of the lessons that teachers marked as done in class by this learner."""
    return frozenset(session.scalars(select(DoneTogether.lesson).where(DoneTogether.learner == learner)))


def _evening(row: ClassEvening, learners: int | None = None) -> Evening:
    return Evening(
        row.id, row.area_path, row.course, tuple(row.lessons), row.held_on, row.teacher, row.made_by, learners
    )
