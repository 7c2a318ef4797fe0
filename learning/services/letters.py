"""Issuing, correcting and revoking letters of completion."""

import secrets
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from courses.domain.lesson import Course
from foundation.accounts.services.audit import record
from foundation.areas.domain.scope import Scope
from foundation.clock import day_in_vietnam
from foundation.problems import Conflict, NotAllowed, NotFound
from learning import queries
from learning.domain.codes import RANDOM_BITS, code_from
from learning.domain.letters import CertificateStatus, Facts, Letter, Manner, Reason, letter_facts
from learning.domain.progress import course_progress
from learning.models import Certificate, LetterStatus
from learning.queries.assisting import needed_help
from learning.queries.classes import done_together_by
from learning.queries.ties import responsible_area

_TRIES = 5


def issue_letter(
    session: Session,
    *,
    learner: UUID,
    course: Course,
    name: str,
    organisation: str,
    language: str,
    now: datetime,
    manner: Manner = Manner.SELF,
    supervised_by: str = "",
    area_path: str | None = None,
) -> Letter:
    """Issue the learner's letter for a finished course. Again with the same name: the same letter.

    Another name gives a new letter and marks the earlier one as replaced; so does a stronger manner. If only the name
    is corrected, the manner stays. name: as read_name returns it. language: BCP 47 tag. supervised_by: the teacher, as
    read_name returns it; needed for Manner.SUPERVISED only, for which lessons done together in class count as well.
    area_path: of the class that issues it; None if the learner asks, then queries.ties finds the responsible area.
    Manner.SELF becomes ASSISTED if the answers show help. Raises Conflict("course_not_finished").
    """
    together = done_together_by(session, learner) if manner is Manner.SUPERVISED else frozenset()
    if not course_progress(course, queries.right_answers(session, learner), together).complete:
        raise Conflict("course_not_finished", course=course.id)
    teacher = supervised_by if manner is Manner.SUPERVISED else ""

    for _try in range(_TRIES):
        known = _valid_row(session, learner, course.id)
        before = known.as_letter().facts if known else None
        if manner is Manner.SELF:
            if before is not None:
                manner, teacher = before.manner, before.supervised_by
            elif needed_help(session, learner, course):
                manner = Manner.ASSISTED
        facts = letter_facts(
            course,
            name=name,
            issued_on=day_in_vietnam(now),
            language=language,
            organisation=organisation,
            manner=manner,
            supervised_by=teacher,
        )
        if known is not None and before is not None and _same_content(before, facts):
            return known.as_letter()
        try:
            with session.begin_nested():
                place = responsible_area(session, learner, course.id) if area_path is None else area_path
                return _issued(session, learner, course.id, facts, known, place, now)
        except IntegrityError:
            # Another request issued a letter, or took the position in the list, at the same moment.
            session.expire_all()
    raise Conflict("try_again")


def revoke_letter(
    session: Session, code: str, reason: Reason, *, note: str, who: str, scope: Scope, now: datetime
) -> Letter:
    """Revoke a letter with a public reason and a note that only the audit log keeps. Again: nothing changes.

    who: a sign-in name. note: as read_note returns it. scope: where that person is responsible for letters; a letter
    without area belongs to the nation. Raises NotFound("no_such_letter"), NotAllowed("letter_elsewhere") for an area
    outside `scope`, Conflict("letter_replaced") for a replaced letter.
    """
    row = session.scalar(select(Certificate).where(Certificate.code == code).with_for_update())
    if row is None:
        raise NotFound("no_such_letter")
    if not scope.covers(row.area_path):
        raise NotAllowed("letter_elsewhere")
    if row.status is CertificateStatus.REPLACED:
        raise Conflict("letter_replaced")
    if row.status is CertificateStatus.VALID:
        _revoke(session, row, reason, now)
        details = {"letter": code, "reason": reason.value} | ({"note": note} if note else {})
        record(session, who, "revoke_letter", details, now=now, area_path=row.area_path)
    return row.as_letter()


def take_back_own_letter(session: Session, code: str, *, learner: UUID, now: datetime) -> Letter:
    """Revoke a letter at its learner's wish. Again: nothing changes. Raises NotFound for another learner's letter."""
    row = session.scalar(select(Certificate).where(Certificate.code == code).with_for_update())
    if row is None or row.learner != learner:
        raise NotFound("no_such_letter")
    if row.status is CertificateStatus.VALID:
        _revoke(session, row, Reason.OWN_WISH, now)
    return row.as_letter()


def forget_letters(session: Session, learner: UUID) -> None:
    """Delete a learner's letters. Their positions in the status list stay and are void for good."""
    own = select(Certificate.status_index).where(Certificate.learner == learner)
    session.execute(
        update(LetterStatus)
        .where(LetterStatus.index.in_(own))
        .values(void=True)
        .execution_options(synchronize_session=False)
    )
    session.execute(delete(Certificate).where(Certificate.learner == learner))


def _same_content(before: Facts, after: Facts) -> bool:
    contents = [(facts.name, facts.manner, facts.supervised_by) for facts in (before, after)]
    return contents[0] == contents[1]


def _issued(
    session: Session,
    learner: UUID,
    course: str,
    facts: Facts,
    before: Certificate | None,
    area_path: str,
    now: datetime,
) -> Letter:
    code = code_from(secrets.randbits(RANDOM_BITS))
    if before is not None:
        before.status, before.replaced_by = CertificateStatus.REPLACED, code
        _make_void(session, before)
    place = LetterStatus(index=_free_place(session), void=False)
    session.add(place)
    session.flush()
    row = Certificate(
        code=code,
        learner=learner,
        course=course,
        facts=facts.as_json(),
        status=CertificateStatus.VALID,
        issued_at=now,
        status_index=place.index,
        replaced_by="",
        area_path=area_path,
    )
    session.add(row)
    session.flush()
    return row.as_letter()


def _free_place(session: Session) -> int:
    """A random unused position in the current list. A list that is half full is not used any more."""
    first = (queries.count_status_lists(session) - 1) * queries.LIST_SIZE
    taken = session.scalar(select(func.count()).select_from(LetterStatus).where(LetterStatus.index >= first)) or 0
    if taken >= queries.LIST_SIZE // 2:
        first += queries.LIST_SIZE
    while True:
        place = first + secrets.randbelow(queries.LIST_SIZE)
        if session.get(LetterStatus, place) is None:
            return place


def _revoke(session: Session, row: Certificate, reason: Reason, now: datetime) -> None:
    row.status, row.revoked_for, row.revoked_at = CertificateStatus.REVOKED, reason, now
    _make_void(session, row)
    session.flush()


def _make_void(session: Session, row: Certificate) -> None:
    session.execute(update(LetterStatus).where(LetterStatus.index == row.status_index).values(void=True))


def _valid_row(session: Session, learner: UUID, course: str) -> Certificate | None:
    return session.scalar(
        select(Certificate).where(
            Certificate.learner == learner, Certificate.course == course, Certificate.status == CertificateStatus.VALID
        )
    )
