"""Updates the tallies for reports, in the same transaction as the answers."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import Row, and_, case, func, select, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from learning.models import AnswerRow, LessonTally

_AT_ONCE = 200


def tally(session: Session, pairs: Collection[tuple[str, UUID]]) -> None:
    """Recompute the tallies of these (lesson, learner) pairs from the answers."""
    wanted = sorted(pairs)
    for start in range(0, len(wanted), _AT_ONCE):
        _tally(session, wanted[start : start + _AT_ONCE])


def _tally(session: Session, pairs: list[tuple[str, UUID]]) -> None:
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    session.execute(
        insert(LessonTally).on_conflict_do_nothing(),
        [{"lesson": lesson, "learner": learner, "passed": 0, "alone": 0} for lesson, learner in pairs],
    )
    ours = tuple_(LessonTally.lesson, LessonTally.learner).in_(pairs)
    # Concurrent requests for the same learner wait here; the second then sees what the first wrote.
    session.execute(
        select(LessonTally.lesson).where(ours).order_by(LessonTally.lesson, LessonTally.learner).with_for_update()
    ).all()
    for row in _computed(session, pairs):
        session.execute(
            update(LessonTally)
            .where(LessonTally.lesson == row.lesson, LessonTally.learner == row.learner)
            .values(passed=row.passed, alone=row.alone)
            .execution_options(synchronize_session=False)
        )


def _computed(session: Session, pairs: list[tuple[str, UUID]]) -> list[Row[tuple[str, UUID, int, int]]]:
    own = and_(AnswerRow.right.is_(True), AnswerRow.assisted.is_(False))
    return list(
        session.execute(
            select(
                AnswerRow.lesson,
                AnswerRow.learner,
                func.count(case((AnswerRow.right.is_(True), AnswerRow.step)).distinct()).label("passed"),
                func.count(case((own, AnswerRow.step)).distinct()).label("alone"),
            )
            .where(
                AnswerRow.learner.in_({learner for _lesson, learner in pairs}),
                tuple_(AnswerRow.lesson, AnswerRow.learner).in_(pairs),
            )
            .group_by(AnswerRow.lesson, AnswerRow.learner)
        )
    )
