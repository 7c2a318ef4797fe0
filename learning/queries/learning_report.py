"""Sums of learning, computed from tallies and from lessons done in class."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, String, case, cast, func, join, select, union
from sqlalchemy.orm import Session

from courses.domain.lesson import Course
from foundation.areas.domain.scope import Scope
from foundation.areas.models import Area
from foundation.areas.queries import inside
from learning.domain.learning_report import MissedStep, Stage, Sums, course_stage, lesson_stage
from learning.models import AnswerRow, AssistedSession, Card, ClassEvening, ClassLearner, DoneTogether, LessonTally


@dataclass(frozen=True)
class LearningSums:
    """courses, lessons: by id, of the whole site. areas: by area code. Entries nobody began are left out."""

    courses: dict[str, Sums]
    lessons: dict[str, Sums]
    areas: dict[str, Sums]


def sums_of_learning(
    session: Session, scope: Scope, courses: Sequence[Course], areas: Sequence[Area], *, course: str | None = None
) -> LearningSums:
    """Sums of each course and lesson over all learners; they reveal nobody, so `scope` applies to the areas only.

    areas: the areas directly below one area. A learner counts in an area if a class, an assisted session or a
    handed-out card connects them to an area within `scope`. A learner connected to two areas counts in both, once in
    each. course: areas count only that course; else each learner at their furthest stage in any course.
    """
    in_lessons, in_courses, in_areas = _counts(), _counts(), _counts()
    tied = _tied(session, scope, areas)
    furthest: dict[str, int] = {}
    # Added up here, one course at a time: in SQLite it would sort all tallies three times and take twice as long.
    for each in courses:
        of_learners: defaultdict[str, list[int]] = defaultdict(list)
        for lesson, learner, stage in _stages(session, each):
            in_lessons[lesson][stage] += 1
            of_learners[learner].append(stage)
        in_course, counts_in_areas = in_courses[each.id], course is None or course == each.id
        for learner, stages in of_learners.items():
            stage = course_stage(stages, len(each.lessons))
            in_course[stage] += 1
            if counts_in_areas and learner in tied and stage >= furthest.get(learner, 0):
                furthest[learner] = stage
    for learner, stage in furthest.items():
        for code in tied[learner]:
            in_areas[code][stage] += 1
    return LearningSums(_sums(in_courses), _sums(in_lessons), _sums(in_areas))


def most_missed(session: Session, *, most: int) -> list[MissedStep]:
    """The steps with the largest share of wrong answers, among those answered at least 20 times."""
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
    return [MissedStep(lesson, step, count, int(missed)) for lesson, step, count, missed in rows]


def _stages(session: Session, course: Course) -> Iterator[tuple[str, str, int]]:
    """The stage of each learner in each lesson of a course, as (lesson, learner, stage); each pair once."""
    # Plain rows with ids as text: making a UUID and an ORM object of each row would take longer than reading them.
    connection = session.connection()
    steps = {lesson.id: len(lesson.graded) for lesson in course.lessons}
    in_class = select(DoneTogether.lesson, cast(DoneTogether.learner, String)).where(DoneTogether.lesson.in_(steps))
    together = {(lesson, learner) for lesson, learner in connection.execute(in_class.distinct())}
    tallies = select(LessonTally.lesson, cast(LessonTally.learner, String), LessonTally.passed, LessonTally.alone)
    begun = tallies.where(LessonTally.lesson.in_(steps), LessonTally.passed > 0)
    for lesson, learner, passed, alone in connection.execute(begun):
        stage = lesson_stage(passed, alone, steps[lesson])
        if (lesson, learner) in together:
            together.remove((lesson, learner))
            stage = max(stage, Stage.TOGETHER)
        yield lesson, learner, stage
    for lesson, learner in together:
        yield lesson, learner, Stage.TOGETHER


def _tied(session: Session, scope: Scope, areas: Sequence[Area]) -> dict[str, list[str]]:
    """The codes of the given areas each learner is connected to, by learner.

    Paths are cut to the length of the areas' paths: comparing each connection with each area would dominate the time.
    """
    if not areas:
        return {}
    place = Scope((areas[0].path.removesuffix(f"{areas[0].code}/"),))
    in_class = join(ClassLearner, ClassEvening, ClassLearner.evening == ClassEvening.id)
    ties: list[Select[Any]] = []
    for length in sorted({len(area.path) for area in areas}):
        for source, learner, path in (
            (in_class, ClassLearner.learner, ClassEvening.area_path),
            (AssistedSession, AssistedSession.learner, AssistedSession.area_path),
            (Card, Card.learner, Card.area_path),
        ):
            tie = select(cast(learner, String), func.substr(path, 1, length)).select_from(source)
            ties.append(tie.where(learner.is_not(None), inside(path, scope), inside(path, place)))
    codes = {area.path: area.code for area in areas}
    tied = defaultdict(list)
    for learner, path in session.connection().execute(union(*ties)):
        if path in codes:
            tied[learner].append(codes[path])
    return dict(tied)


def _counts() -> defaultdict[str, list[int]]:
    return defaultdict(lambda: [0] * len(Stage))


def _sums(counts: dict[str, list[int]]) -> dict[str, Sums]:
    return {id_: Sums.of(id_, each) for id_, each in counts.items()}
