from dataclasses import replace

from learning.domain.progress import StepAnswer, course_progress, lesson_progress


def right(*steps):
    return [StepAnswer(step, right=True) for step in steps]


def test_nothing_answered_is_nothing_done(make):
    progress = lesson_progress(make.lesson(), [])

    assert (progress.done, progress.total, progress.next_step) == (0, 3, "cuoc-goi")
    assert not progress.started
    assert not progress.complete


def test_a_step_is_done_after_its_first_right_answer_whatever_comes_later(make):
    answers = [
        StepAnswer("cuoc-goi", right=False),
        StepAnswer("cuoc-goi", right=True),
        StepAnswer("cuoc-goi", right=False),
        StepAnswer("cuoc-goi", right=True),
    ]

    progress = lesson_progress(make.lesson(), answers)

    assert (progress.done, progress.next_step) == (1, "go-ma")


def test_a_lesson_is_complete_when_every_graded_step_is_done_in_any_order(make):
    assert lesson_progress(make.lesson(), right("ai-hoi-otp", "go-ma", "cuoc-goi")).complete


def test_answers_to_steps_the_lesson_no_longer_has_are_ignored(make):
    progress = lesson_progress(make.lesson(), right("man-da-bo", "cau-da-bo", "go-ma"))

    assert progress.done == 1


def test_a_question_added_later_makes_a_finished_lesson_unfinished_again(make):
    lesson = make.lesson()
    answers = right(*lesson.graded)
    longer = replace(lesson, questions=(*lesson.questions, replace(lesson.questions[0], id="cau-moi")))

    assert lesson_progress(longer, answers).next_step == "cau-moi"


def test_the_next_lesson_is_the_first_unfinished_one_in_teaching_order(make):
    first, second, third = (make.lesson(id=id) for id in ("mot", "hai", "ba"))
    course = make.course(lessons=(first, second, third))

    progress = course_progress(course, {"mot": right(*first.graded), "ba": right(*third.graded)})

    assert progress.next_lesson.id == "hai"
    assert progress.done == 2
    assert progress.started
    assert not progress.complete


def test_a_course_is_complete_when_all_its_lessons_are(make):
    course = make.course(lessons=(make.lesson(id="mot"), make.lesson(id="hai")))
    answers = {lesson.id: right(*lesson.graded) for lesson in course.lessons}

    assert course_progress(course, answers).complete
    assert not course_progress(course, {"bai-khac": right("x")}).started
