"""Holding a class evening: making it, who comes, what was seen done, the names for letters."""

from collections.abc import Collection, Mapping
from contextlib import suppress
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from foundation.accounts.services.audit import record
from foundation.problems import Conflict, Invalid
from learning.domain.classes import MOST_LEARNERS, NewClass
from learning.domain.learners import AboutLearner
from learning.domain.names import FaultyName, read_name
from learning.models import ClassEvening, ClassLearner, DoneTogether
from learning.queries.classes import Evening
from learning.services.learners import add_without_phone


def make_class(session: Session, id_: UUID, new: NewClass, *, made_by: str, now: datetime) -> None:
    """A class under this id. The form sent again: no change."""
    try:
        with session.begin_nested():
            session.execute(
                insert(ClassEvening).values(
                    id=id_,
                    area_path=new.area_path,
                    course=new.course,
                    lessons=list(new.lessons),
                    held_on=new.held_on,
                    teacher=new.teacher,
                    made_by=made_by,
                    made_at=now,
                )
            )
    except IntegrityError:
        return
    told = {"class": str(id_), "course": new.course, "held_on": new.held_on.isoformat()}
    record(session, made_by, "make_class", told, now=now, area_path=new.area_path)


def let_in(session: Session, evening: Evening, learner: UUID, *, now: datetime) -> bool:
    """Somebody comes to the class; tells whether they were not there yet. Again, on two phones at once too: no change.

    Raises Conflict("class_full") at MOST_LEARNERS.
    """
    there = select(func.count()).where(ClassLearner.evening == evening.id)
    if session.scalar(there.where(ClassLearner.learner == learner)):
        return False
    if (session.scalar(there) or 0) >= MOST_LEARNERS:
        raise Conflict("class_full", most=MOST_LEARNERS)
    try:
        with session.begin_nested():
            session.execute(insert(ClassLearner).values(evening=evening.id, learner=learner, name="", joined_at=now))
    except IntegrityError:
        return False
    return True


def let_in_new(session: Session, evening: Evening, about: AboutLearner, *, form: UUID, now: datetime) -> UUID:
    """Somebody who has never learned here comes to the class; returns their id. Refusals as in add_without_phone.

    form: the id the form was drawn with becomes theirs, so that sending it twice, at one moment too, makes one learner.
    A nickname is needed: a teacher calls people by name. Raises Conflict as let_in.
    """
    if session.scalar(select(ClassLearner.learner).where(ClassLearner.learner == form)):
        return form
    if not about.nickname.strip():
        raise Invalid({"nickname": "missing"})
    # The same form at the same moment: the quicker one lets them in.
    with suppress(IntegrityError), session.begin_nested():
        add_without_phone(session, about, id_=form, now=now)
        let_in(session, evening, form, now=now)
    return form


def let_out(session: Session, evening: Evening, learner: UUID) -> None:
    """Somebody was put on the list by mistake; what they learned stays theirs. Again: no change."""
    for table in (DoneTogether, ClassLearner):
        session.execute(delete(table).where(table.evening == evening.id, table.learner == learner))


def say_done_together(
    session: Session, evening: Evening, lesson: str, learners: Collection[UUID], *, who: str, now: datetime
) -> None:
    """Who did this lesson on the big screen, as the teacher saw: these and no others. Again: no change."""
    own = set(session.scalars(select(ClassLearner.learner).where(ClassLearner.evening == evening.id)))
    of_lesson = (DoneTogether.evening == evening.id, DoneTogether.lesson == lesson)
    known = set(session.scalars(select(DoneTogether.learner).where(*of_lesson)))
    wanted = own & set(learners)
    session.execute(delete(DoneTogether).where(*of_lesson, DoneTogether.learner.in_(known - wanted)))
    new = sorted(wanted - known)
    if new:
        row = {"evening": evening.id, "lesson": lesson, "seen_by": who, "seen_at": now}
        session.execute(insert(DoneTogether), [{**row, "learner": learner} for learner in new])


def name_for_letters(session: Session, evening: Evening, names: Mapping[UUID, str]) -> None:
    """Keep the names as typed, "" for none yet. Raises Invalid with a code for each faulty one, by learner's id."""
    faults: dict[str, str] = {}
    read: dict[UUID, str] = {}
    for learner, typed in names.items():
        try:
            read[learner] = read_name(typed) if typed.strip() else ""
        except FaultyName as faulty:
            faults[str(learner)] = faulty.code
    if faults:
        raise Invalid(faults)
    for learner, name in read.items():
        of = (ClassLearner.evening == evening.id, ClassLearner.learner == learner)
        session.execute(update(ClassLearner).where(*of).values(name=name))
