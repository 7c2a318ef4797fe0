"""Progress is not stored: it is computed from the answers."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from courses.domain.lesson import Course, LearningPath, Lesson


@dataclass(frozen=True)
class StepAnswer:
    """One answer to one graded step: a practice screen to pass, or a question."""

    step: str
    right: bool


@dataclass(frozen=True)
class Progress:
    """How far one learner is in one lesson.

    done, total: counts of graded steps, 0 <= done <= total. next_step: id of the first graded step not yet answered
    correctly; None once the lesson is done.
    """

    done: int
    total: int
    next_step: str | None

    @property
    def started(self) -> bool:
        return self.done > 0

    @property
    def complete(self) -> bool:
        return self.next_step is None


@dataclass(frozen=True)
class CourseProgress:
    """How far one learner is in one course or learning path.

    lessons: progress by lesson id, in teaching order, for every lesson of the course or path. next_lesson: the first
    lesson not yet done; None once all are done.
    """

    lessons: Mapping[str, Progress]
    next_lesson: Lesson | None

    @property
    def done(self) -> int:
        """Number of finished lessons."""
        return sum(progress.complete for progress in self.lessons.values())

    @property
    def started(self) -> bool:
        return any(progress.started for progress in self.lessons.values())

    @property
    def complete(self) -> bool:
        return self.next_lesson is None


def lesson_progress(lesson: Lesson, answers: Iterable[StepAnswer]) -> Progress:
    """Compute progress from a learner's answers, in any order.

    A step counts as done after its first correct answer; a later mistake does not change that. Answers to steps the
    lesson no longer has are ignored, so that a lesson may be rewritten.
    """
    passed = {answer.step for answer in answers if answer.right}
    graded = lesson.graded
    waiting = [step for step in graded if step not in passed]
    total = len(graded)
    return Progress(done=total - len(waiting), total=total, next_step=waiting[0] if waiting else None)


def course_progress(
    course: Course | LearningPath, answers: Mapping[str, Iterable[StepAnswer]], together: Collection[str] = ()
) -> CourseProgress:
    """Compute progress in a course or path of at least one lesson. answers: by lesson id.

    together: ids of lessons a teacher marked as done in class; they count as done. A learner's own pages never pass
    any.
    """
    lessons = {
        lesson.id: _all_of(lesson) if lesson.id in together else lesson_progress(lesson, answers.get(lesson.id, ()))
        for lesson in course.lessons
    }
    waiting = [lesson for lesson in course.lessons if not lessons[lesson.id].complete]
    return CourseProgress(lessons=lessons, next_lesson=waiting[0] if waiting else None)


def _all_of(lesson: Lesson) -> Progress:
    return Progress(done=len(lesson.graded), total=len(lesson.graded), next_step=None)


def next_on(path: LearningPath, after: Lesson, progress: CourseProgress) -> Lesson | None:
    """The next lesson of the path after `after`: the next one not yet done, else an earlier one.

    None if all others are done.
    """
    place = path.lessons.index(after)
    ahead = (*path.lessons[place + 1 :], *path.lessons[:place])
    return next((lesson for lesson in ahead if not progress.lessons[lesson.id].complete), None)
