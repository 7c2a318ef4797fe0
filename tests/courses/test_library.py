"""The lessons we teach, every one of them."""

import pytest

from courses.catalogue import Catalogue
from courses.domain.answering import check_answer
from courses.domain.practice import Screen, ScreenKind

CATALOGUE = Catalogue.load()
SECRETS = ("Bvs@Que27lua", "273814")  # as lessons suggest, and as anybody might think up


def right_answer(screen: Screen) -> list[str]:
    match screen.kind:
        case ScreenKind.TAP:
            return [next(target.id for target in screen.targets if target.right)]
        case ScreenKind.TICK:
            return [target.id for target in screen.targets if target.right]
        case ScreenKind.TYPE:
            return [screen.typed]
        case ScreenKind.SECRET:
            return [next(secret for secret in SECRETS if check_answer(screen, [secret]).right)]
        case ScreenKind.END:
            return []


def test_every_lesson_reads_and_passes_the_check():
    assert [str(fault) for fault in CATALOGUE.faults] == []


def test_course_two_teaches_its_six_lessons_in_order():
    assert [lesson.id for lesson in CATALOGUE.course("vneid-cai-dat").lessons] == [
        "vneid-la-gi",
        "vneid-di-lam",
        "vneid-cai",
        "vneid-kich-hoat",
        "vneid-mat-khau",
        "vneid-quen",
    ]
    assert CATALOGUE.lesson("vneid-kich-hoat").number == "2.4"


def test_nothing_to_be_typed_needs_a_vietnamese_keyboard():
    typed = {screen.typed for lesson in CATALOGUE.lessons for screen in lesson.practice.screens}

    assert [text for text in typed if not text.isascii()] == []


def test_the_name_of_a_child_is_told_by_its_mark_and_must_be_passed():
    practice = CATALOGUE.lesson("tre-lien-thong").practice
    screen = practice.screen("chon-ten-con")

    assert "chon-ten-con" in practice.must_pass
    assert [target.text for target in screen.targets if target.right] == ["Nguyễn Thị Hạnh"]
    assert "Nguyễn Thị Hanh" in [target.text for target in screen.targets]


@pytest.mark.parametrize("lesson", CATALOGUE.lessons, ids=lambda lesson: lesson.id)
def test_every_practice_can_be_walked_rightly_from_its_first_screen_to_its_end(lesson):
    screen, passed = lesson.practice.first, []
    while True:
        outcome = check_answer(screen, right_answer(screen))
        assert outcome.right, screen.id
        assert screen.id not in passed, "walks in a ring"
        passed.append(screen.id)
        if outcome.ends:
            break
        screen = lesson.practice.screen(outcome.goes)

    assert set(lesson.practice.must_pass) <= set(passed)


@pytest.mark.parametrize("lesson", CATALOGUE.lessons, ids=lambda lesson: lesson.id)
def test_every_tap_beside_the_mark_gets_a_kind_word(lesson):
    for screen in lesson.practice.screens:
        for target in screen.targets:
            outcome = check_answer(screen, [target.id])
            assert outcome.right or outcome.hint, (screen.id, target.id)


@pytest.mark.parametrize("lesson", CATALOGUE.lessons, ids=lambda lesson: lesson.id)
def test_no_lesson_still_names_a_fact_instead_of_telling_it(lesson):
    assert "{" not in repr(lesson).replace("frozenset({", "")


def test_activating_is_interrupted_by_a_fake_call_that_must_be_hung_up_on():
    practice = CATALOGUE.lesson("vneid-kich-hoat").practice
    call = practice.screen("cuoc-goi-chen")

    assert len(practice.screens) == 9
    assert call.id in practice.must_pass
    assert check_answer(call, ["tat-may"]).right
    assert "Cán bộ thật không hỏi OTP" in check_answer(call, ["doc-ma"]).hint


@pytest.mark.parametrize("lesson_id", ["vneid-la-gi", "vneid-kich-hoat", "vneid-quen"])
def test_lessons_that_rest_on_memory_or_an_untried_phone_say_they_are_drafts(lesson_id):
    assert CATALOGUE.lesson(lesson_id).draft
