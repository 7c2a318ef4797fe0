from courses.domain.practice import Look, Screen, ScreenKind, ScreenTarget
from learning.domain.answers import stored_choices, stored_option


def test_what_is_typed_by_hand_is_never_kept(make):
    typing = make.lesson().practice.screen("go-ma")
    secret = Screen(id="s", kind=ScreenKind.SECRET, look=Look.APP, task="", rules=("six_digits",))

    assert stored_choices(typing, ["123456"]) == ""
    assert stored_choices(secret, ["591733"]) == ""


def test_of_a_tap_only_a_target_of_the_screen_is_kept(make):
    call = make.lesson().practice.screen("cuoc-goi")

    assert stored_choices(call, ["nghe-tiep"]) == "nghe-tiep"
    assert stored_choices(call, ["038085001234"]) == ""


def test_ticks_are_kept_in_the_order_of_the_screen():
    ticks = Screen(
        id="t",
        kind=ScreenKind.TICK,
        look=Look.APP,
        task="",
        targets=tuple(ScreenTarget(id, id, right=True) for id in "abc"),
    )

    assert stored_choices(ticks, ["c", "a", "c", "zzz"]) == "a c"


def test_of_a_question_only_an_option_of_its_own_is_kept(make):
    question = make.lesson().questions[0]

    assert stored_option(question, "khong") == "khong"
    assert stored_option(question, "038085001234") == ""
