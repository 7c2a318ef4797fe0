"""Letters for the attendees of a class who have finished the course."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from courses.domain.lesson import Course
from foundation.problems import Conflict, Invalid
from learning.domain.classes import DONE, Way
from learning.domain.letters import Letter, Manner
from learning.queries.classes import Attendee, Evening
from learning.services.class_audit import record_in_class
from learning.services.letters import issue_letter


@dataclass(frozen=True)
class Finished:
    """An attendee who has finished the whole course. manner: SUPERVISED if a lesson was done only in class."""

    present: Attendee
    manner: Manner


def finished_of(present: Sequence[Attendee], ways: Mapping[UUID, Mapping[str, Way]]) -> list[Finished]:
    """The attendees who have finished every lesson of the course, in order. ways: as ways_at returns for the whole
    course.
    """
    found = []
    for each in present:
        done = set(ways[each.person.id].values())
        if not done <= DONE:
            continue
        manner = Manner.SUPERVISED if Way.TOGETHER in done else Manner.ASSISTED if Way.HELPED in done else Manner.SELF
        found.append(Finished(each, manner))
    return found


def issue_class_letter(
    session: Session,
    evening: Evening,
    finished: Finished,
    course: Course,
    *,
    organisation: str,
    language: str,
    who: str,
    now: datetime,
) -> Letter | None:
    """Issue one attendee's letter; the second time, return the same one. who: sign-in name of the account that asked
    for it.

    None if the attendee has no name yet, no age band, or was erased meanwhile: nothing is printed for them.
    """
    if not finished.present.name or finished.present.person.age_band is None:
        return None
    try:
        letter = issue_letter(
            session,
            learner=finished.present.person.id,
            course=course,
            name=finished.present.name,
            organisation=organisation,
            language=language,
            now=now,
            manner=finished.manner,
            supervised_by=evening.teacher if finished.manner is Manner.SUPERVISED else "",
            area_path=evening.area_path,
        )
    except (Conflict, Invalid):
        return None
    if letter.issued_at == now:
        record_in_class(session, who, "issue_class_letter", evening, [finished.present.person.id], now=now)
    return letter
