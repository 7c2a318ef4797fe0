"""Reads counts of learning, for the whole site only: learners are anonymous and have no hamlet."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from community_teams.indicators.queries.records import Sitewide
from learning.domain.letters import CertificateStatus
from learning.models import Certificate

# The course that teaches to recognise fraud: K14.
SAFETY_COURSE = "an-toan-tren-mang"


def sitewide(session: Session, *, lessons: int, languages: int) -> Sitewide:
    """lessons: in the library; languages: in how many languages the lessons can be read."""
    rows = session.execute(
        select(Certificate.course, func.count())
        .where(Certificate.status == CertificateStatus.VALID)
        .group_by(Certificate.course)
    ).all()
    by_course = dict(row._tuple() for row in rows)
    return Sitewide(sum(by_course.values()), by_course.get(SAFETY_COURSE, 0), lessons, languages)
