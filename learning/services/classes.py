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
from learning.models import ClassEvening, ClassLearner, DoneTogether
from learning.queries.classes import Evening
from learning.services.class_audit import record_in_class
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


def admit(
    session: Session, evening: Evening, learner: UUID, *, who: str, now: datetime, made_here: bool = False
) -> bool:
    """Somebody comes to the class; tells whether they were not there yet. Again, on two phones at once too: no change.

    who: sign-in name of the teacher. made_here: they were added in this class. Whether they may be let in by this
    teacher is the caller's to ask: queries.ties. Raises Conflict("class_full") at MOST_LEARNERS.
    """
    there = select(func.count()).where(ClassLearner.evening == evening.id)
    if session.scalar(there.where(ClassLearner.learner == learner)):
        return False
    if (session.scalar(there) or 0) >= MOST_LEARNERS:
        raise Conflict("class_full", most=MOST_LEARNERS)
    try:
        with session.begin_nested():
            row = {"evening": evening.id, "learner": learner, "name": "", "joined_at": now, "made_here": made_here}
            session.execute(insert(ClassLearner).values(row))
    except IntegrityError:
        return False
    record_in_class(session, who, "add_to_class", evening, [learner], now=now, new=made_here)
    return True


def admit_newcomer(
    session: Session, evening: Evening, about: AboutLearner, *, form: UUID, who: str, now: datetime
) -> UUID:
    """Somebody who has never learned here comes to the class; returns their id. Refusals as in add_without_phone.

    form: the id the form was drawn with becomes theirs, so that sending it twice, at one moment too, makes one learner.
    A nickname is needed: a teacher calls people by name. Raises Conflict as admit does.
    """
    if session.scalar(select(ClassLearner.learner).where(ClassLearner.learner == form)):
        return form
    if not about.nickname.strip():
        raise Invalid({"nickname": "missing"})
    # The same form at the same moment: the quicker one lets them in.
    with suppress(IntegrityError), session.begin_nested():
        add_without_phone(session, about, id_=form, now=now)
        admit(session, evening, form, who=who, now=now, made_here=True)
    return form


def remove_from_class(session: Session, evening: Evening, learner: UUID, *, who: str, now: datetime) -> None:
    """Somebody was put on the list by mistake; what they learned stays theirs. Again: no change."""
    there = select(ClassLearner.learner).where(ClassLearner.evening == evening.id, ClassLearner.learner == learner)
    if session.scalar(there) is None:
        return
    for table in (DoneTogether, ClassLearner):
        session.execute(delete(table).where(table.evening == evening.id, table.learner == learner))
    record_in_class(session, who, "take_off_class", evening, [learner], now=now)


def set_done_together(
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
        row = {"evening": evening.id, "lesson": lesson, "observed_by": who, "observed_at": now}
        session.execute(insert(DoneTogether), [{**row, "learner": learner} for learner in new])
    record_in_class(session, who, "mark_done_together", evening, new, now=now, lesson=lesson)
    record_in_class(session, who, "unmark_done_together", evening, known - wanted, now=now, lesson=lesson)


def set_letter_names(session: Session, evening: Evening, names: Mapping[UUID, str], *, who: str, now: datetime) -> None:
    """Keep the names of learners as read_names gives them, "" for none yet."""
    before = select(ClassLearner.learner, ClassLearner.name).where(ClassLearner.evening == evening.id)
    changed = {id_: names[id_] for id_, name in session.execute(before) if id_ in names and names[id_] != name}
    for learner, name in changed.items():
        of = (ClassLearner.evening == evening.id, ClassLearner.learner == learner)
        session.execute(update(ClassLearner).where(*of).values(name=name))
    record_in_class(session, who, "write_letter_names", evening, changed, now=now)
