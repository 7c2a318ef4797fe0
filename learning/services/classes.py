"""Classes: making them, attendees, lessons done together, and names for letters."""

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
    """Make a class under this id. The form sent again: nothing changes."""
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
    details = {"class": str(id_), "course": new.course, "held_on": new.held_on.isoformat()}
    record(session, made_by, "make_class", details, now=now, area_path=new.area_path)


def admit(
    session: Session, evening: Evening, learner: UUID, *, who: str, now: datetime, made_here: bool = False
) -> bool:
    """Add a learner to the class; return whether they were not in it yet. Again, also concurrently: nothing changes.

    who: sign-in name of the teacher. made_here: whether they were added in this class. The caller checks whether this
    teacher may add them: queries.ties. Raises Conflict("class_full") at MOST_LEARNERS.
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
    """Add a learner who has never learned here; returns their id. Errors as in add_without_phone.

    form: the id in the form becomes the learner's id, so that sending it twice, also concurrently, makes one learner. A
    nickname is needed, because a teacher calls people by name. Raises Conflict as admit does.
    """
    if session.scalar(select(ClassLearner.learner).where(ClassLearner.learner == form)):
        return form
    if not about.nickname.strip():
        raise Invalid({"nickname": "missing"})
    # The same form sent concurrently: the first request adds the learner.
    with suppress(IntegrityError), session.begin_nested():
        add_without_phone(session, about, id_=form, now=now)
        admit(session, evening, form, who=who, now=now, made_here=True)
    return form


def remove_from_class(session: Session, evening: Evening, learner: UUID, *, who: str, now: datetime) -> None:
    """Remove a learner added by mistake; what they learned stays. Again: nothing changes."""
    there = select(ClassLearner.learner).where(ClassLearner.evening == evening.id, ClassLearner.learner == learner)
    if session.scalar(there) is None:
        return
    for table in (DoneTogether, ClassLearner):
        session.execute(delete(table).where(table.evening == evening.id, table.learner == learner))
    record_in_class(session, who, "take_off_class", evening, [learner], now=now)


def set_done_together(
    session: Session, evening: Evening, lesson: str, learners: Collection[UUID], *, who: str, now: datetime
) -> None:
    """Set which attendees did this lesson on the big screen: these and no others. Again: nothing changes."""
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
    """Save the names for letters as read_names returns them, "" for none yet."""
    before = select(ClassLearner.learner, ClassLearner.name).where(ClassLearner.evening == evening.id)
    changed = {id_: names[id_] for id_, name in session.execute(before) if id_ in names and names[id_] != name}
    for learner, name in changed.items():
        of = (ClassLearner.evening == evening.id, ClassLearner.learner == learner)
        session.execute(update(ClassLearner).where(*of).values(name=name))
    record_in_class(session, who, "write_letter_names", evening, changed, now=now)
