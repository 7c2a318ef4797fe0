"""Sums of learning, reckoned in the database from tallies and from what was done in class."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Integer,
    Row,
    String,
    and_,
    case,
    column,
    func,
    literal,
    or_,
    select,
    union,
    union_all,
    values,
)
from sqlalchemy.orm import Session

from courses.domain.lesson import Course
from foundation.areas.domain.scope import Scope
from foundation.areas.models import Area
from foundation.areas.queries import inside
from learning.domain.learning_report import Missed, Sums
from learning.models import AnswerRow, AssistedSession, Card, ClassEvening, ClassLearner, DoneTogether, LessonTally


def sums_by_lesson_and_course(session: Session, courses: Sequence[Course]) -> dict[str, Sums]:
    """Of the whole site, by the id of each lesson and of each course; who is in none of them is left out.

    Sums over everybody tell of nobody, so no scope is asked for.
    """
    state = _state(courses)
    through = _through(state, courses)
    told = union_all(
        select(state.c.lesson.label("id"), *_sums(state)).group_by(state.c.lesson),
        select(through.c.course.label("id"), *_sums(through)).group_by(through.c.course),
    )
    return {row.id: _read(row) for row in session.execute(told)}


def sums_by_area(session: Session, scope: Scope, parent: str | None, courses: Sequence[Course]) -> dict[str, Sums]:
    """By the code of each area right beneath `parent` (the provinces for None) that lies within `scope`.

    Only learners whom a class, a session with somebody beside or a card handed out ties to an area: nobody else has
    one. Who is tied to two is counted in both, once in each. With one course in `courses`: of that course alone; with
    several, finished means one of them.
    """
    through = _through(_state(courses), courses)
    ties = _ties(scope)
    beneath = Area.parent_code == parent if parent is not None else Area.parent_code.is_(None)
    # "0" is the character right after "/": everything beneath the path.
    within = and_(ties.c.path >= Area.path, ties.c.path < func.substr(Area.path, 1, func.length(Area.path) - 1) + "0")
    own = select(Area.code, ties.c.learner).distinct().join(ties, within).where(beneath).cte("own")
    best = (
        select(
            own.c.code,
            own.c.learner,
            func.max(through.c.finished).label("finished"),
            func.max(through.c.alone).label("alone"),
            func.max(through.c.helped).label("helped"),
        )
        .join(through, through.c.learner == own.c.learner)
        .group_by(own.c.code, own.c.learner)
        .cte("best")
    )
    told = select(best.c.code.label("id"), *_sums(best)).group_by(best.c.code)
    return {row.id: _read(row) for row in session.execute(told)}


def most_missed(session: Session, *, most: int) -> list[Missed]:
    """The steps answered wrongly most often, by their share of wrong answers; only those answered 20 times at least."""
    wrong = func.sum(case((AnswerRow.right.is_(False), 1), else_=0))
    answered = func.count()
    rows = session.execute(
        select(AnswerRow.lesson, AnswerRow.step, answered, wrong)
        .where(AnswerRow.right.is_not(None))
        .group_by(AnswerRow.lesson, AnswerRow.step)
        .having(answered >= 20, wrong > 0)
        .order_by((wrong * 1000 / answered).desc(), AnswerRow.lesson, AnswerRow.step)
        .limit(most)
    )
    return [Missed(lesson, step, count, int(missed)) for lesson, step, count, missed in rows]


def _state(courses: Sequence[Course]) -> CTE:
    """Who is how far in which lesson: one row a learner and lesson; finished, alone, helped are 0 or 1."""
    known = (
        values(column("lesson", String), column("course", String), column("total", Integer), name="known_values")
        .data([(lesson.id, course.id, len(lesson.graded)) for course in courses for lesson in course.lessons])
        .cte("known")
    )
    seen = select(DoneTogether.lesson, DoneTogether.learner).distinct().subquery("seen")
    told = union_all(
        select(
            LessonTally.lesson, LessonTally.learner, LessonTally.passed, LessonTally.alone, literal(0).label("seen")
        ),
        select(seen.c.lesson, seen.c.learner, literal(0), literal(0), literal(1)),
    ).subquery("told")
    best = (
        select(
            told.c.lesson,
            told.c.learner,
            func.max(told.c.passed).label("passed"),
            func.max(told.c.alone).label("alone"),
            func.max(told.c.seen).label("seen"),
        )
        .group_by(told.c.lesson, told.c.learner)
        .subquery("best_of")
    )
    alone = best.c.alone >= known.c.total
    passed = best.c.passed >= known.c.total
    return (
        select(
            known.c.course,
            best.c.lesson,
            best.c.learner,
            _one(or_(passed, best.c.seen == 1)).label("finished"),
            _one(alone).label("alone"),
            _one(passed).label("helped"),
        )
        .join(known, known.c.lesson == best.c.lesson)
        .where(or_(best.c.passed > 0, best.c.seen == 1))
        .cte("state")
    )


def _through(state: CTE, courses: Sequence[Course]) -> CTE:
    """The same for whole courses: a course is finished once all its lessons are."""
    size = (
        values(column("course", String), column("lessons", Integer), name="size_values")
        .data([(course.id, len(course.lessons)) for course in courses])
        .cte("size")
    )
    return (
        select(
            state.c.course,
            state.c.learner,
            _one(func.sum(state.c.finished) >= func.max(size.c.lessons)).label("finished"),
            _one(func.sum(state.c.alone) >= func.max(size.c.lessons)).label("alone"),
            _one(func.sum(state.c.helped) >= func.max(size.c.lessons)).label("helped"),
        )
        .join(size, size.c.course == state.c.course)
        .group_by(state.c.course, state.c.learner)
        .cte("through")
    )


def _ties(scope: Scope) -> CTE:
    """Who has to do with which area within `scope`, each pair once."""
    return union(
        select(ClassLearner.learner.label("learner"), ClassEvening.area_path.label("path"))
        .join(ClassEvening, ClassEvening.id == ClassLearner.evening)
        .where(inside(ClassEvening.area_path, scope)),
        select(AssistedSession.learner, AssistedSession.area_path).where(
            AssistedSession.learner.is_not(None), inside(AssistedSession.area_path, scope)
        ),
        select(Card.learner, Card.area_path).where(
            Card.learner.is_not(None), Card.area_path != "", inside(Card.area_path, scope)
        ),
    ).cte("tie")


def _one(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return case((condition, 1), else_=0)


def _sums(of: CTE) -> list[ColumnElement[int]]:
    """helped of a row also holds who did all alone, and finished both of them."""
    return [
        func.count().label("started"),
        func.sum(of.c.finished).label("finished"),
        func.sum(of.c.alone).label("alone"),
        func.sum(of.c.helped).label("passed"),
    ]


def _read(row: Row[Any]) -> Sums:
    finished, alone, passed = int(row.finished), int(row.alone), int(row.passed)
    return Sums(row.id, row.started, finished, alone, passed - alone, finished - passed)
