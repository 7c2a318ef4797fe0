from dataclasses import replace

from courses.domain.lesson import Step
from courses.domain.practice import Look, Screen, ScreenKind, ScreenTarget
from learning.domain.slides import SlideKind, slides_of


def of_kind(lesson, what):
    return [slide for slide in slides_of(lesson) if slide.what is what]


def with_screen(lesson, **about):
    screen = Screen("man", ScreenKind.TAP, Look.APP, "Bác chạm vào đâu?", **about)
    return replace(lesson, practice=replace(lesson.practice, screens=(screen,), must_pass=frozenset({"man"})))


def targets(count, text="Đồng ý"):
    return tuple(ScreenTarget(f"o-{number}", text, right=number == 0) for number in range(count))


def test_every_question_comes_alone_before_its_answer(make):
    order = [slide.what for slide in slides_of(make.lesson())]

    first = order.index(SlideKind.QUESTION)
    assert order[first:] == [SlideKind.QUESTION, SlideKind.ANSWER] * (len(order[first:]) // 2)


def test_the_more_there_is_to_read_the_smaller_its_letters(make):
    short, long = Step("a", "Bấm nút nguồn."), Step("b", "Bấm nút nguồn. " * 30)

    slides = of_kind(replace(make.lesson(), steps=(short, long)), SlideKind.STEP)

    assert [slide.room for slide in slides] == [1, 3]


def test_a_question_and_its_answer_have_letters_of_one_size(make):
    lesson = make.lesson()
    wordy = tuple(replace(question, because="Vì người ta hay giả danh. " * 12) for question in lesson.questions)

    slides = slides_of(replace(lesson, questions=wordy))

    assert {slide.room for slide in slides if slide.what in (SlideKind.QUESTION, SlideKind.ANSWER)} == {3}


def test_an_imitation_screen_with_much_in_it_is_drawn_smaller(make):
    [small] = of_kind(with_screen(make.lesson(), targets=targets(2)), SlideKind.SCREEN)
    says = ("Có tin nhắn lạ gửi đến máy của bác, bảo bấm vào đường dẫn.",) * 5
    [large] = of_kind(with_screen(make.lesson(), targets=targets(6), title="Tin nhắn", says=says), SlideKind.SCREEN)

    assert (small.room, large.room) == (1, 3)
