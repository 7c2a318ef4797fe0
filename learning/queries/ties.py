"""Which areas a learner is connected to: by a card handed out there, a class, or an assisted session.

Learners, cards and letters belong to no area themselves. These connections limit what team members and officers may do
with them.
"""

from uuid import UUID

from sqlalchemy import Select, select, union_all
from sqlalchemy.orm import Session

from foundation.areas.domain.scope import Scope
from foundation.areas.queries import inside
from learning.models import AssistedSession, Card, ClassEvening, ClassLearner


def tied_within(session: Session, learner: UUID, scope: Scope) -> bool:
    """Whether a team within `scope` has given this learner a card, had them in a class or assisted them.

    A card made at home connects to no area.
    """
    handed = select(Card.area_path.label("path")).where(Card.learner == learner, Card.area_path != "")
    beside = select(AssistedSession.area_path).where(AssistedSession.learner == learner)
    paths = union_all(handed, _classes(learner), beside).subquery()
    return session.scalar(select(paths.c.path).where(inside(paths.c.path, scope)).limit(1)) is not None


def responsible_area(session: Session, learner: UUID, course: str) -> str:
    """Path of the area responsible for this learner in a course: the area of their last class in it, else where their
    card was handed out, else the area of their last assisted session; "" if there is none.
    """
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
