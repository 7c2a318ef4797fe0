"""Which areas have to do with a learner: by a card handed out there, a class, or somebody who sat beside them.

Learners, cards and letters lie in no area of their own. What a member of a team or an officer may do with them ends
where these ties end.
"""

from uuid import UUID

from sqlalchemy import Select, select, union_all
from sqlalchemy.orm import Session

from foundation.areas.domain.scope import Scope
from foundation.areas.queries import inside
from learning.models import AssistedSession, Card, ClassEvening, ClassLearner


def tied_within(session: Session, learner: UUID, scope: Scope) -> bool:
    """Whether a team of an area within `scope` has handed this learner a card, had them in class or sat beside them.

    A card made at home ties to no area.
    """
    handed = select(Card.area_path.label("path")).where(Card.learner == learner, Card.area_path != "")
    beside = select(AssistedSession.area_path).where(AssistedSession.learner == learner)
    paths = union_all(handed, _classes(learner), beside).subquery()
    return session.scalar(select(paths.c.path).where(inside(paths.c.path, scope)).limit(1)) is not None


def responsible_area(session: Session, learner: UUID, course: str) -> str:
    """Path of the area that answers for what this learner does in a course: where they were last in a class of it, else
    where their card was handed out, else where somebody last sat beside them; "" for none of these."""
    sources = (
        _classes(learner).where(ClassEvening.course == course).order_by(ClassLearner.joined_at.desc()),
        select(Card.area_path).where(Card.learner == learner, Card.area_path != "").order_by(Card.made_at.desc()),
        select(AssistedSession.area_path)
        .where(AssistedSession.learner == learner)
        .order_by(AssistedSession.made_at.desc()),
    )
    for source in sources:
        path: str | None = session.scalar(source.limit(1))
        if path:
            return path
    return ""


def _classes(learner: UUID) -> Select[str]:
    return (
        select(ClassEvening.area_path)
        .join(ClassLearner, ClassLearner.evening == ClassEvening.id)
        .where(ClassLearner.learner == learner)
    )
