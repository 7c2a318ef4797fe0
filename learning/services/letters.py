"""Issuing letters of completion."""

import secrets
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from courses.domain.lesson import Course
from foundation.clock import day_in_vietnam
from foundation.problems import Conflict, Invalid
from learning import queries
from learning.domain.codes import RANDOM_BITS, code_from
from learning.domain.letters import Letter, Status, facts_of
from learning.domain.names import FaultyName, read_name
from learning.domain.progress import course_progress
from learning.models import Certificate


def issue_letter(
    session: Session, *, learner: UUID, course: Course, name: str, organisation: str, language: str, now: datetime
) -> Letter:
    """The learner's letter for a finished course. Asked again with the same name, the same letter.

    Another name gives a new letter and marks the one before as replaced. name: as typed. language: BCP 47 tag.
    Raises Conflict("course_not_finished"), and Invalid with a code of FaultyName under "name".
    """
    if not course_progress(course, queries.right_answers(session, learner)).complete:
        raise Conflict("course_not_finished", course=course.id)
    try:
        clean_name = read_name(name)
    except FaultyName as faulty:
        raise Invalid({"name": faulty.code}) from None

    known = _valid_row(session, learner, course.id)
    if known is not None and known.as_letter().facts.name == clean_name:
        return known.as_letter()

    facts = facts_of(
        course, name=clean_name, issued_on=day_in_vietnam(now), language=language, organisation=organisation
    )
    row = Certificate(
        code=code_from(secrets.randbits(RANDOM_BITS)),
        learner=learner,
        course=course.id,
        facts=facts.as_json(),
        status=Status.VALID,
        issued_at=now,
    )
    try:
        with session.begin_nested():
            if known is not None:
                known.status = Status.REPLACED
                session.flush()
            session.add(row)
    except IntegrityError:
        # The button was pressed twice at once; the other press issued the letter.
        session.expire_all()
        quicker = _valid_row(session, learner, course.id)
        if quicker is None:
            raise
        return quicker.as_letter()
    return row.as_letter()


def _valid_row(session: Session, learner: UUID, course: str) -> Certificate | None:
    return session.scalar(
        select(Certificate).where(
            Certificate.learner == learner, Certificate.course == course, Certificate.status == Status.VALID
        )
    )
